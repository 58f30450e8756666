//! What one write did, in words: for the event and the log.

use crate::{engine::api::reason::Reason, xml::Drift};
use std::fmt::Write;

/// A write to CloudFront.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Written {
    pub(super) reason: Reason,
    pub(super) note: String,
    /// AWS's id of the request, where this pass made one.
    pub(super) request_id: Option<String>,
}

impl Written {
    pub(super) fn new(reason: Reason, note: String) -> Self {
        Self {
            reason,
            note,
            request_id: None,
        }
    }

    /// Names the resource, at most three of the places that changed, and AWS's id of the request.
    pub(super) fn from_call(
        reason: Reason,
        kind: &str,
        id: Option<&str>,
        drift: &[Drift],
        request_id: Option<&str>,
    ) -> Self {
        let verb = match reason {
            Reason::Created => "created",
            Reason::Retiring => "disabled, so that it may be deleted:",
            Reason::Deleted => "deleted",
            Reason::Tagged => "changed the tags of",
            Reason::Reverted => "undid what others had changed in",
            _ => "updated",
        };
        // Writing to a string does not fail.
        let mut note = format!("{verb} {kind}");
        if let Some(id) = id {
            let _ = write!(note, " {id}");
        }
        let places: Vec<&str> = drift.iter().take(3).map(|d| d.path.as_str()).collect();
        if !places.is_empty() {
            let _ = write!(note, ": {}", places.join(", "));
        }
        if drift.len() > places.len() {
            let _ = write!(note, " and {} more", drift.len() - places.len());
        }
        if let Some(request_id) = request_id {
            let _ = write!(note, " (request {request_id})");
        }
        Self {
            reason,
            note,
            request_id: request_id.map(str::to_owned),
        }
    }
}
