//! The requests of a run, and the faults that a plan has for them.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The server to which a request goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// The Kubernetes API.
    Kubernetes,
    /// CloudFront, or STS.
    CloudFront,
}

/// What identifies a request in all runs of a scenario, independent of its time and of the ids in it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Label {
    /// The server.
    pub side: Side,
    /// AWS's name of the operation, or the verb and the resource in Kubernetes, such as `patch distributions/status`.
    pub operation: String,
    /// The object, such as `Distribution/site`, or an empty text if the request names none.
    pub object: String,
    /// The position among the requests of the run with the same side, operation and object, from 1.
    pub ordinal: u32,
}

/// What happens to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// The operator is killed before the request reaches the server.
    CrashBeforeSend,
    /// The operator is killed after the server has executed the request, and before it receives the response.
    CrashAfterCommit,
}

/// The faults after which the operator starts again.
pub const CRASHES: [Fault; 2] = [Fault::CrashBeforeSend, Fault::CrashAfterCommit];

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            operation,
            object,
            ordinal,
            ..
        } = self;
        write!(f, "{operation} {object} #{ordinal}")
    }
}
