//! What a status reports of the pairs of a key-value store.

use crate::engine::{
    api::reference::ResolvedReferences,
    object_state::PairState,
    reconcile::{applied::Applied, reconciliation::Subject},
};
use serde_json::Value;

/// The elements that the engine adds to the document of a store.
const ITEMS_ETAG: &str = "ItemsETag";
const ITEM_COUNT: &str = "ItemCount";
const TOTAL_SIZE: &str = "TotalSizeInBytes";

/// Adds the version, the number and the size of the pairs to the observed resource.
pub(super) fn with_version(
    mut base: Applied,
    etag: &str,
    count: usize,
    size: Option<i64>,
) -> Applied {
    if let Some(remote) = base.observation.as_mut().and_then(|it| it.remote.as_mut()) {
        remote.document.set_text(ITEMS_ETAG, etag);
        remote.document.set_text(ITEM_COUNT, &count.to_string());
        if let Some(size) = size {
            remote.document.set_text(TOTAL_SIZE, &size.to_string());
        }
    }
    base
}

/// Adds what is known of the pairs of this store, or what the status has of them, to the observed resource, unless they were just read or
/// written, or are not managed.
pub(in crate::engine::reconcile) fn with_recorded(
    subject: &Subject,
    pairs: &PairState,
    base: Applied,
) -> Applied {
    let typed = &subject.object.typed;
    let is_managed = !matches!(typed.pairs(&ResolvedReferences::default()), Ok(None));
    let is_known = base
        .remote()
        .is_none_or(|it| it.document.child(ITEMS_ETAG).is_some());
    if is_managed
        && !is_known
        && let Some(known) = base.arn().and_then(|arn| pairs.matched(arn))
    {
        return with_version(base, &known.etag, known.pairs.len(), known.size);
    }
    let fields = &subject.prior_status.observed_fields;
    let text = |name: &str| fields.get(name).and_then(Value::as_str);
    if !is_managed || is_known || text("arn") != base.arn() {
        return base;
    }
    let count = fields.get("itemCount").and_then(Value::as_u64);
    let count = count.and_then(|it| usize::try_from(it).ok());
    let size = fields.get("totalSizeInBytes").and_then(Value::as_i64);
    match text("itemsETag").zip(count) {
        Some((etag, count)) => with_version(base, etag, count, size),
        None => base,
    }
}
