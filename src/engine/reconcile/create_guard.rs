//! What has to be certain right before a write is sent: that the referenced objects of a create are as the cache shows them, and that the keys
//! of the tags stay known.

use crate::engine::{
    api::{input::ReadyWhen, outcome::Outcome},
    kubernetes::metadata::{created_tags, set_created_tags},
    object_state::PendingStatus,
    plan::Plan,
    reconcile::{
        apply::Work,
        error::ReconcileError,
        reconciliation::Reconciliation,
        resolve::{Inputs, ResolveError, check_reference, id_changed},
        tag_keys::store_created_keys,
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
