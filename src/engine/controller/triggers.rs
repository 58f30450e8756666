//! Reconciliations that are started by changes of other objects.

use crate::engine::{
    cache::{cached_object::CachedObject, object_registry::ObjectChange},
    context::Context,
    kind::Kind,
};
use futures::{Stream, StreamExt, stream};
use kube::{Resource, ResourceExt, runtime::reflector::ObjectRef};
use std::sync::Arc;
use tokio::sync::broadcast::{Receiver, error::RecvError};

/// Returns the keys of the objects of this kind that have to be reconciled after changes of other objects.
pub(super) fn objects_to_enqueue<K: Kind>(
    context: Arc<Context<K>>,
    changes: Receiver<ObjectChange>,
) -> impl Stream<Item = ObjectRef<CachedObject<K>>> + Send + 'static {
    let changes = stream::unfold(changes, |mut changes| async {
        match changes.recv().await {
            Ok(change) => Some((Some(change), changes)),
            Err(RecvError::Lagged(_)) => Some((None, changes)),
            Err(RecvError::Closed) => None,
        }
    });
    changes.flat_map(move |change| {
        stream::iter(match change {
            Some(change) => affected_objects(&context, &change),
            None => all_waiting(&context),
        })
    })
}

/// Returns the objects that reference the changed object, the objects being deleted that it references, and the objects that want a
/// value which it does not have any more.
fn affected_objects<K: Kind>(
    context: &Context<K>,
    change: &ObjectChange,
) -> Vec<ObjectRef<CachedObject<K>>> {
    let namespace = &change.namespace;
    let key = |name: &str| ObjectRef::new(name).within(namespace);
    let referrers = context.reference_index.referrers(namespace, &change.object);
    let mut keys: Vec<_> = referrers.iter().map(|name| key(name)).collect();
    let references = change.references.iter().filter(|it| it.kind == K::KIND);
    for key in references.map(|reference| key(&reference.name)) {
        let object = context.store.get(&key);
        if object.is_some_and(|object| object.meta().deletion_timestamp.is_some()) {
            keys.push(key);
        }
    }
    let freed = change.freed_values.iter();
    let wanting = freed.flat_map(|value| context.unique_values.wanting(value));
    keys.extend(wanting.map(|(namespace, name)| ObjectRef::new(&name).within(&namespace)));
    keys
}

/// Returns all objects that a missed change can affect: those that reference others, those that are being deleted, and those that may
/// wait for a value.
fn all_waiting<K: Kind>(context: &Context<K>) -> Vec<ObjectRef<CachedObject<K>>> {
    let is_waiting = |object: &CachedObject<K>| {
        let summary = object.summary();
        object.meta().deletion_timestamp.is_some()
            || !summary.references.is_empty()
            || !(summary.is_applied || summary.unique_values.is_empty())
    };
    let objects = context.store.state_filter(is_waiting);
    let key = |object: &Arc<CachedObject<K>>| {
        ObjectRef::new(&object.name_any()).within(&object.namespace().unwrap_or_default())
    };
    objects.iter().map(key).collect()
}
