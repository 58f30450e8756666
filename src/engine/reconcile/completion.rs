//! One-shot resources: the outcomes that end them, and the deletion of their objects after a TTL.

use crate::engine::{
    api::{outcome::Outcome, reason::Reason, status::Status},
    definition::OneShot,
    object_state::PendingStatus,
    reconcile::{reconciliation::Reconciliation, status_update_error::StatusUpdateError},
    resource_api::{Lifecycle, ResourceApi},
};
use k8s_openapi::jiff::Timestamp;
use kube::{
    Api, ResourceExt,
    api::{DeleteParams, DynamicObject, Preconditions},
};
use std::time::Duration;

/// Returns the outcome of a one-shot resource: it completes instead of being in sync, and fails if it cannot be created.
pub(super) fn to_one_shot_outcome(api: &ResourceApi, outcome: Outcome) -> Outcome {
    match (api.lifecycle, outcome) {
        (Lifecycle::OneShot, Outcome::InSync) => Outcome::Completed,
        (
            Lifecycle::OneShot,
            Outcome::Stalled {
                reason: reason @ (Reason::Rejected | Reason::NotFound),
                code,
                message,
            },
        ) => Outcome::Failed {
            reason,
            code,
            message,
        },
        (_, outcome) => outcome,
    }
}

/// Deletes the object if its TTL has expired. Returns the rest of the TTL.
pub(super) async fn delete_after_ttl(
    rec: &Reconciliation<'_>,
    pending: &PendingStatus,
) -> Result<Option<Duration>, StatusUpdateError> {
    let object = &rec.subject.object;
    let status = pending.status().unwrap_or(&rec.subject.prior_status);
    let one_shot = object.typed.one_shot();
    let rest = match one_shot.and_then(OneShot::ttl_after_finished) {
        Some(ttl) => remaining_ttl(status, ttl, rec.context.shared.clock.timestamp()),
        None => None,
    };
    if rest != Some(Duration::ZERO) {
        return Ok(rest);
    }
    let params = DeleteParams {
        preconditions: Some(Preconditions {
            uid: object.uid(),
            resource_version: None,
        }),
        ..DeleteParams::default()
    };
    let kube = rec.context.shared.kube.clone();
    let (namespace, resource) = (
        rec.subject.namespace(),
        (rec.subject.definition().resource)(),
    );
    let api: Api<DynamicObject> = Api::namespaced_with(kube, &namespace, &resource);
    match api.delete(&object.name_any(), &params).await {
        Err(kube::Error::Api(refusal)) if [404, 409].contains(&refusal.code) => Ok(None),
        result => Ok(result.map(|_| None)?),
    }
}

/// Returns the rest of the TTL, which is zero if it has expired. `None`: the one-shot resource has not ended.
pub(super) fn remaining_ttl<F>(
    status: &Status<F>,
    ttl: Duration,
    now: Timestamp,
) -> Option<Duration> {
    let end = ["Complete", "Failed"]
        .iter()
        .find_map(|type_| status.condition(type_))?;
    let age = now.duration_since(end.last_transition_time.0);
    Some(ttl.saturating_sub(Duration::try_from(age).unwrap_or_default()))
}
