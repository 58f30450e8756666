//! The effects of faults.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::hostile::HostileBody;

/// The effect of a fault.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "mode", rename_all = "kebab-case")]
pub enum FaultMode {
    /// Sends no response and keeps the connection open.
    Timeout {
        /// Whether the operation is executed.
        #[serde(default)]
        committed: bool,
    },
    /// Resets the connection without executing the operation.
    ResetBeforeCommit,
    /// Executes the operation, then resets the connection.
    ResetAfterCommit,
    /// Executes the operation and holds the response back until it is released.
    Hold,
    /// Executes the operation and closes the connection within the response body.
    TruncatedBody {
        /// The number of body bytes that are sent. Default: half of the body.
        #[serde(default)]
        at: Option<usize>,
    },
    /// Responds with an error.
    Error {
        /// The HTTP status.
        status: u16,
        /// The error code.
        code: String,
        /// The error message.
        #[serde(default)]
        message: String,
        /// Whether the operation is executed.
        #[serde(default)]
        committed: bool,
    },
    /// Executes a read on the state before the last writes.
    StaleRead {
        /// The number of writes to resources of the same type, at most 64.
        lag: u64,
    },
    /// Responds with a redirect without executing the operation.
    Redirect {
        /// The HTTP status.
        #[serde(default = "temporary_redirect")]
        status: u16,
        /// The value of the `Location` header.
        location: String,
    },
    /// Executes the operation and replaces the response with a malformed or malicious one.
    Hostile {
        /// The replacement.
        body: HostileBody,
    },
    /// Executes the operation and removes elements from the response, or members from a response in JSON.
    Without {
        /// The name of the elements or members that are removed.
        element: String,
    },
    /// Executes the operation after a delay.
    Delay {
        /// The delay in milliseconds.
        milliseconds: u64,
    },
}

impl FaultMode {
    /// Returns a `Throttling` error with status 400, as `CloudFront` does.
    pub fn throttling() -> Self {
        Self::error(400, "Throttling", "Rate exceeded")
    }

    /// Returns a `ServiceUnavailable` error with status 503. The operation is not executed.
    pub fn service_unavailable() -> Self {
        Self::error(
            503,
            "ServiceUnavailable",
            "CloudFront encountered an internal error. Please try again.",
        )
    }

    /// Returns an error response. The operation is not executed.
    pub fn error(status: u16, code: &str, message: &str) -> Self {
        Self::Error {
            status,
            code: code.to_owned(),
            message: message.to_owned(),
            committed: false,
        }
    }

    /// Whether the operation is executed.
    pub(crate) fn executes_operation(&self) -> bool {
        match self {
            Self::Timeout { committed } | Self::Error { committed, .. } => *committed,
            Self::ResetBeforeCommit | Self::Redirect { .. } => false,
            _ => true,
        }
    }

    /// The number of writes that a read lags behind; 0 for other faults.
    pub(crate) fn stale_read_lag(&self) -> u64 {
        if let Self::StaleRead { lag } = self {
            *lag
        } else {
            0
        }
    }

    /// The delay before the operation; zero for other faults.
    pub(crate) fn delay(&self) -> Duration {
        if let Self::Delay { milliseconds } = self {
            Duration::from_millis(*milliseconds)
        } else {
            Duration::ZERO
        }
    }

    /// The name of the mode in the journal.
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
