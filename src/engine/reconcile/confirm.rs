//! Whether the cache shows the object as it is, before the first write to CloudFront in a term of leadership.
//!
//! A watch can lag behind. Meanwhile another replica may have led and handled what this one has not seen: an edit, which this replica
//! would revert, or the deletion, after which this replica would create the resource again for an object that is gone. Within a term
//! nothing else writes, so one read of the object is enough.

use crate::engine::{
    kind::Kind,
    kubernetes::metadata::{has_finalizer, read_metadata},
    reconcile::reconciliation::Reconciliation,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

/// Reads the object from the API server unless it is confirmed. Returns whether it is as this reconciliation sees it.
///
/// An object without the finalizer needs no read: the patch that adds the finalizer comes before the write, and fails if the object has
/// changed.
pub(super) async fn is_current<K: Kind>(
    rec: &Reconciliation<'_, K>,
    is_confirmed: &mut bool,
) -> Result<bool, kube::Error> {
    let object = &rec.subject.object;
    if *is_confirmed || !has_finalizer(object) {
        return Ok(true);
    }
    let read = read_metadata(&rec.context.shared.kube, object).await?;
    *is_confirmed = read.is_some_and(|read| is_same(&read, object.meta()));
    Ok(*is_confirmed)
}

/// Whether nothing that decides over a write has changed.
fn is_same(read: &ObjectMeta, seen: &ObjectMeta) -> bool {
    read.uid == seen.uid
        && read.generation == seen.generation
        && read.deletion_timestamp == seen.deletion_timestamp
        && read.annotations == seen.annotations
}
