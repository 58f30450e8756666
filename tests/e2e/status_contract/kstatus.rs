//! The rules by which the kstatus library reads an object of a kind it does not know.
//!
//! Source: sigs.k8s.io/cli-utils, pkg/kstatus: its README and `status.Compute`. Argo CD, Flux and kpt go by them.

use super::{conditions_of, text};
use serde_json::Value;

/// What kstatus says of an object that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kstatus {
    /// It is on its way to what its spec asks.
    InProgress,
    /// It will not get there by itself.
    Failed,
    /// It is as its spec asks.
    Current,
    /// It is being deleted.
    Terminating,
}

/// The rules, first to last: the first that applies decides.
pub(crate) fn kstatus(object: &Value) -> Kstatus {
    if object["metadata"]["deletionTimestamp"].is_string() {
        return Kstatus::Terminating;
    }
    let observed = &object["status"]["observedGeneration"];
    if observed.is_i64() && *observed != object["metadata"]["generation"] {
        return Kstatus::InProgress;
    }
    // The library looks for the first of the two in the order in which the conditions stand.
    for condition in conditions_of(object) {
        match (text(condition, "type"), text(condition, "status")) {
            ("Reconciling", "True") => return Kstatus::InProgress,
            ("Stalled", "True") => return Kstatus::Failed,
            _ => {}
        }
    }
    let ready = conditions_of(object)
        .iter()
        .find(|condition| condition["type"] == "Ready");
    match ready.map(|ready| text(ready, "status")) {
        Some("True") | None => Kstatus::Current,
        Some(_) => Kstatus::InProgress,
    }
}
