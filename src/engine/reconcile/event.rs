//! The event, and the log message, of what `apply` did.

use crate::{engine::api::reason::Reason, xml::Drift};
use std::fmt::Write;
use tokio::time::Instant;

/// What `apply` did to the resource. The reason of the event derives from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ResourceAction {
    /// Created the resource.
    Create,
    /// Found the resource of an earlier create.
    Recover,
    /// Updated the resource after a change of the spec.
    Update,
    /// Updated the resource after a change by another client.
    CorrectDrift,
    /// Published the code of the resource.
    Publish,
    /// Gave the resource the configuration of its staging resource.
    Promote,
    /// Disabled the resource before its deletion.
    Disable,
    /// Deleted the resource.
    Delete,
    /// Found that the resource does not exist any more.
    ConfirmDeletion,
    /// Left the resource as it is while the object is deleted.
    Retain,
    /// Changed the tags of the resource.
    Tag,
    /// Changed the pairs of the resource after a change of the spec.
    WritePairs,
    /// Changed the pairs of the resource after a change by another client.
    CorrectPairs,
}

impl ResourceAction {
    /// Returns the reason of the event.
    pub(crate) fn reason(self) -> Reason {
        match self {
            Self::Create | Self::Recover => Reason::Created,
            Self::Update | Self::WritePairs => Reason::Updated,
            Self::CorrectDrift | Self::CorrectPairs => Reason::DriftCorrected,
            Self::Publish => Reason::Published,
            Self::Promote => Reason::Promoted,
            Self::Disable => Reason::Disabling,
            Self::Delete | Self::ConfirmDeletion => Reason::Deleted,
            Self::Retain => Reason::Retained,
            Self::Tag => Reason::Tagged,
        }
    }

    /// Whether CloudFront deploys the change.
    pub(crate) fn starts_deployment(self) -> bool {
        matches!(
            self,
            Self::Create | Self::Update | Self::CorrectDrift | Self::Promote
        )
    }

    fn verb(self) -> &'static str {
        match self {
            Self::Create | Self::Recover => "Created",
            Self::Update | Self::ConfirmDeletion | Self::Retain => "Updated",
            Self::CorrectDrift => "Reverted external changes to",
            Self::Publish => "Published",
            Self::Promote => "Gave the configuration of its staging distribution to",
            Self::Disable => "Disabled before its deletion:",
            Self::Delete => "Deleted",
            Self::Tag => "Changed the tags of",
            Self::WritePairs => "Changed the pairs of",
            Self::CorrectPairs => "Reverted external changes to the pairs of",
        }
    }
}

/// An event about the resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WriteEvent {
    pub(crate) action: ResourceAction,
    pub(crate) message: String,
    /// AWS's request id, if the action was a request.
    pub(crate) request_id: Option<String>,
    /// When CloudFront responded.
    pub(crate) at: Instant,
}

impl WriteEvent {
    /// Returns the event of an action that sent no write.
    fn without_request(action: ResourceAction, message: String) -> Self {
        Self {
            action,
            message,
            request_id: None,
            at: Instant::now(),
        }
    }

    /// Returns the event of a resource that a search found.
    pub(crate) fn recovered(kind: &str, id: &str) -> Self {
        let message = format!("Found {kind} {id}, which an earlier reconciliation created");
        Self::without_request(ResourceAction::Recover, message)
    }

    /// Returns the event of a resource that does not exist any more.
    pub(crate) fn gone(kind: &str, id: &str) -> Self {
        Self::without_request(
            ResourceAction::ConfirmDeletion,
            format!("Deleted {kind} {id}: CloudFront does not find it any more"),
        )
    }

    /// Returns the event of a resource that stays in CloudFront, because another object manages it.
    pub(crate) fn not_owned(kind: &str, id: &str) -> Self {
        let message = format!("Left {kind} {id} unchanged: it belongs to another object");
        Self::without_request(ResourceAction::Retain, message)
    }

    /// Returns the event of a resource that stays in CloudFront.
    pub(crate) fn retained(kind: &str, id: &str) -> Self {
        let message = format!("Kept {kind} {id} in CloudFront, because deletionPolicy is Retain");
        Self::without_request(ResourceAction::Retain, message)
    }

    /// Returns the event of a write. It names the resource, at most three changed fields, and AWS's request id.
    pub(crate) fn of_write(
        action: ResourceAction,
        kind: &str,
        id: Option<&str>,
        drift: &[Drift],
        request_id: Option<&str>,
    ) -> Self {
        // Writing to a string does not fail.
        let mut message = format!("{} {kind}", action.verb());
        if let Some(id) = id {
            let _ = write!(message, " {id}");
        }
        let fields: Vec<&str> = drift.iter().take(3).map(|d| d.path.as_str()).collect();
        if !fields.is_empty() {
            let _ = write!(message, ": {}", fields.join(", "));
        }
        if drift.len() > fields.len() {
            let _ = write!(message, " and {} more", drift.len() - fields.len());
        }
        if let Some(request_id) = request_id {
            let _ = write!(message, " (request {request_id})");
        }
        Self {
            action,
            message,
            request_id: request_id.map(str::to_owned),
            at: Instant::now(),
        }
    }
}
