//! The requests of a run.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The verbs with which a request reads.
const READS: [&str; 6] = ["get", "list", "watch", "Get", "List", "Describe"];

/// The service of the pairs of key-value stores, before the names of its operations.
pub(crate) const PAIR_SERVICE: &str = "cloudfront-keyvaluestore:";

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

impl Label {
    /// Whether the operation begins with one of these verbs.
    pub(crate) fn has_verb(&self, verbs: &[&str]) -> bool {
        let operation = self.operation.strip_prefix(PAIR_SERVICE);
        let operation = operation.unwrap_or(&self.operation);
        verbs.iter().any(|verb| operation.starts_with(verb))
    }

    /// Whether the request changes nothing.
    pub fn is_read(&self) -> bool {
        self.has_verb(&READS)
    }

    /// Whether another request has the same side, operation and object.
    pub(crate) fn is_same_request(&self, other: &Self) -> bool {
        (self.side, &self.operation, &self.object) == (other.side, &other.operation, &other.object)
    }
}

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
