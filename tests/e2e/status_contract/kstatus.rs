//! The rules of the kstatus library for a kind that it does not know.
//!
//! Source: sigs.k8s.io/cli-utils, pkg/kstatus: its README and `status.Compute`. Argo CD, Flux and kpt use them.

use super::{conditions_of, text};
use serde_json::Value;

/// The kstatus result for an object that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kstatus {
    /// The controller is reconciling the object.
    InProgress,
    /// The reconciliation cannot succeed without a change.
    Failed,
    /// The object matches its spec.
    Current,
    /// The object is being deleted.
    Terminating,
}

/// Computes the result: the first rule that applies decides.
pub(crate) fn kstatus(object: &Value) -> Kstatus {
    if object["metadata"]["deletionTimestamp"].is_string() {
        return Kstatus::Terminating;
    }
    let observed = &object["status"]["observedGeneration"];
    if observed.is_i64() && *observed != object["metadata"]["generation"] {
        return Kstatus::InProgress;
    }
    // The library returns the first match in the order of the conditions.
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
