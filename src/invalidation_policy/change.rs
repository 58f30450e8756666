//! The version of a trigger, read from the object itself. All changes while the operator does not run are one change of the version.

use super::{
    status::TriggerVersion,
    target::{Target, TriggerKind},
};
use kube::{ResourceExt, api::DynamicObject};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// The annotation in which the Deployment controller counts the revisions.
const REVISION: &str = "deployment.kubernetes.io/revision";

/// What the object of a trigger shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Observation {
    /// This version is rolled out or deployed.
    Complete(TriggerVersion),
    /// A rollout or a deployment is in progress.
    InProgress,
    /// The rollout failed.
    Failed,
    /// The object does not exist.
    Missing,
    /// The operator cannot observe the object. The text has the reason, and what to do.
    Denied(String),
}

/// Returns what an object shows.
pub(super) fn observe(target: &Target, object: &DynamicObject) -> Observation {
    let version = match target.kind {
        TriggerKind::Deployment => deployment(object),
        TriggerKind::ConfigMap => Ok(hash(&(&object.data["data"], &object.data["binaryData"]))),
        TriggerKind::Function => ready_etag(object, "liveETag"),
        TriggerKind::Distribution => ready_etag(object, "etag"),
    };
    version.map_or_else(
        |unfinished| unfinished,
        |version| {
            Observation::Complete(TriggerVersion {
                kind: target.kind.to_string(),
                name: target.name.clone(),
                uid: object.uid().unwrap_or_default(),
                version,
            })
        },
    )
}

/// Returns the revision of a Deployment whose rollout is complete. The conditions are those of `kubectl rollout status`.
fn deployment(object: &DynamicObject) -> Result<String, Observation> {
    let status = &object.data["status"];
    let count = |name: &str| status[name].as_i64().unwrap_or_default();
    let is_observed = count("observedGeneration") >= object.metadata.generation.unwrap_or(1);
    let conditions = status["conditions"].as_array();
    let has_failed = conditions
        .into_iter()
        .flatten()
        .any(|it| it["type"] == "Progressing" && it["reason"] == "ProgressDeadlineExceeded");
    if is_observed && has_failed {
        return Err(Observation::Failed);
    }
    let wanted = object.data["spec"]["replicas"].as_i64().unwrap_or(1);
    let updated = count("updatedReplicas");
    let is_complete = is_observed
        && updated >= wanted
        && count("replicas") <= updated
        && count("availableReplicas") >= updated;
    let revision = object.annotations().get(REVISION).filter(|_| is_complete);
    revision.cloned().ok_or(Observation::InProgress)
}

/// Returns the ETag of a resource in CloudFront that is ready.
fn ready_etag(object: &DynamicObject, field: &str) -> Result<String, Observation> {
    let status = &object.data["status"];
    let is_observed = status["observedGeneration"].as_i64() == object.metadata.generation;
    let mut conditions = status["conditions"].as_array().into_iter().flatten();
    let is_ready = conditions.any(|it| it["type"] == "Ready" && it["status"] == "True");
    let etag = status[field].as_str().filter(|_| is_observed && is_ready);
    etag.map(str::to_owned).ok_or(Observation::InProgress)
}

/// Returns a hash that is stable across builds. JSON objects are sorted by their keys.
pub(super) fn hash(value: &impl serde::Serialize) -> String {
    // Values that were read as JSON can be written as JSON.
    let text = serde_json::to_value(value)
        .unwrap_or(Value::Null)
        .to_string();
    let digest = Sha256::digest(text);
    let start = digest.iter().take(8);
    let number = start.fold(0, |number: u64, byte| number << 8 | u64::from(*byte));
    format!("{number:016x}")
}

#[cfg(test)]
mod tests;
