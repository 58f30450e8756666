//! Why a reconciliation ended early, and the outcome that follows.

use crate::{
    cloudfront::{CloudFrontError, ErrorClass},
    engine::{
        api::{outcome::Outcome, reason::Reason, secret::Secrets},
        kubernetes::request::is_conflict,
        reconcile::{
            applied::{ApplyError, Retry},
            event::WriteEvent,
            observation::Progress,
            observe_cached::ListFailure,
            observe_error::ObserveError,
            resolve::ResolveError,
            status_update_error::StatusUpdateError,
        },
    },
    xml::XmlError,
};
use std::{sync::Arc, time::Duration};

/// How long a refusal that often passes by itself is retried: CloudFront knows a new certificate after about a minute.
pub(super) const TRANSIENT_REFUSAL_PERIOD: Duration = Duration::from_mins(2);

/// Why a reconciliation ended early.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReconcileError {
    /// Step `resolve` failed.
    #[error(transparent)]
    Resolve(#[from] ResolveError),
    /// Step `observe` failed.
    #[error(transparent)]
    Observe(#[from] ObserveError),
    /// CloudFront's list cannot be read for long, so a cached observation is not valid.
    #[error(transparent)]
    ListUnavailable(Arc<CloudFrontError>),
    /// The first list after a start cannot be read, so it is not known whether the resource has changed.
    #[error(transparent)]
    InitialList(Arc<CloudFrontError>),
    /// The spec cannot be converted to XML.
    #[error("the spec cannot be sent to CloudFront: {0}")]
    Xml(#[from] XmlError),
    /// Step `apply` failed.
    #[error(transparent)]
    Apply(#[from] ApplyError),
    /// The Kubernetes API rejected a read or a patch of the object, or could not be reached.
    #[error("the Kubernetes API failed: {0}")]
    Kubernetes(#[source] kube::Error),
    /// A status that has to precede a write to CloudFront could not be stored.
    #[error(transparent)]
    Status(#[from] StatusUpdateError),
}

/// The error of a reconciliation, and what was known when it occurred.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(super) error: ReconcileError,
    /// The values of Secrets that the message may quote.
    pub(super) secrets: Secrets,
    pub(super) progress: Progress,
}

impl From<ListFailure> for ReconcileError {
    fn from(failure: ListFailure) -> Self {
        match failure {
            ListFailure::Lasting(error) => Self::ListUnavailable(error),
            ListFailure::Initial(error) => Self::InitialList(error),
        }
    }
}

impl<E: Into<ReconcileError>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self {
            error: error.into(),
            secrets: Secrets::default(),
            progress: Progress::default(),
        }
    }
}

impl Failure {
    /// Adds the values of Secrets that the message may quote.
    pub(super) fn quoting(self, secrets: Secrets) -> Self {
        Self { secrets, ..self }
    }

    /// Adds what was known before the error.
    pub(super) fn after(self, progress: Progress) -> Self {
        let progress = self.progress.and(progress);
        Self { progress, ..self }
    }

    /// Returns what is known of the resource after the error.
    pub(super) fn progress(&self) -> Progress {
        let is_refused_after_read = match &self.error {
            ReconcileError::Observe(error) => error.refusal().is_some(),
            _ => false,
        };
        let is_read = self.progress.is_read || is_refused_after_read;
        Progress {
            is_read: is_read && !self.error.is_inconclusive(),
            ..self.progress
        }
    }
}

impl ReconcileError {
    /// Returns the error of a request that CloudFront refused or did not answer.
    pub(super) fn cloudfront(&self) -> Option<&CloudFrontError> {
        match self {
            Self::Resolve(error) => error.cloudfront(),
            Self::Observe(error) => error.cloudfront(),
            Self::Apply(error) => error.cloudfront(),
            _ => None,
        }
    }

    /// Returns the event of a write that succeeded before the error.
    pub(super) fn event(&self) -> Option<&WriteEvent> {
        match self {
            Self::Apply(error) => error.event(),
            _ => None,
        }
    }

    /// Whether CloudFront refused for a reason that often passes by itself.
    pub(super) fn is_transient_refusal(&self) -> bool {
        self.cloudfront()
            .is_some_and(|error| error.class() == ErrorClass::TransientRefusal)
    }

    /// Returns the error of CloudFront, also one of a list.
    fn any_cloudfront(&self) -> Option<&CloudFrontError> {
        match self {
            Self::ListUnavailable(error) | Self::InitialList(error) => Some(error),
            _ => self.cloudfront(),
        }
    }

    /// Whether the requests of all objects fail like this one.
    pub(super) fn is_account_wide(&self) -> bool {
        self.any_cloudfront()
            .is_some_and(CloudFrontError::is_account_wide)
    }

    /// Whether only a read failed. A list that fails for long is reported.
    pub(super) fn is_read(&self) -> bool {
        match self {
            Self::Observe(_) | Self::InitialList(_) => true,
            Self::Resolve(error) => error.cloudfront().is_some(),
            Self::Apply(error) => error.is_read(),
            _ => false,
        }
    }

    /// Returns when the reconciliation is repeated.
    pub(super) fn retry(&self) -> Retry {
        match self.cloudfront() {
            Some(error) if error.passes_by_itself() => Retry::WithBackoff,
            Some(error) if error.class() == ErrorClass::AccessDenied => {
                if error.is_account_wide() {
                    Retry::WithinAMinute
                } else {
                    Retry::WithBackoff
                }
            }
            // The other owner can delete the resource.
            None if self.is_name_taken() => Retry::WithBackoff,
            // An edit of the other object can end the difference.
            None if matches!(self, Self::Apply(ApplyError::DiffersFromConnected(_))) => {
                Retry::WithBackoff
            }
            _ => Retry::ByOutcome,
        }
    }

    /// Whether a resource of another owner has the name that the spec asks for.
    pub(super) fn is_name_taken(&self) -> bool {
        matches!(
            self,
            Self::Observe(ObserveError::NameTaken(_)) | Self::Apply(ApplyError::NameTaken(_))
        )
    }

    /// Whether CloudFront refused since another resource uses this one.
    pub(super) fn is_in_use(&self) -> bool {
        self.cloudfront().is_some_and(CloudFrontError::is_in_use)
    }

    /// Whether CloudFront's responses are not conclusive yet.
    pub(super) fn is_inconclusive(&self) -> bool {
        match self {
            Self::Observe(error) => error.is_inconclusive(),
            Self::Apply(error) => error.is_inconclusive(),
            _ => false,
        }
    }

    /// Whether the resource is certainly as it was, so that the cached observation stays valid.
    pub(super) fn leaves_remote_unchanged(&self) -> bool {
        if let Some(error) = self.cloudfront() {
            if error.is_of_tags() && !error.is_not_found() {
                return true;
            }
            let is_refused = matches!(
                error.class(),
                ErrorClass::Throttled
                    | ErrorClass::Terminal
                    | ErrorClass::TransientRefusal
                    | ErrorClass::InUse
            );
            return is_refused && !error.outcome_unknown();
        }
        !self.is_inconclusive()
    }

    /// Whether the API server rejected a patch, because the object has changed since it was read.
    pub(super) fn is_conflict(&self) -> bool {
        matches!(self, Self::Kubernetes(error) if is_conflict(error))
    }

    /// Returns the outcome. `is_recent`: CloudFront began to refuse a short while ago.
    ///
    /// # Errors
    ///
    /// If the Kubernetes API failed, so that the outcome cannot be reported, and if this process no longer leads.
    pub(super) fn outcome(self, is_recent: bool) -> Result<Outcome, StatusUpdateError> {
        let message = self.to_string();
        if let Some(error) = self.cloudfront() {
            if error.class() == ErrorClass::NotLeader {
                return Err(StatusUpdateError::NotLeader);
            }
            return Ok(cloudfront_outcome(error, is_recent, message));
        }
        if self.is_inconclusive() {
            return Ok(retrying(Reason::Conflict, message));
        }
        let reason = match self {
            Self::Kubernetes(error) | Self::Resolve(ResolveError::Kubernetes(error)) => {
                return Err(error.into());
            }
            Self::Status(error) | Self::Apply(ApplyError::Status(error)) => return Err(error),
            Self::ListUnavailable(error) | Self::InitialList(error) => {
                return Ok(cloudfront_outcome(&error, is_recent, message));
            }
            Self::Resolve(error) => error.reason(),
            Self::Observe(ObserveError::NotSent(outcome)) => return Ok(outcome),
            Self::Observe(error) => error.refusal(),
            Self::Apply(error) => error.refusal(),
            Self::Xml(_) => None,
        };
        Ok(Outcome::Stalled {
            reason: reason.unwrap_or(Reason::Invalid),
            code: None,
            message,
        })
    }
}

fn retrying(reason: Reason, message: String) -> Outcome {
    Outcome::Retrying { reason, message }
}

fn cloudfront_outcome(error: &CloudFrontError, is_recent: bool, message: String) -> Outcome {
    let reason = match error.class() {
        // The credentials are often only late: AWS has not refused them.
        ErrorClass::AccessDenied if matches!(error, CloudFrontError::NoCredentials { .. }) => {
            return retrying(Reason::AccessDenied, message);
        }
        ErrorClass::Throttled => return retrying(Reason::Throttled, message),
        ErrorClass::Unreachable | ErrorClass::InvalidResponse | ErrorClass::NotLeader => {
            return retrying(Reason::Unreachable, message);
        }
        // Another client changed or deleted it between the read and the write.
        ErrorClass::Conflict | ErrorClass::NotFound => return retrying(Reason::Conflict, message),
        ErrorClass::TransientRefusal if is_recent => return retrying(Reason::Rejected, message),
        ErrorClass::InUse => return Outcome::InUse(message),
        ErrorClass::AccessDenied => Reason::AccessDenied,
        ErrorClass::Terminal
        | ErrorClass::TransientRefusal
        | ErrorClass::MissingDependency
        | ErrorClass::AlreadyExists => Reason::Rejected,
    };
    Outcome::Stalled {
        reason,
        code: error.code().map(str::to_owned),
        message,
    }
}
