//! The result of step `apply`.

use crate::{
    cloudfront::CloudFrontError,
    engine::{
        api::{outcome::Outcome, reason::Reason},
        reconcile::{
            event::WriteEvent,
            name_taken::NameTaken,
            observation::{Observation, Progress},
            resolve::{Inputs, SpecHashes},
            status_update_error::StatusUpdateError,
        },
        remote::resource::Remote,
    },
};
use std::time::Duration;

/// The message while CloudFront deploys a change.
pub(super) const DEPLOYING: &str = "CloudFront is deploying the last change.";

/// The result of a reconciliation.
#[derive(Debug, PartialEq)]
pub(crate) struct Applied {
    pub(super) outcome: Outcome,
    /// The resource as it was read or written last. `None`: the reconciliation ended before the observation.
    pub(super) observation: Option<Observation>,
    pub(super) event: Option<WriteEvent>,
    /// The hashes of the spec, if CloudFront has all of it.
    pub(super) accepted_spec: Option<SpecHashes>,
    /// The keys of the tags that the resource now has from the spec, if they were just written or read.
    pub(super) managed_tags: Option<Vec<String>>,
    /// The AWS account of the resource, if it was just determined.
    pub(super) account: Option<String>,
    /// Whether an update has to send what the write omitted.
    pub(super) needs_followup_update: bool,
    /// Whether the observation is the response to a create or an update.
    pub(super) is_written: bool,
    /// The time until an update that is withheld may be sent.
    pub(super) pause: Option<Duration>,
    /// What was known of the resource when the reconciliation failed.
    pub(super) progress: Progress,
    /// When the reconciliation is repeated, if it failed.
    pub(super) retry: Retry,
    /// Whether the poller enqueues the object when it has read the first list.
    pub(super) waits_for_list: bool,
}

/// When an outcome is repeated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Retry {
    /// As the outcome says.
    #[default]
    ByOutcome,
    /// With growing delays: the cause often passes by itself.
    WithBackoff,
    /// With growing delays up to a minute: the cause concerns many objects.
    WithinAMinute,
}

/// Why a plan could not be carried out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApplyError {
    /// CloudFront refused, or could not be reached.
    #[error(transparent)]
    CloudFront(#[from] CloudFrontError),
    /// CloudFront refused a write, and more was read to explain why.
    #[error("{explanation} {error}")]
    Explained {
        /// The refusal.
        error: CloudFrontError,
        /// The explanation, in sentences.
        explanation: Box<str>,
    },
    /// CloudFront would refuse the update: it makes the resource differ from the one that a policy connects it with. The text says where.
    #[error("{0}")]
    DiffersFromConnected(Box<str>),
    /// The object could not be read before a write, or the status that has to precede the write could not be stored.
    #[error(transparent)]
    Status(#[from] StatusUpdateError),
    /// CloudFront accepted a write, and its response lacks the id, the ETag or the configuration.
    #[error("{error}")]
    Unreadable {
        /// The error that describes the response.
        error: CloudFrontError,
        /// The write.
        event: Box<WriteEvent>,
    },
    /// CloudFront reports that the resource exists, and the search has not found it yet.
    #[error(
        "CloudFront reports that this {kind} already exists but does not find it. It is searched again."
    )]
    ExistingNotFoundYet {
        /// The kind.
        kind: &'static str,
    },
    /// A resource of another owner has the name in the spec.
    #[error(transparent)]
    NameTaken(NameTaken),
    /// CloudFront remembers the caller reference of a resource that does not exist any more.
    #[error(
        "CloudFront reports that this {kind} already exists but does not find it. The next request uses another caller reference."
    )]
    CallerReferenceUsed {
        /// The kind.
        kind: &'static str,
    },
    /// A one-shot resource was created before and is not listed. It is not created again without certainty, since AWS bills it.
    #[error(
        "CloudFront reports that this {kind} already exists but does not list it, so its result is unknown. Create a new {kind} to run it again."
    )]
    LostOneShot {
        /// The kind.
        kind: &'static str,
    },
}

impl ApplyError {
    /// Returns the error of a request, if CloudFront caused it.
    pub(super) fn cloudfront(&self) -> Option<&CloudFrontError> {
        match self {
            Self::CloudFront(error)
            | Self::Explained { error, .. }
            | Self::Unreadable { error, .. } => Some(error),
            _ => None,
        }
    }

    /// Whether CloudFront's responses are not conclusive yet, so that the next read decides.
    pub(super) fn is_inconclusive(&self) -> bool {
        matches!(
            self,
            Self::ExistingNotFoundYet { .. } | Self::CallerReferenceUsed { .. }
        )
    }

    /// Whether only a read failed: nothing was written.
    pub(super) fn is_read(&self) -> bool {
        matches!(self, Self::CloudFront(error) if error.is_of_read())
    }

    /// Returns the reason of a refusal to continue.
    pub(super) fn refusal(&self) -> Option<Reason> {
        match self {
            Self::DiffersFromConnected(_) => Some(Reason::Rejected),
            Self::LostOneShot { .. } => Some(Reason::NotFound),
            Self::NameTaken(_) => Some(Reason::OwnershipConflict),
            _ => None,
        }
    }

    /// Whether the next create needs another caller reference.
    pub(super) fn needs_new_caller_reference(&self) -> bool {
        matches!(self, Self::CallerReferenceUsed { .. })
    }

    /// Returns the event of a write that succeeded before the error.
    pub(super) fn event(&self) -> Option<&WriteEvent> {
        match self {
            Self::Unreadable { event, .. } => Some(event),
            _ => None,
        }
    }
}

impl Applied {
    /// Returns a result without a write.
    pub(super) fn new(outcome: Outcome) -> Self {
        Self {
            outcome,
            observation: None,
            event: None,
            accepted_spec: None,
            managed_tags: None,
            account: None,
            needs_followup_update: false,
            is_written: false,
            pause: None,
            progress: Progress::default(),
            retry: Retry::ByOutcome,
            waits_for_list: false,
        }
    }

    /// Returns the result while the first list is not read yet.
    pub(super) fn waiting_for_list() -> Self {
        Self {
            waits_for_list: true,
            ..Self::new(Outcome::Postponed)
        }
    }

    /// Returns a result without a write, with what was observed.
    pub(super) fn observed(
        outcome: Outcome,
        observation: Observation,
        account: Option<String>,
    ) -> Self {
        Self {
            observation: Some(observation),
            account,
            ..Self::new(outcome)
        }
    }

    pub(super) fn with_outcome(self, outcome: Outcome) -> Self {
        Self { outcome, ..self }
    }

    pub(super) fn with_pause(self, pause: Option<Duration>) -> Self {
        Self { pause, ..self }
    }

    pub(super) fn with_event(self, event: Option<WriteEvent>) -> Self {
        Self { event, ..self }
    }

    pub(super) fn with_retry(self, retry: Retry) -> Self {
        Self { retry, ..self }
    }

    /// Records that CloudFront has all of the spec. What differs later was changed by another client.
    pub(super) fn with_accepted_spec(self, inputs: &Inputs) -> Self {
        Self {
            accepted_spec: Some(inputs.hashes.clone()),
            ..self
        }
    }

    /// Whether the reconciliation did what a request for a fresh read asks for. A one-shot resource that has ended is not read again.
    pub(super) fn answers_request(&self) -> bool {
        let is_read = self.observation.as_ref().is_some_and(Observation::is_fresh);
        let has_ended = matches!(self.outcome, Outcome::Completed | Outcome::Failed { .. });
        is_read || has_ended || self.progress.is_read
    }

    /// Returns the observed resource.
    pub(super) fn remote(&self) -> Option<&Remote> {
        self.observation.as_ref()?.remote.as_ref()
    }

    /// Returns the ARN in CloudFront's own response. The one in the status can be forged.
    pub(super) fn arn(&self) -> Option<&str> {
        self.remote()?.document.text_of("ARN")
    }
}
