//! Reconciliations that are started by changes of other objects.

use crate::engine::{
    api::{
        reference::{ObjectKey, TypedLocalReference},
        sources::used_object,
    },
    cache::{cached_object::CachedObject, object_registry::ObjectChange, value_index::ValueIndex},
    context::Context,
};
use futures::{Stream, StreamExt, stream};
use kube::Resource;
use std::sync::Arc;
use tokio::sync::broadcast::{Receiver, error::RecvError};

/// Returns the changes as a stream. `None`: some were missed, since the receiver lagged behind.
pub(crate) fn change_stream(
    changes: Receiver<ObjectChange>,
) -> impl Stream<Item = Option<ObjectChange>> + Send {
    stream::unfold(changes, |mut changes| async {
        match changes.recv().await {
            Ok(change) => Some((Some(change), changes)),
            Err(RecvError::Lagged(_)) => Some((None, changes)),
            Err(RecvError::Closed) => None,
        }
    })
}

/// Returns the keys of the objects of this kind that have to be reconciled after changes of other objects.
pub(super) fn objects_to_enqueue(
    context: Arc<Context>,
    changes: Receiver<ObjectChange>,
) -> impl Stream<Item = ObjectKey> + Send + 'static {
    change_stream(changes).flat_map(move |change| {
        stream::iter(match change {
            Some(change) => affected_objects(&context, &change),
            None => all_waiting(&context),
        })
    })
}

/// Returns the objects that reference the changed object, the objects being deleted whose resource it does not use any more, and the
/// objects that want a value which it does not have any more.
fn affected_objects(context: &Context, change: &ObjectChange) -> Vec<ObjectKey> {
    let TypedLocalReference { kind, name } = &change.object;
    let changed = used_object(kind, &change.namespace, name);
    let mut keys: Vec<_> = wanting(&context.uses, &changed).collect();
    let released = change.released.iter();
    let released =
        released.filter_map(|it| it.strip_prefix(context.definition.kind)?.strip_prefix(' '));
    let deleting = released.filter_map(|it| find_used(context, it));
    keys.extend(
        deleting
            .filter(|it| it.meta().deletion_timestamp.is_some())
            .map(|it| ObjectKey::of(&*it)),
    );
    let freed = change.freed_values.iter();
    keys.extend(freed.flat_map(|value| wanting(&context.unique_values, value)));
    keys
}

/// Returns the objects that have a value in their spec.
fn wanting(values: &ValueIndex, value: &str) -> impl Iterator<Item = ObjectKey> + use<> {
    let wanting = values.wanting(value).into_iter();
    wanting.map(|(namespace, name)| ObjectKey { namespace, name })
}

/// Returns the object of a resource that another resource used: by its namespace and its name, or by the id of the resource.
fn find_used(context: &Context, used: &str) -> Option<Arc<CachedObject>> {
    match used.split_once('/') {
        Some((namespace, name)) => context.find(&ObjectKey {
            namespace: namespace.into(),
            name: name.into(),
        }),
        None => context
            .store
            .find(|it| it.summary().id.as_deref() == Some(used)),
    }
}

/// Returns all objects that a missed change can affect: those that reference others, those that are being deleted, and those that may
/// wait for a value.
fn all_waiting(context: &Context) -> Vec<ObjectKey> {
    let is_waiting = |object: &CachedObject| {
        let summary = object.summary();
        object.meta().deletion_timestamp.is_some()
            || summary.uses.iter().any(|it| it.contains('/'))
            || !(summary.is_applied || summary.unique_values.is_empty())
    };
    let objects = context.store.state_filter(is_waiting);
    objects.iter().map(|it| ObjectKey::of(&**it)).collect()
}
