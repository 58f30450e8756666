//! The outcome of a reconciliation. Conditions, events and the metric's label derive from it.

use crate::{engine::api::reason::Reason, xml::Drift};

/// The result of a reconciliation, as the label of the metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, strum::IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum ReconcileResult {
    /// Nothing more is to be done until something changes.
    Success,
    /// The object is waiting for something, and is reconciled again.
    Requeue,
    /// The reconciliation failed, or cannot continue until something changes.
    Error,
}

/// The outcome of one reconciliation of one object.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// An object that the spec references is not ready.
    Waiting(String),
    /// The object waits in the queue of its kind, for the rate limiter, or for a unique value that another object has.
    Queued(String),
    /// The reconciliation ended without a result, and runs again. The status stays as it is.
    Postponed,
    /// A one-shot resource has completed.
    Completed,
    /// A one-shot resource cannot complete as the spec describes it.
    Failed {
        /// The reason of the conditions.
        reason: Reason,
        /// CloudFront's error code, if CloudFront refused.
        code: Option<String>,
        /// What happened, in one sentence.
        message: String,
    },
    /// CloudFront accepted a change and is deploying it.
    Deploying(String),
    /// The resource matches the spec and is deployed.
    InSync,
    /// The resource differs from the spec, and a policy forbids the correction.
    Drifted(Vec<Drift>),
    /// The operator runs with `--read-only`, and a write is necessary.
    ReadOnly {
        /// The write that is necessary, in one sentence.
        message: String,
        /// The differences that the write would remove.
        drift: Vec<Drift>,
    },
    /// `spec.suspend` is set.
    Suspended {
        /// Whether the spec has changed since it was last applied.
        pending_changes: bool,
    },
    /// The reconciliation failed in a way that is likely to pass without help.
    Retrying {
        /// The reason of the conditions, such as `Throttled`, `Unreachable` or `Conflict`.
        reason: Reason,
        /// What happened, in one sentence.
        message: String,
    },
    /// The reconciliation cannot continue until the object, its references or AWS permissions change.
    Stalled {
        /// The reason of the conditions.
        reason: Reason,
        /// CloudFront's error code, if CloudFront refused.
        code: Option<String>,
        /// What happened and what to do, in one or two sentences.
        message: String,
    },
    /// The object is being deleted, and `spec.deletionProtection` forbids to delete its resource.
    DeletionProtected(String),
    /// The resource is being disabled before its deletion.
    Disabling,
    /// The deletion waits until nothing else uses the resource.
    InUse(String),
    /// The object does not need the operator any more: its finalizer is removed.
    Finalized,
    /// The Kubernetes API failed, so the outcome is not in the status.
    Unreported,
}

impl Outcome {
    /// Returns the result in controller-runtime's terms.
    pub fn result(&self) -> ReconcileResult {
        match self {
            Self::Completed
            | Self::InSync
            | Self::Drifted(_)
            | Self::DeletionProtected(_)
            | Self::ReadOnly { .. }
            | Self::Suspended { .. }
            | Self::Finalized => ReconcileResult::Success,
            Self::Waiting(_)
            | Self::Queued(_)
            | Self::Postponed
            | Self::Deploying(_)
            | Self::Disabling
            | Self::InUse(_) => ReconcileResult::Requeue,
            Self::Failed { .. }
            | Self::Retrying { .. }
            | Self::Stalled { .. }
            | Self::Unreported => ReconcileResult::Error,
        }
    }

    /// Returns the reason of condition `Ready`. `None`: the outcome is in no condition.
    pub fn reason(&self) -> Option<Reason> {
        let reason = match self {
            Self::Waiting(_) => Reason::ReferenceNotReady,
            Self::Queued(_) => Reason::Queued,
            Self::Completed => Reason::Completed,
            Self::Deploying(_) => Reason::Deploying,
            Self::InSync => Reason::InSync,
            Self::Drifted(_) => Reason::Drifted,
            Self::ReadOnly { .. } => Reason::ReadOnly,
            Self::Suspended { .. } => Reason::Suspended,
            Self::Retrying { reason, .. }
            | Self::Stalled { reason, .. }
            | Self::Failed { reason, .. } => *reason,
            Self::DeletionProtected(_) => Reason::DeletionProtected,
            Self::Disabling => Reason::Disabling,
            Self::InUse(_) => Reason::InUse,
            Self::Postponed | Self::Finalized | Self::Unreported => return None,
        };
        Some(reason)
    }

    /// Changes the message of a failure, or of the object that is waited for.
    pub(crate) fn map_message(mut self, change: impl Fn(&str) -> String) -> Self {
        if let Self::Waiting(message)
        | Self::InUse(message)
        | Self::Retrying { message, .. }
        | Self::Stalled { message, .. } = &mut self
        {
            *message = change(message);
        }
        self
    }

    /// Whether the reconciliation failed in a way that is retried with growing delays.
    pub fn is_retried(&self) -> bool {
        matches!(
            self,
            Self::Retrying { .. } | Self::InUse(_) | Self::Waiting(_)
        )
    }

    /// Whether the resource matches the spec, or has completed.
    pub fn is_done(&self) -> bool {
        matches!(self, Self::InSync | Self::Completed)
    }
}
