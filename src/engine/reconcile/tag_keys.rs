//! The keys of the tags that the operator sets: they are in the status before a write sets them.

use crate::engine::{
    object_state::PendingStatus,
    reconcile::{
        reconciliation::Reconciliation, report::store_status,
        status_update_error::StatusUpdateError,
    },
    tags::Tags,
};

/// Stores the keys of the tags in a create in the status, unless the annotation counts or the status has them. If the response
/// to the create is lost, the resource that is found later has these tags, and the spec can have others by then.
///
/// The keys cannot wait for the status after the create: the process can be killed before it. So this write is needed after an edit of
/// the tags, by a recreation or by a refused create that is repeated, and for more keys than are kept of an annotation.
pub(super) async fn store_created_keys(
    rec: &mut Reconciliation<'_>,
    pending: &mut PendingStatus,
) -> Result<(), StatusUpdateError> {
    let tags = rec.subject.object.typed.tags();
    store_keys_of(rec, &tags, pending).await
}

/// Stores the keys of tags that are about to be set in the status, unless the annotation counts or the status has them.
///
/// The status after the write can fail, and the spec can lose a tag meanwhile. Then no other record has the tag.
pub(super) async fn store_keys_of(
    rec: &mut Reconciliation<'_>,
    tags: &Tags,
    pending: &mut PendingStatus,
) -> Result<(), StatusUpdateError> {
    let known = rec.subject.managed_tags();
    let mut keys = known.clone();
    keys.extend(tags.keys().cloned());
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
