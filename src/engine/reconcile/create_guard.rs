//! What has to be certain right before a write is sent: that the referenced objects of a create are as the cache shows them, and that the keys
//! of its tags stay known.

use crate::engine::{
    api::{input::ReadyWhen, outcome::Outcome},
    kubernetes::metadata::{created_tags, set_created_tags},
    object_state::PendingStatus,
    plan::Plan,
    reconcile::{
        apply::Work,
        error::ReconcileError,
        reconciliation::Reconciliation,
        report::store_status,
        resolve::{Inputs, ResolveError, check_reference, id_changed},
        status_update_error::StatusUpdateError,
    },
};

/// Reads the referenced objects that must be deployed from the API server, and returns the outcome if the create has to wait for one.
///
/// A watch can lag, and nothing takes back an invalidation that is sent before an edit of its distribution: the caches then keep the
/// content that it should remove.
pub(super) async fn check_present_references(
    rec: &Reconciliation<'_>,
    inputs: &Inputs,
) -> Result<Option<Outcome>, ResolveError> {
    let (shared, namespace) = (&rec.context.shared, rec.subject.namespace());
    let references = rec.subject.sources.objects.iter();
    for reference in references.filter(|it| it.ready_when == ReadyWhen::Deployed) {
        let target = &reference.target;
        let read = shared.registry.read(&shared.kube, &namespace, target);
        match check_reference(&rec.subject, reference, Ok(read.await?)) {
            Ok(id) if inputs.references.id(target.kind, &target.name) == Some(&*id) => {}
            Ok(_) => return Ok(Some(id_changed(target))),
            Err(waiting) => return Ok(Some(waiting)),
        }
    }
    Ok(None)
}

/// Stores the keys of the tags that the operator is about to set.
pub(super) async fn store_tag_keys(
    rec: &mut Reconciliation<'_>,
    work: &Work,
    pending: &mut PendingStatus,
) -> Result<(), ReconcileError> {
    let is_create = matches!(work.plan, Plan::Create(_));
    let sets_tags = matches!(work.plan, Plan::UpToDate | Plan::WaitForDeployment);
    if is_create || (sets_tags && work.desired.may_write()) {
        let stored = store_added_keys(rec).await;
        stored.map_err(ReconcileError::Kubernetes)?;
    }
    if is_create {
        store_created_keys(rec, pending).await?;
    }
    Ok(())
}

/// Adds the keys of tags that were not in the first create to its annotation. The status has them after the write, but another client can
/// clear a status while no operator runs, and the spec can lose a tag at the same time.
async fn store_added_keys(rec: &mut Reconciliation<'_>) -> Result<(), kube::Error> {
    let subject = &rec.subject;
    let known = created_tags(&subject.object);
    let added: Vec<String> = subject.object.typed.tags().into_keys().collect();
    let adopts = subject.object.typed.management().adopt_id.is_some();
    if adopts || subject.is_deleting() || added.iter().all(|key| known.contains(key)) {
        return Ok(());
    }
    let mut keys = subject.managed_tags();
    keys.extend(added);
    let kube = &rec.context.shared.kube;
    set_created_tags(kube, &mut rec.subject.object, &keys).await
}

/// Stores the keys of the tags in a create in the status, unless the annotation counts or the status has them. If the response
/// to the create is lost, the resource that is found later has these tags, and the spec can have others by then.
///
/// The keys cannot wait for the status after the create: the process can be killed before it. So this write is needed after an edit of
/// the tags, by a recreation or by a refused create that is repeated, and for more keys than are kept of an annotation.
async fn store_created_keys(
    rec: &mut Reconciliation<'_>,
    pending: &mut PendingStatus,
) -> Result<(), StatusUpdateError> {
    let known = rec.subject.managed_tags();
    let mut keys = known.clone();
    keys.extend(rec.subject.object.typed.tags().into_keys());
    if keys == known {
        return Ok(());
    }
    let mut status = rec.subject.prior_status.clone();
    status.managed_tags = keys.into_iter().collect();
    if let Some(id) = pending.id() {
        status.id = Some(id.to_owned());
    }
    store_status(rec, status, pending).await?;
    rec.subject.take_stored_status(pending);
    Ok(())
}
