//! Step `report`: the status, the events and the log messages of an outcome, each only if it contains something new.

use crate::engine::{
    api::{
        RECONCILE_REQUESTED_AT,
        condition::{conditions, same_message},
        outcome::Outcome,
        reason::Reason,
        status::Status,
    },
    definition::KindDefinition,
    kubernetes::status_patch::{merge_patch, patch_id, patch_status},
    object_state::PendingStatus,
    reconcile::{
        applied::Applied,
        reconciliation::{Reconciliation, Subject},
        status_update_error::StatusUpdateError,
    },
    resource_api::{Identity, Lifecycle},
};
use k8s_openapi::{apimachinery::pkg::apis::meta::v1::Condition, jiff::Timestamp};
use kube::{
    Resource, ResourceExt,
    runtime::events::{Event, EventType},
};
use serde_json::json;

/// Writes the status, if it has changed, and publishes the events of the reconciliation.
pub(super) async fn report(
    rec: &Reconciliation<'_>,
    applied: &Applied,
    pending: &mut PendingStatus,
) -> Result<(), StatusUpdateError> {
    if applied.outcome == Outcome::Finalized {
        publish_write(rec, applied).await;
        return Ok(());
    }
    if applied.outcome == Outcome::Postponed && pending.id().is_none() {
        return Ok(());
    }
    if let Some(remote) = applied.remote().filter(|_| applied.is_written) {
        pending.record_id(&remote.id);
    }
    // The status comes first: if the process is killed here, the id of a created resource is stored.
    let now = rec.context.shared.clock.timestamp();
    let status = next_status(&rec.subject, applied, pending.id(), now);
    let stored = store_status(rec, status, pending).await;
    publish_write(rec, applied).await;
    if let Some((reason, message)) = new_warning(&rec.subject, &applied.outcome) {
        tracing::warn!(%reason, "{message}");
        publish(rec, EventType::Warning, reason, message).await;
    }
    stored
}

/// Writes a status, if it differs from the stored one.
pub(super) async fn store_status(
    rec: &Reconciliation<'_>,
    status: Status,
    pending: &mut PendingStatus,
) -> Result<(), StatusUpdateError> {
    let subject = &rec.subject;
    let stored = subject.stored_status();
    if status == stored {
        pending.record_unchanged(status.hash());
        return Ok(());
    }
    let version = subject.latest_version().unwrap_or_default();
    let patch = merge_patch(&json!(stored), &json!(status));
    let (kube, object) = (&rec.context.shared.kube, &subject.object);
    // The id of a created resource must be stored, even if the object has changed or another replica leads.
    let has_new_id = pending.id().is_some() && status.id != stored.id;
    let sent = if has_new_id {
        patch_id(kube, object.definition(), object.meta(), version, &patch).await
    } else if rec.context.shared.leadership.is_leader() {
        patch_status(kube, object.definition(), object.meta(), version, &patch).await
    } else {
        return Err(StatusUpdateError::NotLeader);
    };
    let metadata = sent.inspect_err(|_| pending.record_unanswered(status.hash()))?;
    rec.context.shared.kubernetes.record_success();
    pending.record_written(metadata.resource_version.unwrap_or_default(), status);
    Ok(())
}

/// Returns the status after the reconciliation. `pending_id`: the id of a created resource that is not in the status yet.
pub(super) fn next_status(
    subject: &Subject,
    applied: &Applied,
    pending_id: Option<&str>,
    now: Timestamp,
) -> Status {
    let mut status = subject.prior_status.clone();
    let generation = subject.generation();
    if applied.outcome != Outcome::Postponed {
        status.observed_generation = Some(generation);
    }
    if applied.progress.is_different {
        // A failure keeps `Ready` as it is, which would hide the difference.
        let is_ready = |it: &Condition| it.type_ == "Ready" && it.status == "True";
        status.conditions.retain(|before| !is_ready(before));
    }
    status.conditions = conditions(&applied.outcome, &status.conditions, generation, now);
    if applied.answers_request() {
        let annotations = subject.object.annotations();
        status.last_handled_reconcile_at = annotations.get(RECONCILE_REQUESTED_AT).cloned();
    }
    if let Some(hashes) = &applied.accepted_spec
        && subject.api().lifecycle == Lifecycle::Managed
    {
        status.applied_generation = Some(generation);
        status.applied_spec_hash.clone_from(&hashes.recorded);
    }
    status.managed_tags = match &applied.managed_tags {
        Some(keys) => keys.clone(),
        None => subject.managed_tags().into_iter().collect(),
    };
    match &applied.outcome {
        Outcome::Drifted(drift) | Outcome::ReadOnly { drift, .. } => status.set_drift(drift),
        Outcome::Retrying { .. }
        | Outcome::Postponed
        | Outcome::Suspended { .. }
        | Outcome::Completed => {}
        _ => status.set_drift(&[]),
    }
    set_remote(subject.definition(), &mut status, applied, pending_id);
    status
}

/// Sets the fields that CloudFront assigns.
fn set_remote(
    definition: &KindDefinition,
    status: &mut Status,
    applied: &Applied,
    pending_id: Option<&str>,
) {
    let Some(remote) = applied.remote() else {
        if let Some(id) = pending_id {
            status.id = Some(id.to_owned());
        }
        return;
    };
    status.id = Some(remote.id.clone());
    status.etag = Some(remote.etag.clone()).filter(|etag| !etag.is_empty());
    let identity = remote.identity(definition.api).map(str::to_owned);
    match definition.api.identity {
        Identity::CallerReference => status.caller_reference = identity,
        Identity::UniqueName { .. } => status.name = identity,
        // It is the id, or among the observed fields.
        Identity::UniqueText { .. } | Identity::Parent { .. } => {}
    }
    if definition.api.additional_name.is_some() {
        status.name = definition.api.name_of(&remote.document).map(str::to_owned);
    }
    status.account_id = applied.account.clone().or(status.account_id.take());
    match (definition.observed_fields)(&remote.document) {
        Ok(fields) => status.observed_fields = fields,
        // The id must be stored even if the other fields cannot be read.
        Err(error) => {
            tracing::warn!(%error, "cannot read the observed fields in the response of CloudFront");
        }
    }
}

/// Returns the reason and message of a failure that the conditions do not have yet.
pub(super) fn new_warning<'a>(
    subject: &Subject,
    outcome: &'a Outcome,
) -> Option<(Reason, &'a str)> {
    let (Outcome::Retrying { message, .. }
    | Outcome::Stalled { message, .. }
    | Outcome::Failed { message, .. }
    | Outcome::DeletionProtected(message)
    | Outcome::InUse(message)) = outcome
    else {
        return None;
    };
    let is_known = ["Synced", "Ready"].iter().any(|type_| {
        let condition = subject.prior_status.condition(type_);
        condition.is_some_and(|condition| same_message(&condition.message, message))
    });
    (!is_known).then_some((outcome.reason()?, message))
}

/// Publishes the event of what `apply` did.
async fn publish_write(rec: &Reconciliation<'_>, applied: &Applied) {
    if let Some(event) = &applied.event {
        let (reason, message) = (event.action.reason(), &event.message);
        let request_id = event.request_id.as_deref();
        tracing::info!(%reason, request_id, "{message}");
        publish(rec, EventType::Normal, reason, message).await;
    }
}

/// Publishes an event. If that fails, the status still contains the same information.
async fn publish(rec: &Reconciliation<'_>, type_: EventType, reason: Reason, message: &str) {
    let event = Event {
        type_,
        reason: reason.to_string(),
        action: "Reconcile".into(),
        note: Some(message.to_owned()),
        secondary: None,
    };
    let object = rec.subject.object.object_ref(&rec.subject.definition());
    let recorder = &rec.context.shared.events;
    if let Err(error) = recorder.publish(event, &object).await {
        tracing::debug!(%error, "could not write an event");
    }
}
