//! A CloudFront resource as it was last observed, and its revision, which a list and a get response both contain.

use crate::{
    cloudfront::{CloudFrontError, Method, Request, Response, encode_segment},
    engine::{
        remote::staged_code::copy_code,
        resource_api::{Addressing, Lifecycle, ResourceApi},
    },
    xml::Element,
};
use std::borrow::Cow;

/// The elements that the engine adds to the document of a resource with code: the ETag of the stage `LIVE`, and whether it is that of
/// `DEVELOPMENT`.
const LIVE_ETAG: &str = "LiveETag";
const PUBLISHED: &str = "Published";

/// A CloudFront resource, and the ETag that a write to it requires.
#[derive(Clone, Debug, PartialEq)]
pub struct Remote {
    /// The resource's id.
    pub id: String,
    /// The ETag of the configuration, which a write sends in `If-Match`. Empty if the kind cannot be updated, and a hash of the
    /// configuration in a family without ETags.
    pub etag: String,
    /// The whole response document, including elements that the operator does not know. In a flat form, only those that it knows.
    pub document: Element,
}

/// The revision of a resource's configuration, and whether it is deployed to all edge locations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RemoteRevision {
    /// Changes with each change of the configuration. `None`: the list does not contain it, so the revision equals no other.
    pub(crate) version: Option<String>,
    /// Whether CloudFront has deployed the configuration, or has failed to.
    pub(crate) is_deployed: bool,
}

impl Remote {
    /// Reads the response to a get, create or update request. `None`: the response lacks the id, the ETag or the configuration, or its id is
    /// not the one in the path of the request.
    pub fn from_response(api: &ResourceApi, request: &Request, response: Response) -> Option<Self> {
        let mut document = api.nested(Cow::Owned(response.document?)).into_owned();
        copy_code(api, &mut document, request);
        // Such a document has no id, by which another one would be recognized.
        if let Some(requests) = api
            .parent_requests()
            .filter(|_| document.name() == api.document)
        {
            requests.add_parent(&mut document, api.config, &request.path);
        }
        let id = document
            .text_of("Id")
            .filter(|id| !id.is_empty())?
            .to_owned();
        document.child(api.config)?;
        if !is_named_in(api, request, &id) {
            return None;
        }
        let etag = match api.lifecycle {
            Lifecycle::Managed if api.has_etags() => response.etag?,
            Lifecycle::Managed => api.version_of(&document),
            Lifecycle::OneShot => String::new(),
        };
        Some(Self { id, etag, document })
    }

    /// Returns a copy of the observed configuration.
    pub fn config(&self, api: &ResourceApi) -> Element {
        self.document
            .child(api.config)
            .cloned()
            .unwrap_or_else(|| Element::new(api.config))
    }

    /// Returns the ETag of `LIVE`.
    pub(crate) fn live_etag(&self) -> Option<&str> {
        self.document.text_of(LIVE_ETAG)
    }

    /// Records the ETag of `LIVE`.
    pub(crate) fn set_live_etag(&mut self, live: &str) {
        self.document.set_text(LIVE_ETAG, live);
        let is_published = self.is_published().to_string();
        self.document.set_text(PUBLISHED, &is_published);
    }

    /// Forgets the ETag of `LIVE`, which may change.
    pub(crate) fn forget_live_etag(&mut self) {
        self.document.remove(LIVE_ETAG);
        self.document.remove(PUBLISHED);
    }

    /// Whether the version in `DEVELOPMENT` is published: exactly then both stages have the same ETag. Source: `function_test.go` of
    /// hashicorp/terraform-provider-aws.
    pub(crate) fn is_published(&self) -> bool {
        self.live_etag() == Some(&self.etag)
    }

    /// Returns what [identifies](crate::engine::resource_api::Identity) the resource, such as its caller reference.
    pub fn identity(&self, api: &ResourceApi) -> Option<&str> {
        api.identity.text_in(self.document.child(api.config)?)
    }
}

/// Whether a request is for the resource with this id: a response with another one belongs to another request. A create has no id yet.
fn is_named_in(api: &ResourceApi, request: &Request, id: &str) -> bool {
    match api.addressing {
        Addressing::Path if request.method == Method::Post => true,
        Addressing::Path => request.path.split('/').any(|it| it == encode_segment(id)),
        Addressing::Document { .. } => {
            let document = request.body.as_ref();
            document.and_then(|it| api.identity.text_in(it)) == Some(id)
        }
    }
}

/// Returns the revision of the configuration, and the status of a failure, which is as reliable as a change only after a get request.
fn version(api: &ResourceApi, document: &Element, etag: Option<&str>) -> Option<String> {
    let revision = api.revision_of(document, etag)?;
    Some(match api.failed_status(document) {
        Some(status) => format!("{status} {revision}"),
        None => revision,
    })
}

/// Returns the error for a response without the elements that every response to the request must have.
pub(crate) fn incomplete_response(request: &Request) -> CloudFrontError {
    CloudFrontError::InvalidResponse {
        is_too_large: false,
        operation: request.operation.clone(),
        detail: "it lacks the id of the resource, the ETag or the configuration".into(),
        request_id: None,
        outcome_unknown: request.is_write(),
    }
}

impl RemoteRevision {
    /// Returns the revision in a list item.
    pub(crate) fn from_list_item(api: &ResourceApi, item: &Element) -> Self {
        Self {
            version: version(api, item, item.text_of("ETag")),
            is_deployed: api.is_settled(item),
        }
    }

    /// Returns the revision of an observed resource.
    pub(crate) fn from_remote(api: &ResourceApi, remote: &Remote) -> Self {
        Self {
            version: version(api, &remote.document, Some(&remote.etag)),
            is_deployed: api.is_settled(&remote.document),
        }
    }

    /// Whether both versions are known and equal.
    pub(crate) fn is_same_revision(&self, other: &Self) -> bool {
        self.version.is_some() && self.version == other.version
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_published_while_both_stages_have_its_etag() {
        let mut remote = Remote {
            id: "rewrite".into(),
            etag: "E2".into(),
            document: Element::new("FunctionSummary"),
        };
        assert!(!remote.is_published());
        for (live, is_published) in [("E1", false), ("E2", true)] {
            remote.set_live_etag(live);
            assert_eq!(remote.live_etag(), Some(live));
            assert_eq!(remote.is_published(), is_published);
            let shown = remote.document.text_of(PUBLISHED);
            assert_eq!(shown, Some(&*is_published.to_string()));
        }
    }
}
