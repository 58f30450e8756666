//! What the rows say of responses: where a list or a response has a resource, its name, its status and its revision.

use super::{DocumentForm, Identity, ListItem, ListRevision, NameMember, ResourceApi};
use crate::xml::Element;
use std::borrow::Cow;

impl ResourceApi {
    /// Returns the resource in a list item.
    pub fn listed<'a>(&self, item: &'a Element) -> Cow<'a, Element> {
        let resource = match self.list_item {
            ListItem::Summary => item,
            ListItem::Resource => item.child(self.document).unwrap_or(item),
        };
        self.nested(Cow::Borrowed(resource))
    }

    /// Returns a resource with its configuration as an element of its own.
    pub(crate) fn nested<'a>(&self, resource: Cow<'a, Element>) -> Cow<'a, Element> {
        match &self.form {
            DocumentForm::Nested => resource,
            DocumentForm::Flat(flat) => Cow::Owned(flat.nested(&resource, self.config)),
        }
    }

    /// Returns the member with the unique name, whether it is the identity or not.
    pub const fn name_member(&self) -> Option<NameMember> {
        match self.identity {
            Identity::CallerReference => self.additional_name,
            Identity::UniqueName { member, max_length } => Some(NameMember { member, max_length }),
            Identity::UniqueText { .. } | Identity::Parent { .. } => None,
        }
    }

    /// Returns the unique name of a resource that a list has, of a kind with [such names](Self::name_member).
    pub fn name_of<'a>(&self, resource: &'a Element) -> Option<&'a str> {
        let config = resource.child(self.config).unwrap_or(resource);
        config.text_of(self.name_member()?.member)
    }

    /// Returns the text by which a search finds a resource in a list: its [unique name](Self::name_of), or else what identifies it.
    pub(crate) fn key_of<'a>(&self, resource: &'a Element) -> Option<&'a str> {
        let config = resource.child(self.config).unwrap_or(resource);
        self.name_of(resource)
            .or_else(|| self.identity.text_in(config))
    }

    /// Whether the last change of a resource is deployed to all edge locations. A resource without a status is deployed at once.
    pub fn is_deployed(&self, document: &Element) -> bool {
        document
            .text_of("Status")
            .is_none_or(|status| status == self.deployed_status)
    }

    /// Returns CloudFront's status of a resource that it could not deploy. `None`: it is deployed, or CloudFront is deploying it.
    pub(crate) fn failed_status<'a>(&self, document: &'a Element) -> Option<&'a str> {
        let status = document.text_of("Status");
        status
            .filter(|it| *it != self.deployed_status && *it != self.deploying_status.unwrap_or(it))
    }

    /// Whether CloudFront does not change the status of a resource any more.
    pub(crate) fn is_settled(&self, document: &Element) -> bool {
        self.is_deployed(document) || self.failed_status(document).is_some()
    }

    /// Returns the revision of the configuration, which is equal in a list item and in a get response. `etag` is the ETag of that item
    /// or response. `None`: the document does not contain a revision.
    pub fn revision_of(&self, document: &Element, etag: Option<&str>) -> Option<String> {
        match self.revision {
            ListRevision::ETag => etag.map(str::to_owned),
            ListRevision::LastModified => document.text_of("LastModifiedTime").map(str::to_owned),
            ListRevision::Configuration => Some(self.version_of(document)),
            // A list item has the members of the configuration beside those of the resource.
            ListRevision::Members(members) => {
                let config = document.child(self.config).unwrap_or(document);
                Some(joined(config, members))
            }
            ListRevision::Constant => Some(String::new()),
        }
    }
}

/// Returns the values of these members in one text.
fn joined(config: &Element, members: &[&str]) -> String {
    let values = members.iter().map(|it| config.text_of(it));
    let values: Vec<&str> = values.map(Option::unwrap_or_default).collect();
    values.join("\n")
}
