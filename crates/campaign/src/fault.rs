//! What can happen to a request.

use crate::label::{Label, Side};
use cloudfront_simulator::FaultMode;
use serde::{Deserialize, Serialize};

/// What happens to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// The operator is killed before the request reaches the server.
    CrashBeforeSend,
    /// The operator is killed after the server has executed the request, and before it receives the response.
    CrashAfterCommit,
    /// The connection ends before the server executes the request.
    ResetBefore,
    /// The server executes the request, and the connection ends before the response.
    ResetAfter,
    /// The server does not execute the request, and sends no response. Only CloudFront.
    TimeoutBefore,
    /// The server executes the request, and sends no response. Only CloudFront.
    TimeoutAfter,
    /// The server does not execute the request, and responds with this status.
    Refused(u16),
    /// The server executes the request, and responds with this status. Only CloudFront.
    FailedAfter(u16),
    /// The response ends in its middle. Only CloudFront.
    Truncated,
    /// The server executes a read on the state before the last write. Only CloudFront.
    StaleRead,
}

/// The faults after which the operator starts again.
pub const CRASHES: [Fault; 2] = [Fault::CrashBeforeSend, Fault::CrashAfterCommit];

const CLOUDFRONT: [Fault; 10] = [
    Fault::ResetBefore,
    Fault::ResetAfter,
    Fault::TimeoutBefore,
    Fault::TimeoutAfter,
    Fault::Refused(400),
    Fault::Refused(403),
    Fault::Refused(500),
    Fault::Refused(503),
    Fault::FailedAfter(500),
    Fault::Truncated,
];

const KUBERNETES: [Fault; 7] = [
    Fault::ResetBefore,
    Fault::ResetAfter,
    Fault::Refused(401),
    Fault::Refused(403),
    Fault::Refused(429),
    Fault::Refused(500),
    Fault::Refused(503),
];

/// The verbs with which a request to Kubernetes changes something.
const KUBERNETES_WRITES: [&str; 4] = ["create", "update", "patch", "delete"];

/// The verbs with which a request reads.
const READS: [&str; 5] = ["get", "list", "watch", "Get", "List"];

impl Fault {
    /// Returns the crashes at a request that differ in their effect. A read changes nothing, so a crash after it equals one before it.
    pub(crate) fn distinct_crashes(label: &Label) -> Vec<Self> {
        let is_read = READS.iter().any(|verb| label.operation.starts_with(verb));
        CRASHES[..if is_read { 1 } else { CRASHES.len() }].to_vec()
    }

    /// Returns the faults other than crashes that a request can have.
    pub fn of(label: &Label) -> Vec<Self> {
        let operation = label.operation.as_str();
        let begins = |verbs: &[&str]| verbs.iter().any(|verb| operation.starts_with(verb));
        match label.side {
            Side::CloudFront => {
                let mut faults = CLOUDFRONT.to_vec();
                if begins(&["Update", "Delete"]) {
                    faults.push(Self::Refused(412));
                }
                if begins(&["Get", "List"]) && operation != "GetCallerIdentity" {
                    faults.push(Self::StaleRead);
                }
                faults
            }
            Side::Kubernetes => {
                let mut faults = KUBERNETES.to_vec();
                if begins(&KUBERNETES_WRITES) {
                    faults.push(Self::Refused(409));
                }
                if begins(&["list", "watch"]) {
                    faults.push(Self::Refused(410));
                }
                faults
            }
        }
    }

    /// Returns the fault of the simulator, if it is one.
    pub(crate) fn mode(self) -> Option<FaultMode> {
        Some(match self {
            Self::CrashBeforeSend | Self::CrashAfterCommit => return None,
            Self::ResetBefore => FaultMode::ResetBeforeCommit,
            Self::ResetAfter => FaultMode::ResetAfterCommit,
            Self::TimeoutBefore => FaultMode::Timeout { committed: false },
            Self::TimeoutAfter => FaultMode::Timeout { committed: true },
            Self::Refused(status) => error(status, false),
            Self::FailedAfter(status) => error(status, true),
            Self::Truncated => FaultMode::TruncatedBody { at: None },
            Self::StaleRead => FaultMode::StaleRead { lag: 1 },
        })
    }
}

/// Returns the error of CloudFront with this status.
fn error(status: u16, committed: bool) -> FaultMode {
    let (code, message) = match status {
        400 => ("Throttling", "Rate exceeded"),
        403 => ("AccessDenied", "Access is denied."),
        412 => (
            "PreconditionFailed",
            "The request failed because it didn't meet the preconditions.",
        ),
        503 => ("ServiceUnavailable", "The service is unavailable."),
        _ => ("InternalError", "An internal error occurred."),
    };
    FaultMode::Error {
        status,
        code: code.into(),
        message: message.into(),
        committed,
    }
}
