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
use serde_json::json;

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
    let outcome = Outcome::Stalled {
        reason: Reason::Invalid,
        code: None,
        message: format!(
            "This version of the operator cannot read the object: {error}; correct it there, or upgrade the operator. Nothing was changed in CloudFront."
        ),
    };
    let before = object.data.get("status").cloned().unwrap_or(json!({}));
    let previous: Vec<Condition> = before
        .get("conditions")
        .and_then(|conditions| serde_json::from_value(conditions.clone()).ok())
        .unwrap_or_default();
    let mut status = before.clone();
    status["observedGeneration"] = json!(generation);
    status["conditions"] = json!(conditions(
        &outcome,
        &previous,
        generation,
        Timestamp::now()
    ));
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
