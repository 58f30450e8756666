//! What can go wrong.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::HostileBody;

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "mode", rename_all = "kebab-case")]
pub enum FaultMode {
    /// No answer ever comes; the connection stays open.
    Timeout {
        /// Whether the operation is carried out all the same.
        #[serde(default)]
        committed: bool,
    },
    /// The connection is reset and nothing happened.
    ResetBeforeCommit,
    /// The operation is carried out, then the connection is reset.
    ResetAfterCommit,
    /// The operation is carried out, and the answer kept back until it is released.
    Hold,
    /// The operation is carried out, and the connection closed inside the answer's body.
    TruncatedBody {
        /// How many bytes of the body are sent; half of it by default.
        #[serde(default)]
        at: Option<usize>,
    },
    /// An error is answered.
    Error {
        /// The HTTP status.
        status: u16,
        /// The error code.
        code: String,
        /// The error message.
        #[serde(default)]
        message: String,
        /// Whether the operation is carried out all the same.
        #[serde(default)]
        committed: bool,
    },
    /// The answer is what it would have been some writes ago.
    StaleRead {
        /// How many writes to resources of the kind, 64 at most.
        lag: u64,
    },
    /// The client is sent elsewhere, and nothing happened.
    Redirect {
        /// The HTTP status.
        #[serde(default = "temporary_redirect")]
        status: u16,
        /// Where to.
        location: String,
    },
    /// The operation is carried out, and its answer replaced by a hostile one.
    Hostile {
        /// Which one.
        body: HostileBody,
    },
    /// The operation is carried out, and its answer keeps one member to itself.
    Without {
        /// The element's name: all of that name are left out.
        element: String,
    },
    /// The operation is carried out after a while.
    Delay {
        /// How long, in milliseconds.
        milliseconds: u64,
    },
}

impl FaultMode {
    /// `Throttling` as `CloudFront` does it: status 400.
    pub fn throttling() -> Self {
        Self::refusal(400, "Throttling", "Rate exceeded")
    }

    /// 503 `ServiceUnavailable` without effect.
    pub fn unavailable() -> Self {
        Self::refusal(
            503,
            "ServiceUnavailable",
            "CloudFront encountered an internal error. Please try again.",
        )
    }

    /// An error without effect.
    pub fn refusal(status: u16, code: &str, message: &str) -> Self {
        Self::Error {
            status,
            code: code.to_owned(),
            message: message.to_owned(),
            committed: false,
        }
    }

    /// Whether the operation is carried out.
    pub(crate) fn commits(&self) -> bool {
        match self {
            Self::Timeout { committed } | Self::Error { committed, .. } => *committed,
            Self::ResetBeforeCommit | Self::Redirect { .. } => false,
            _ => true,
        }
    }

    pub(crate) fn lag(&self) -> u64 {
        if let Self::StaleRead { lag } = self {
            *lag
        } else {
            0
        }
    }

    pub(crate) fn delay(&self) -> Duration {
        if let Self::Delay { milliseconds } = self {
            Duration::from_millis(*milliseconds)
        } else {
            Duration::ZERO
        }
    }

    /// The mode's name, as the journal has it.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Timeout { .. } => "timeout",
            Self::ResetBeforeCommit => "reset-before-commit",
            Self::ResetAfterCommit => "reset-after-commit",
            Self::Hold => "hold",
            Self::TruncatedBody { .. } => "truncated-body",
            Self::Error { .. } => "error",
            Self::StaleRead { .. } => "stale-read",
            Self::Redirect { .. } => "redirect",
            Self::Hostile { .. } => "hostile",
            Self::Without { .. } => "without",
            Self::Delay { .. } => "delay",
        }
    }
}

fn temporary_redirect() -> u16 {
    307
}
