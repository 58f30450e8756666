//! What can happen to a request.

use crate::label::{Label, PAIR_SERVICE, Side};
use cloudfront_simulator::{FaultMode, HostileBody};
use serde::{Deserialize, Serialize};
use std::time::Duration;

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
    /// The server executes the request, and the response is not one of CloudFront. Only CloudFront.
    Unreadable(HostileBody),
    /// The server does not execute the request, and redirects it to another server. Only CloudFront.
    Redirected,
    /// The server executes a read on the state before this many writes. Only CloudFront.
    StaleRead(u64),
    /// The request reaches the server late, perhaps after the operator has given up or was killed.
    Late,
    /// The process cannot renew its Lease for some seconds, so that another one leads. Its watches report nothing for some minutes.
    Takeover,
    /// The watch stays open after this many events, and reports nothing more.
    SilentWatch(usize),
    /// The first event of the watch is the error that it cannot continue from its version.
    ExpiredWatch,
    /// The watch reports each event twice.
    DuplicateEvents,
    /// The watch holds events back for some seconds, and then reports the last one of each object.
    CombinedEvents,
}

/// At how many requests a fault occurs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Repetition {
    /// At the named request.
    #[default]
    Once,
    /// At this many requests with the same operation and object.
    Times(u32),
    /// At all requests with the same operation and object until someone clears the fault, after some minutes.
    UntilCleared,
}

impl Repetition {
    /// Whether the fault occurs once.
    pub fn is_once(&self) -> bool {
        *self == Self::Once
    }
}

/// The time after which a fault is cleared.
const CLEARED_AFTER: Duration = Duration::from_mins(5);

/// The longest time for which CloudFront's reads show an earlier state. The operator waits for a minute before it believes one.
const MAX_STALE: Duration = Duration::from_secs(45);

/// The time for which the watches of a process report nothing. Meanwhile another one leads and disables, deploys and deletes a resource,
/// and this one leads again and finds three times in a minute that the resource does not exist.
const LAG: Duration = Duration::from_mins(3);

/// The faults after which the operator starts again.
pub const CRASHES: [Fault; 2] = [Fault::CrashBeforeSend, Fault::CrashAfterCommit];

const CLOUDFRONT: [Fault; 20] = [
    Fault::Late,
    Fault::ResetBefore,
    Fault::ResetAfter,
    Fault::TimeoutBefore,
    Fault::TimeoutAfter,
    Fault::Refused(400),
    Fault::Refused(403),
    Fault::Refused(500),
    Fault::Refused(503),
    Fault::FailedAfter(500),
    Fault::FailedAfter(503),
    Fault::Truncated,
    Fault::Unreadable(HostileBody::Html),
    Fault::Unreadable(HostileBody::Entities),
    Fault::Unreadable(HostileBody::Empty),
    Fault::Unreadable(HostileBody::WrongRoot),
    Fault::Unreadable(HostileBody::MissingEtag),
    Fault::Unreadable(HostileBody::ErrorWithStatus200),
    Fault::Unreadable(HostileBody::NotUtf8),
    Fault::Redirected,
];

const KUBERNETES: [Fault; 8] = [
    Fault::Late,
    Fault::ResetBefore,
    Fault::ResetAfter,
    Fault::Refused(401),
    Fault::Refused(403),
    Fault::Refused(429),
    Fault::Refused(500),
    Fault::Refused(503),
];

const WATCHES: [Fault; 5] = [
    Fault::SilentWatch(0),
    Fault::SilentWatch(1),
    Fault::ExpiredWatch,
    Fault::DuplicateEvents,
    Fault::CombinedEvents,
];

/// The verbs with which a request to Kubernetes changes something.
const KUBERNETES_WRITES: [&str; 4] = ["create", "update", "patch", "delete"];

impl Fault {
    /// Returns the crashes at a request that differ in their effect. A read changes nothing, so a crash after it equals one before it.
    pub(crate) fn distinct_crashes(label: &Label) -> Vec<Self> {
        let count = if label.is_read() { 1 } else { CRASHES.len() };
        CRASHES[..count].to_vec()
    }

    /// Returns the faults other than crashes that a request can have.
    pub fn of(label: &Label) -> Vec<Self> {
        match label.side {
            Side::CloudFront => {
                let mut faults = CLOUDFRONT.to_vec();
                if label.operation.starts_with(PAIR_SERVICE) {
                    faults.push(Self::Refused(409));
                } else if label.has_verb(&["Update", "Delete"]) {
                    faults.push(Self::Refused(412));
                }
                if label.is_read() && label.operation != "GetCallerIdentity" {
                    faults.extend([Self::StaleRead(1), Self::StaleRead(2)]);
                }
                faults
            }
            Side::Kubernetes => {
                let mut faults = KUBERNETES.to_vec();
                if label.has_verb(&KUBERNETES_WRITES) {
                    faults.push(Self::Refused(409));
                }
                if label.has_verb(&["list", "watch"]) {
                    faults.push(Self::Refused(410));
                }
                if label.has_verb(&["watch"]) {
                    faults.extend(WATCHES);
                }
                faults
            }
        }
    }

    /// Returns at how many requests this fault can occur, apart from one.
    pub fn repetitions(self) -> &'static [Repetition] {
        match self {
            Self::CrashBeforeSend | Self::CrashAfterCommit | Self::Late | Self::StaleRead(2..) => {
                &[]
            }
            Self::StaleRead(_) => &[Repetition::UntilCleared],
            _ => &[Repetition::Times(5), Repetition::UntilCleared],
        }
    }

    /// Returns the time after which the fault is cleared.
    pub(crate) fn cleared_after(self) -> Duration {
        match self {
            Self::StaleRead(_) => MAX_STALE,
            Self::Takeover => LAG,
            _ => CLEARED_AFTER,
        }
    }

    /// Returns the fault of the simulator at a request, if it is one.
    pub(crate) fn mode(self, label: &Label) -> Option<FaultMode> {
        Some(match self {
            Self::CrashBeforeSend
            | Self::CrashAfterCommit
            | Self::Late
            | Self::Takeover
            | Self::SilentWatch(_)
            | Self::ExpiredWatch
            | Self::DuplicateEvents
            | Self::CombinedEvents => return None,
            Self::ResetBefore => FaultMode::ResetBeforeCommit,
            Self::ResetAfter => FaultMode::ResetAfterCommit,
            Self::TimeoutBefore => FaultMode::Timeout { committed: false },
            Self::TimeoutAfter => FaultMode::Timeout { committed: true },
            Self::Refused(status) => error(label, status, false),
            Self::FailedAfter(status) => error(label, status, true),
            Self::Truncated => FaultMode::TruncatedBody { at: None },
            Self::Unreadable(body) => FaultMode::Hostile { body },
            Self::Redirected => FaultMode::Redirect {
                status: 307,
                location: "http://127.0.0.1:9/".into(),
            },
            Self::StaleRead(lag) => FaultMode::StaleRead { lag },
        })
    }
}

/// Returns the error with this status of the service that a request goes to.
fn error(label: &Label, status: u16, committed: bool) -> FaultMode {
    let (code, message) = if label.operation.starts_with(PAIR_SERVICE) {
        error_of_pairs(label, status)
    } else {
        error_of_cloudfront(status)
    };
    FaultMode::Error {
        status,
        code: code.into(),
        message: message.into(),
        committed,
    }
}

fn error_of_cloudfront(status: u16) -> (&'static str, &'static str) {
    match status {
        400 => ("Throttling", "Rate exceeded"),
        403 => ("AccessDenied", "Access is denied."),
        412 => (
            "PreconditionFailed",
            "The request failed because it didn't meet the preconditions.",
        ),
        503 => ("ServiceUnavailable", "The service is unavailable."),
        _ => ("InternalError", "An internal error occurred."),
    }
}

/// The service refuses a write of an outdated version with status 400. It documents no error for throttled requests, which all services have.
fn error_of_pairs(label: &Label, status: u16) -> (&'static str, &'static str) {
    match status {
        400 if label.is_read() => ("ThrottlingException", "Rate exceeded"),
        400 => ("ValidationException", "Pre-Condition failed"),
        403 => ("AccessDeniedException", "Access is denied."),
        409 => (
            "ConflictException",
            "Key-Value-Store was not in expected state",
        ),
        503 => ("ServiceUnavailableException", "The service is unavailable."),
        _ => ("InternalServerException", "An internal error occurred."),
    }
}
