//! What has to be certain right before a create is sent: that the referenced objects are as the cache shows them, and that the keys of
//! the tags in the create stay known.

use crate::engine::{
    api::{input::ReadyWhen, outcome::Outcome},
    object_state::PendingStatus,
    reconcile::{
        error::StatusUpdateError,
        reconciliation::Reconciliation,
        report::store_status,
        resolve::{Inputs, ResolveError, check_reference, id_changed},
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

/// Stores the keys of the tags in a create in the status, unless the patch that added the finalizer or the status has them. If the response
/// to the create is lost, the resource that is found later has these tags, and the spec can have others by then.
///
/// The keys cannot wait for the status after the create: the process can be killed before it. So this write is needed after an edit of
/// the tags, by a recreation or by a refused create that is repeated, and for more keys than are kept of an annotation.
pub(super) async fn store_tag_keys(
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
