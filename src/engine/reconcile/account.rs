//! The AWS account of a resource: in another account every id is absent.

use crate::engine::{
    api::hash_of,
    object_state::CreationHistory,
    plan::Plan,
    reconcile::{
        observation::Observation,
        observe_error::ObserveError,
        reconciliation::{Reconciliation, Subject},
    },
    resource_api::Lifecycle,
};

/// Whether the account of the resource is not recorded, and can be now: a fresh read proves that the resource is in it.
pub(super) async fn needs_account(rec: &Reconciliation<'_>) -> bool {
    lacks_account(&rec.subject) && rec.cloudfront.cached_account().await.is_some()
}

/// Whether no ARN has the account of the resource, and the status does not have it either.
pub(super) fn lacks_account(subject: &Subject) -> bool {
    let is_recorded = subject.prior_status.account_id.is_some();
    subject.api().lifecycle == Lifecycle::Managed
        && !subject.api().supports_tags()
        && !is_recorded
        && !subject.is_deleting()
}

/// Returns the AWS account of a resource that was read or is about to be created, if no ARN contains it. If it is not known, the access
/// key is recorded instead.
pub(super) async fn observed_account(
    rec: &Reconciliation<'_>,
    plan: &Plan,
    observation: &Observation,
    creation: &mut CreationHistory,
) -> Option<String> {
    let is_present = observation.is_fresh() || matches!(plan, Plan::Create(_));
    if !is_present || rec.subject.api().supports_tags() || rec.subject.is_deleting() {
        return None;
    }
    let account = rec.cloudfront.cached_account().await;
    if account.is_none() {
        creation.record_access_key(access_key_hash(rec).await);
    }
    account
}

/// Returns the hash of the ID of the access key, which is kept instead of the ID so that no log can have it.
async fn access_key_hash(rec: &Reconciliation<'_>) -> Option<u64> {
    let id = rec.cloudfront.access_key_id().await;
    id.map(|id| hash_of(&id))
}

/// Refuses to believe an absence unless the credentials belong to the account of the resource.
///
/// If STS was not available when this process read the resource, and the access key is still the same, the account is the same too. The
/// operator stores an id together with the caller reference or the name of the resource: an id without them is of another client, and counts
/// as none.
pub(super) async fn check_account(
    rec: &Reconciliation<'_>,
    id: &str,
    creation: &CreationHistory,
) -> Result<(), ObserveError> {
    let recorded = rec.subject.prior_status.account_id.as_deref();
    let Some(account) = rec.subject.object.typed.account().or(recorded) else {
        let access_key = access_key_hash(rec).await;
        let adopts = rec.subject.object.typed.management().adopt_id.is_some();
        let is_forged = !adopts && !rec.subject.has_verified_id();
        if is_forged || creation.has_verified_with(id, access_key) {
            return Ok(());
        }
        return Err(ObserveError::AccountUnknown {
            kind: rec.subject.kind(),
            id: id.to_owned(),
        });
    };
    let present = rec.cloudfront.caller_account().await?;
    if present == account {
        return Ok(());
    }
    Err(ObserveError::OtherAccount {
        kind: rec.subject.kind(),
        id: id.to_owned(),
        account: account.to_owned(),
        present,
    })
}

/// Whether this process has sent the deletion of the resource that is not found, to the account of the present credentials.
pub(super) async fn is_own_deletion(
    rec: &Reconciliation<'_>,
    id: &str,
    creation: &CreationHistory,
) -> bool {
    let Some(account) = creation.deletion_account(id) else {
        return false;
    };
    // If STS does not respond, the absence is confirmed in the other way.
    let present = rec.cloudfront.caller_account().await;
    rec.subject.is_deleting() && present.is_ok_and(|present| present == account)
}
