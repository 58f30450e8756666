//! CloudFront's API for one family of resources, as data: its operations, paths and documents.
//!
//! A test compares each row with AWS's service model, so a wrong row fails it. The IAM policies derive from the requests.

mod addressing;
mod code_requests;
mod facts;
mod flat_documents;
mod identity;
mod pair_requests;
mod parent_requests;
mod responses;

use crate::{
    cloudfront::{Request, encode_segment},
    engine::{
        api::reference::ParentResource,
        tags::{self, Tags},
    },
    xml::Element,
};
pub use addressing::{Addressing, UsersList};
use addressing::{DocumentRequests, version_of};
use code_requests::CodeRequests;
pub(crate) use code_requests::Stage;
pub use facts::{Lifecycle, ListItem, ListRevision, TagSupport, UpdatePath};
pub use flat_documents::{DocumentForm, FlatDocuments};
pub use identity::{Identity, NameMember};
pub(crate) use pair_requests::{MAX_KEYS, PairChanges, PairPage, PairRequests, PairVersion};
use parent_requests::ParentRequests;

/// How requests of one family of resources are built, and how its responses are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResourceApi {
    /// The name in `Create{name}`, `Update{name}` and `Delete{name}`.
    pub name: &'static str,
    /// The root element of the responses with one resource, and the name in `{read_verb}{document}`.
    pub document: &'static str,
    /// The verb of the operation that reads a resource, for example `Get`.
    pub read_verb: &'static str,
    /// How these responses, and the requests, contain the configuration.
    pub form: DocumentForm,
    /// How requests name a resource, and its version.
    pub addressing: Addressing,
    /// The name in `List{list_name}`, for example `Distributions`. `None`: CloudFront has no list of the resources.
    pub list_name: Option<&'static str>,
    /// The collection in the path `/2020-05-31/{collection}/{id}`. In a nested collection `*` stands for the id of the parent resource.
    pub collection: &'static str,
    /// The XML element of the configuration, for example `DistributionConfig`.
    pub config: &'static str,
    /// The lifecycle of a resource after its creation.
    pub lifecycle: Lifecycle,
    /// What identifies the resource of an object.
    pub identity: Identity,
    /// The unique name of a resource whose identity is the caller reference.
    pub additional_name: Option<NameMember>,
    /// The members that a create sets and that CloudFront cannot change.
    pub immutable: &'static [&'static str],
    /// The members that only a create sends, and no response returns.
    pub create_only: &'static [&'static str],
    /// What shows in a list that the configuration of a resource has changed.
    pub revision: ListRevision,
    /// Where a list item has the resource.
    pub list_item: ListItem,
    /// The parameters of a list request that leave out the resources of AWS.
    pub list_query: &'static [(&'static str, &'static str)],
    /// The path of an update request.
    pub update: UpdatePath,
    /// CloudFront's status of a resource that it deploys, if each other status than this and the next one is that of a failure.
    pub deploying_status: Option<&'static str>,
    /// CloudFront's status of a resource whose last change is deployed to all edge locations.
    pub deployed_status: &'static str,
    /// The list of the distributions that use a resource, if CloudFront has one.
    pub users: Option<UsersList>,
    /// How a resource gets its tags. They are changed by its ARN.
    pub tags: TagSupport,
    /// The member of the configuration with code, of resources whose code is published.
    pub code: Option<&'static str>,
    /// Whether a resource has pairs, which another service reads and writes.
    pub has_pairs: bool,
    /// Whether a resource can get the configuration of another one of the family by `Update{name}WithStagingConfig`.
    pub has_staging: bool,
}

impl ResourceApi {
    /// Returns the form that most families share: a managed resource with a caller reference and ETags, which lists contain, and without
    /// tags.
    pub const fn managed(
        name: &'static str,
        list_name: &'static str,
        collection: &'static str,
        config: &'static str,
    ) -> Self {
        Self {
            name,
            document: name,
            read_verb: "Get",
            form: DocumentForm::Nested,
            addressing: Addressing::Path,
            list_name: Some(list_name),
            collection,
            config,
            lifecycle: Lifecycle::Managed,
            identity: Identity::CallerReference,
            additional_name: None,
            immutable: &[],
            create_only: &[],
            revision: ListRevision::ETag,
            list_item: ListItem::Summary,
            list_query: &[],
            update: UpdatePath::Config,
            deploying_status: None,
            deployed_status: "Deployed",
            users: None,
            tags: TagSupport::None,
            code: None,
            has_pairs: false,
            has_staging: false,
        }
    }

    /// Returns the form of the policies that cache behaviors reference: each has a name, and AWS manages some of them.
    pub const fn policy(
        name: &'static str,
        list_name: &'static str,
        collection: &'static str,
        config: &'static str,
    ) -> Self {
        Self {
            identity: Identity::UniqueName {
                member: "Name",
                max_length: 128,
            },
            revision: ListRevision::LastModified,
            list_item: ListItem::Resource,
            list_query: &[("Type", "custom")],
            update: UpdatePath::Resource,
            ..Self::managed(name, list_name, collection, config)
        }
    }

    /// Returns the collection of the resources of a parent. Resources that are identified by their parents have one for all parents.
    pub fn collection_of(&self, parent: Option<ParentResource>) -> String {
        match parent.filter(|_| self.parent_requests().is_none()) {
            Some(parent) => self.collection.replace('*', &encode_segment(&parent.id)),
            None => self.collection.into(),
        }
    }

    /// Returns the request that reads a resource.
    pub fn get_request(&self, collection: &str, id: &str) -> Request {
        if self.code.is_some() {
            return self.code_requests().describe(id, Stage::Development);
        }
        if let Addressing::Document { get, .. } = self.addressing {
            return self.document_requests().post(self.read_verb, get, id);
        }
        if let Some(requests) = self.parent_requests() {
            return requests.get(id);
        }
        Request::get(
            format!("{}{}", self.read_verb, self.document),
            format!("{collection}/{}", encode_segment(id)),
        )
    }

    /// Returns the request for the page of a collection that starts at `marker`. `None`: CloudFront has no list.
    pub fn list_request(
        &self,
        collection: &str,
        marker: Option<&str>,
        max_items: u32,
    ) -> Option<Request> {
        let mut request = Request::get(format!("List{}", self.list_name?), collection)
            .query("MaxItems", max_items.to_string());
        for (name, value) in self.list_query {
            request = request.query(*name, (*value).to_owned());
        }
        Some(match marker {
            Some(marker) => request.query("Marker", marker.to_owned()),
            None => request,
        })
    }

    /// Returns the request that creates a resource in a collection, with the tags if there are any.
    pub fn create_request(&self, collection: &str, config: Element, tags: &Tags) -> Request {
        if let Some(requests) = self.parent_requests() {
            return requests.write(config);
        }
        let operation = format!("Create{}", self.name);
        let tags = (!tags.is_empty()).then(|| tags::document(tags));
        match (self.tags, tags) {
            (TagSupport::OwnOperation, Some(tags)) => {
                let body = Element::new(format!("{}WithTags", self.config));
                let body = body.with(config).with(tags);
                Request::post(operation + "WithTags", collection, body).flag("WithTags")
            }
            (TagSupport::Member, Some(tags)) => {
                Request::post(operation, collection, config.with(tags))
            }
            _ => Request::post(operation, collection, config),
        }
    }

    /// Returns the operation that replaces the whole configuration.
    pub fn update_operation(&self) -> String {
        let verb = if self.update == UpdatePath::Create {
            "Create"
        } else {
            "Update"
        };
        format!("{verb}{}", self.name)
    }

    /// Returns the request that replaces the whole configuration.
    pub fn update_request(&self, id: &str, etag: &str, config: Element) -> Request {
        let path = match self.update {
            UpdatePath::Config => format!("{}/{}/config", self.collection, encode_segment(id)),
            UpdatePath::Resource => format!("{}/{}", self.collection, encode_segment(id)),
            UpdatePath::Collection => self.collection.to_owned(),
            UpdatePath::Create => {
                return self.create_request(self.collection, config, &Tags::new());
            }
        };
        let document = self.update_document(config);
        let request = Request::put(self.update_operation(), path, etag, document);
        match self.addressing {
            Addressing::Path => request,
            Addressing::Document { .. } => Request {
                if_match: None,
                ..request
            },
        }
    }

    /// Returns the request that gives a resource the configuration of its staging resource. Each has its id and its ETag.
    ///
    /// Source: `UpdateDistributionWithStagingConfig` in the Amazon CloudFront API Reference.
    pub(crate) fn promotion_request(
        &self,
        (id, etag): (&str, &str),
        (staging_id, staging_etag): (&str, &str),
    ) -> Request {
        let path = format!(
            "{}/{}/promote-staging-config",
            self.collection,
            encode_segment(id)
        );
        let operation = format!("Update{}WithStagingConfig", self.name);
        let etags = format!("{etag}, {staging_etag}");
        let request = Request::put(operation, path, etags, Element::new(self.config));
        Request {
            body: None,
            ..request.query(format!("Staging{}Id", self.name), staging_id.to_owned())
        }
    }

    /// Returns what builds the requests for code.
    pub(crate) fn code_requests(&self) -> CodeRequests {
        CodeRequests {
            name: self.name,
            collection: self.collection,
        }
    }

    /// Returns the document of an update.
    fn update_document(&self, mut config: Element) -> Element {
        if self.form == DocumentForm::Nested {
            return config;
        }
        // A document that names the resource keeps the name.
        if self.addressing == Addressing::Path {
            for member in self.immutable {
                config.remove(member);
            }
        }
        config.renamed(format!("Update{}Request", self.name))
    }

    /// Returns the request that deletes a resource.
    pub fn delete_request(&self, id: &str, etag: &str) -> Request {
        if let Addressing::Document { delete, .. } = self.addressing {
            return self.document_requests().post("Delete", delete, id);
        }
        if let Some(requests) = self.parent_requests() {
            return requests.delete(id);
        }
        Request::delete(
            format!("Delete{}", self.name),
            format!("{}/{}", self.collection, encode_segment(id)),
            etag,
        )
    }

    /// Returns the request for the first distributions that use a resource. `None`: CloudFront has no such list.
    pub fn users_request(&self, id: &str, max_items: usize) -> Option<Request> {
        let users = self.users?;
        Some(match self.addressing {
            Addressing::Path => users.by_path(id, max_items),
            Addressing::Document { .. } => {
                users.by_document(self.document_requests(), id, max_items)
            }
        })
    }

    /// Returns what builds the requests for resources that are identified by their parents. `None`: they have ids of their own.
    pub(crate) fn parent_requests(&self) -> Option<ParentRequests> {
        let Identity::Parent { member } = self.identity else {
            return None;
        };
        Some(ParentRequests {
            name: self.name,
            member,
            collection: self.collection,
        })
    }

    fn document_requests(&self) -> DocumentRequests {
        DocumentRequests {
            name: self.name,
            member: self.identity.member().unwrap_or_default(),
        }
    }

    /// Whether CloudFront gives each version of a resource an ETag.
    pub fn has_etags(&self) -> bool {
        self.addressing == Addressing::Path && self.parent_requests().is_none()
    }

    /// Returns what stands for the ETag of a resource that has none.
    pub(crate) fn version_of(&self, resource: &Element) -> String {
        version_of(resource.child(self.config))
    }

    /// Returns one request for each operation that reconciliations use. They are built by the same functions.
    ///
    /// The path of a request has `*` in place of an id, which may be percent-encoded. Requests for tags have `{type}/*` in place of an
    /// ARN.
    ///
    /// The requests cannot be sent: the command `iam-policy` reads their operations and paths.
    pub fn operations(&self) -> Vec<Request> {
        let config = || Element::new(self.config);
        let mut requests = vec![self.get_request(self.collection, "*")];
        requests.extend(self.list_request(self.collection, None, 1));
        requests.push(self.create_request(self.collection, config(), &Tags::new()));
        if self.lifecycle == Lifecycle::Managed {
            if self.update != UpdatePath::Create {
                requests.push(self.update_request("*", "*", config()));
            }
            requests.push(self.delete_request("*", "*"));
        }
        requests.extend(self.users_request("*", 1));
        if self.has_staging {
            requests.push(self.promotion_request(("*", "*"), ("*", "*")));
        }
        if self.code.is_some() {
            requests.extend(self.code_requests().operations());
        }
        if self.has_pairs {
            requests.extend(PairRequests { arn: "*" }.operations());
        }
        if self.supports_tags() {
            let some = Tags::from([("key".to_owned(), "value".to_owned())]);
            let keys: Vec<String> = some.keys().cloned().collect();
            let type_ = self.collection.split('/').next().unwrap_or_default();
            let resource = format!("{type_}/*");
            if self.tags == TagSupport::OwnOperation {
                requests.push(self.create_request(self.collection, config(), &some));
            }
            requests.push(tags::list(&resource));
            requests.push(tags::set(&resource, &some));
            requests.push(tags::remove(&resource, &keys));
        }
        requests
    }

    /// Whether a resource has tags.
    pub fn supports_tags(&self) -> bool {
        self.tags != TagSupport::None
    }
}
