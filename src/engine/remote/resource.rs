//! A resource as CloudFront holds it.

use crate::{
    cloudfront::{CloudFrontError, Request, Response},
    engine::kind::{Kind, Lifecycle},
    xml::Element,
};

/// What CloudFront last said of a resource, and the version that a write must name.
#[derive(Clone, Debug, PartialEq)]
pub struct Remote {
    /// CloudFront's id.
    pub id: String,
    /// Version of the configuration: what `If-Match` must say. Empty where there is none to change.
    pub etag: String,
    /// The whole answer, as it came: elements nobody here knows included.
    pub document: Element,
}

impl Remote {
    /// Reads an answer to a get, a create or an update. `None` when it lacks the id, the version or the configuration.
    pub fn from_response<K: Kind>(answer: Response) -> Option<Self> {
        let document = answer.document?;
        let id = document
            .text_of("Id")
            .filter(|id| !id.is_empty())?
            .to_owned();
        document.child(K::CONFIG)?;
        let etag = match K::LIFECYCLE {
            Lifecycle::Managed => answer.etag?,
            Lifecycle::OneShot => String::new(),
        };
        Some(Self { id, etag, document })
    }

    /// The configuration, as CloudFront has it.
    pub fn config<K: Kind>(&self) -> Element {
        self.document
            .child(K::CONFIG)
            .cloned()
            .unwrap_or_else(|| Element::new(K::CONFIG))
    }

    /// The key under which the resource was created.
    pub fn caller_reference<K: Kind>(&self) -> Option<&str> {
        self.document.child(K::CONFIG)?.text_of("CallerReference")
    }
}

/// An answer without what every answer of its kind must have. Nothing is decided on it.
pub(crate) fn incomplete_response(request: &Request) -> CloudFrontError {
    CloudFrontError::InvalidResponse {
        operation: request.operation.clone(),
        detail: "it lacks the id, the ETag or the configuration".into(),
        request_id: None,
        outcome_unknown: request.is_write(),
    }
}
