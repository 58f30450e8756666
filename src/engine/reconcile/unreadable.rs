//! Objects that the types of this version cannot decode: their status says so, and other objects are not affected.

use crate::engine::{
    api::{condition::conditions, outcome::Outcome, reason::Reason},
    cache::cached_object::CachedObject,
    context::Context,
    kind::Kind,
    kubernetes::status_patch::{merge_patch, patch_status},
    reconcile::error::StatusUpdateError,
};
use k8s_openapi::{apimachinery::pkg::apis::meta::v1::Condition, jiff::Timestamp};
use kube::{
    Api, ResourceExt,
    api::{ApiResource, DynamicObject},
    runtime::controller::Action,
};
use serde_json::{Value, json};

/// Writes to the status of an object why it cannot be decoded. An edit starts the next reconciliation.
pub(super) async fn report<K: Kind>(
    undecodable: &CachedObject<K>,
    error: &str,
    context: &Context<K>,
) -> Result<Action, StatusUpdateError> {
    let namespace = undecodable.namespace().unwrap_or_default();
    let name = undecodable.name_any();
    let resource = ApiResource::erase::<K>(&());
    let api: Api<DynamicObject> =
        Api::namespaced_with(context.shared.kube.clone(), &namespace, &resource);
    let Some(object) = api.get_opt(&name).await? else {
        return Ok(Action::await_change());
    };
    let generation = object.metadata.generation.unwrap_or(0);
    let before = object.data.get("status").cloned().unwrap_or(json!({}));
    let status = undecodable_status(&before, generation, error, Timestamp::now());
    if status != before {
        let kube = &context.shared.kube;
        patch_status(kube, undecodable, merge_patch(&before, &status)).await?;
        tracing::warn!(
            kind = K::KIND,
            namespace,
            name,
            error,
            "cannot read an object"
        );
    }
    Ok(Action::await_change())
}

/// Returns the status of an object that cannot be decoded. Its other fields stay as they are.
fn undecodable_status(before: &Value, generation: i64, error: &str, now: Timestamp) -> Value {
    let outcome = Outcome::Stalled {
        reason: Reason::Invalid,
        code: None,
        message: format!(
            "This version of the operator cannot read the object: {error}; correct the object, or upgrade the operator. Nothing was changed in CloudFront."
        ),
    };
    let previous: Vec<Condition> = before
        .get("conditions")
        .and_then(|conditions| serde_json::from_value(conditions.clone()).ok())
        .unwrap_or_default();
    let mut status = before.clone();
    status["observedGeneration"] = json!(generation);
    status["conditions"] = json!(conditions(&outcome, &previous, generation, now));
    status
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_says_why_the_object_cannot_be_decoded_and_keeps_its_fields() {
        let before = json!({ "id": "E1", "conditions": "not a list" });
        let status = undecodable_status(&before, 3, "unknown field", Timestamp::UNIX_EPOCH);
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
        let later = undecodable_status(&status, 3, "unknown field", Timestamp::now());
        assert_eq!(later, status, "the same error changes nothing");
    }
}
