//! Why a status could not be stored.

use crate::engine::kubernetes::request::is_conflict;

/// Why the outcome is not reported. The controller tries again.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StatusUpdateError {
    /// The Kubernetes API failed.
    #[error("the Kubernetes API failed: {0}")]
    Kubernetes(#[from] kube::Error),
    /// This process no longer leads, so its status could replace a newer one.
    #[error("another replica may lead")]
    NotLeader,
}

impl StatusUpdateError {
    /// Whether another client changed the object in between.
    pub(super) fn is_conflict(&self) -> bool {
        matches!(self, Self::Kubernetes(error) if is_conflict(error))
    }

    /// Whether the Kubernetes API fails for all objects: no response, an error of the server, or throttling.
    pub(super) fn is_outage(&self) -> bool {
        match self {
            Self::Kubernetes(kube::Error::Api(status)) => status.code == 429 || status.code >= 500,
            Self::Kubernetes(_) => true,
            Self::NotLeader => false,
        }
    }
}
