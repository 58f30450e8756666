//! A CloudFront resource as it was last observed, and its revision, which a list and a get response both contain.

use crate::{
    cloudfront::{CloudFrontError, Method, Request, Response, encode_segment},
    engine::resource_api::{Lifecycle, ResourceApi},
    xml::Element,
};

/// A CloudFront resource, and the ETag that a write to it requires.
#[derive(Clone, Debug, PartialEq)]
pub struct Remote {
    /// The resource's id.
    pub id: String,
    /// The ETag of the configuration, which a write sends in `If-Match`. Empty if the kind cannot be updated.
    pub etag: String,
    /// The whole response document, including elements that the operator does not know.
    pub document: Element,
}

/// The revision of a resource's configuration, and whether it is deployed to all edge locations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RemoteRevision {
    /// Changes with each change of the configuration. `None`: the list does not contain it, so the revision equals no other.
    pub(crate) version: Option<String>,
    /// Whether CloudFront has deployed the configuration.
    pub(crate) is_deployed: bool,
}

impl Remote {
    /// Reads the response to a get, create or update request. `None`: the response lacks the id, the ETag or the configuration, or its id is
    /// not the one in the path of the request.
    pub fn from_response(api: &ResourceApi, request: &Request, response: Response) -> Option<Self> {
        let document = response.document?;
        let id = document
            .text_of("Id")
            .filter(|id| !id.is_empty())?
            .to_owned();
        document.child(api.config)?;
        let mut segments = request.path.split('/');
        if request.method != Method::Post && !segments.any(|it| it == encode_segment(&id)) {
            return None;
        }
        let etag = match api.lifecycle {
            Lifecycle::Managed => response.etag?,
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

    /// Returns what identifies the resource: its caller reference, or its name.
    pub fn identity(&self, api: &ResourceApi) -> Option<&str> {
        self.document
            .child(api.config)?
            .text_of(api.identity.member())
    }
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
            version: api.revision_of(item, item.text_of("ETag")),
            is_deployed: api.is_deployed(item),
        }
    }

    /// Returns the revision of an observed resource.
    pub(crate) fn from_remote(api: &ResourceApi, remote: &Remote) -> Self {
        Self {
            version: api.revision_of(&remote.document, Some(&remote.etag)),
            is_deployed: api.is_deployed(&remote.document),
        }
    }

    /// Whether both versions are known and equal.
    pub(crate) fn is_same_revision(&self, other: &Self) -> bool {
        self.version.is_some() && self.version == other.version
    }
}
