//! Why a pass could not do what it wanted, and what state that leaves the object in.

use crate::{
    cloudfront::{self, ErrorClass},
    engine::api::{outcome::Outcome as State, reason::Reason},
    xml,
};
use std::{sync::Arc, time::Duration};

/// How long a refusal that often heals by itself counts as passing: a certificate just issued takes a minute to be known.
pub(crate) const SETTLING: Duration = Duration::from_mins(2);

/// Why a pass ended early.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// CloudFront refused, or could not be reached.
    #[error(transparent)]
    CloudFront(#[from] cloudfront::CloudFrontError),
    /// CloudFront's list cannot be read, so nothing is known of what it has now.
    #[error(transparent)]
    Unlisted(Arc<cloudfront::CloudFrontError>),
    /// The Kubernetes API refused, or could not be reached: nothing can be reported.
    #[error("the Kubernetes API failed: {0}")]
    Kube(#[from] kube::Error),
    /// The spec cannot be said in XML.
    #[error("the spec cannot be sent to CloudFront: {0}")]
    Xml(#[from] xml::XmlError),
    /// What was seen is not to be relied on yet: the next look decides.
    #[error("{0}")]
    Again(String),
    /// The engine itself refuses to go on.
    #[error("{message}")]
    Refused {
        /// Why.
        reason: Reason,
        /// What happened and what to do.
        message: String,
    },
}

impl Failure {
    /// The state it leaves the object in; `fresh` tells that CloudFront has only just begun to refuse. `None`: the Kubernetes API
    /// itself failed, so there is no way to tell.
    pub(crate) fn state(&self, fresh: bool) -> Option<State> {
        let message = self.to_string();
        Some(match self {
            Self::Kube(_) => return None,
            Self::Xml(_) => State::Stalled {
                reason: Reason::Invalid,
                code: None,
                message,
            },
            Self::Again(_) => State::Retrying {
                reason: Reason::Conflict,
                message,
            },
            Self::Refused { reason, .. } => State::Stalled {
                reason: *reason,
                code: None,
                message,
            },
            Self::CloudFront(error) => remote_state(error, fresh, message),
            Self::Unlisted(error) => remote_state(error, fresh, message),
        })
    }
}

fn remote_state(error: &cloudfront::CloudFrontError, fresh: bool, message: String) -> State {
    let hindered = |reason| State::Retrying {
        reason,
        message: message.clone(),
    };
    let stalled = |reason| State::Stalled {
        reason,
        code: error.code().map(str::to_owned),
        message: message.clone(),
    };
    match error.class() {
        // Whoever hands out credentials is often only late; nobody has refused any.
        ErrorClass::Denied
            if matches!(error, cloudfront::CloudFrontError::NoCredentials { .. }) =>
        {
            hindered(Reason::Denied)
        }
        ErrorClass::Throttled => hindered(Reason::Throttled),
        ErrorClass::Unreachable | ErrorClass::InvalidResponse | ErrorClass::NotLeader => {
            hindered(Reason::Unreachable)
        }
        // Gone between the look and the write: somebody else was quicker, and the next look decides anew.
        ErrorClass::Conflict | ErrorClass::NotFound => hindered(Reason::Conflict),
        ErrorClass::TransientRefusal if fresh => hindered(Reason::Rejected),
        ErrorClass::InUse => State::InUse(message),
        ErrorClass::Denied => stalled(Reason::Denied),
        ErrorClass::Terminal
        | ErrorClass::TransientRefusal
        | ErrorClass::MissingDependency
        | ErrorClass::AlreadyExists => stalled(Reason::Rejected),
    }
}
