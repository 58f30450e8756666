//! Objects that cannot be reconciled at all: this version cannot decode them, or panics. Their status says so, and other objects are not
//! affected. The deletion of an object that cannot be decoded is reconciled, if its policies can be decoded.

use crate::engine::{
    api::{condition::conditions, outcome::Outcome, reason::Reason},
    cache::cached_object::CachedObject,
    config::with_jitter,
    context::Context,
    kubernetes::status_patch::{merge_patch, patch_status},
    panic::CaughtPanic,
    reconcile::status_update_error::StatusUpdateError,
};
use k8s_openapi::{apimachinery::pkg::apis::meta::v1::Condition, jiff::Timestamp};
use kube::{Api, Resource, ResourceExt, api::DynamicObject, runtime::controller::Action};
use serde_json::{Value, json};

/// Writes to the status of an object why it cannot be decoded. An edit starts the next reconciliation.
pub(super) async fn report(
    undecodable: &CachedObject,
    error: &str,
    context: &Context,
) -> Result<Action, StatusUpdateError> {
    let outcome = undecodable_outcome(error);
    if write_outcome(undecodable, &outcome, context).await? {
        tracing::warn!(error, "cannot read the object");
    }
    Ok(Action::await_change())
}

/// Writes to the status of an object that its reconciliation panicked. What is remembered of the object is dropped.
pub(super) async fn report_panic(
    object: &CachedObject,
    panic: &CaughtPanic,
    context: &Context,
) -> Result<Action, StatusUpdateError> {
    context.forget(object.meta().uid.as_deref().unwrap_or_default());
    // A create may have been sent.
    context.mark_preexisting(object);
    (context.shared.on_panic)(context.definition.kind);
    write_outcome(object, &panic_outcome(panic), context).await?;
    let delay = with_jitter(context.shared.config.resync_period);
    Ok(Action::requeue(delay))
}

/// Writes the conditions of an outcome to the status of an object, without decoding the object. Returns whether the status has changed.
async fn write_outcome(
    cached: &CachedObject,
    outcome: &Outcome,
    context: &Context,
) -> Result<bool, StatusUpdateError> {
    let namespace = cached.namespace().unwrap_or_default();
    let resource = (cached.definition().resource)();
    let kube = &context.shared.kube;
    let api: Api<DynamicObject> = Api::namespaced_with(kube.clone(), &namespace, &resource);
    let object = api.get_opt(&cached.name_any()).await?;
    // A later object can have the name.
    let Some(object) = object.filter(|object| object.uid() == cached.uid()) else {
        return Ok(false);
    };
    let generation = object.metadata.generation.unwrap_or(0);
    let before = object.data.get("status").cloned().unwrap_or(json!({}));
    let now = context.shared.clock.timestamp();
    let status = with_outcome(&before, generation, outcome, now);
    if status == before {
        return Ok(false);
    }
    if !context.shared.leadership.is_leader() {
        return Err(StatusUpdateError::NotLeader);
    }
    let version = object.metadata.resource_version.unwrap_or_default();
    let patch = merge_patch(&before, &status);
    patch_status(kube, cached.definition(), cached.meta(), &version, &patch).await?;
    Ok(true)
}

fn undecodable_outcome(error: &str) -> Outcome {
    invalid(format!(
        "This version of the operator cannot read the object: {error}; correct the object, or upgrade the operator. Nothing was changed in CloudFront."
    ))
}

fn panic_outcome(panic: &CaughtPanic) -> Outcome {
    invalid(format!(
        "The operator failed because of a bug: {panic}. Please report it with the operator's log at {}/issues. The object is tried again at its next edit, and slowly until then.",
        env!("CARGO_PKG_REPOSITORY")
    ))
}

fn invalid(message: String) -> Outcome {
    Outcome::Stalled {
        reason: Reason::Invalid,
        code: None,
        message,
    }
}

/// Returns the status with the conditions of an outcome. Its other fields stay as they are.
fn with_outcome(before: &Value, generation: i64, outcome: &Outcome, now: Timestamp) -> Value {
    let previous: Vec<Condition> = before
        .get("conditions")
        .and_then(|conditions| serde_json::from_value(conditions.clone()).ok())
        .unwrap_or_default();
    let mut status = before.clone();
    status["observedGeneration"] = json!(generation);
    status["conditions"] = json!(conditions(outcome, &previous, generation, now));
    status
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_says_why_the_object_cannot_be_decoded_and_keeps_its_fields() {
        let before = json!({ "id": "E1", "conditions": "not a list" });
        let outcome = undecodable_outcome("unknown field");
        let status = with_outcome(&before, 3, &outcome, Timestamp::UNIX_EPOCH);
        assert_eq!(
            (&status["id"], &status["observedGeneration"]),
            (&json!("E1"), &json!(3))
        );
        let ready = &status["conditions"][0];
        assert_eq!(
            (&ready["type"], &ready["reason"]),
            (&json!("Ready"), &json!("Invalid"))
        );
        let message = ready["message"].as_str().unwrap();
        assert!(message.contains("unknown field"), "{message}");
        let later = with_outcome(&status, 3, &outcome, Timestamp::now());
        assert_eq!(later, status, "the same error changes nothing");
    }
}
