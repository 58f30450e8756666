//! The watch of a kind's objects: its stream of events, the predicates on them, and what is updated for each.

use crate::engine::{
    api::{
        RECONCILE_REQUESTED_AT, hash_of,
        reference::{ObjectKey, TypedLocalReference},
        status::Status,
    },
    cache::{
        cached_object::{CachedObject, RawObject},
        object_registry::ObjectChange,
        value_index::{FreedValues, key_of},
    },
    context::Context,
    controller::list_pages::with_bounded_pages,
    definition::KindDefinition,
    kubernetes::metadata::has_finalizer,
    resource_api::Lifecycle,
};
use futures::{Stream, StreamExt, TryStreamExt, stream};
use kube::{
    Api, Client, Resource, ResourceExt,
    runtime::{
        utils::Backoff,
        watcher::{self, DefaultBackoff, watcher},
    },
};
use std::time::Duration;

/// An event of the watch, or its failure.
type WatchEvent = Result<watcher::Event<CachedObject>, watcher::Error>;

/// The timeout of a watch request in seconds. The kube runtime handles bookmarks itself, so a new request is the proof that the API
/// server still responds. The default of kube is 290 s.
const WATCH_TIMEOUT_SECONDS: u32 = 40;

/// The longest delay before a watch that failed is opened again.
const MAX_WATCH_DELAY: Duration = Duration::from_secs(5);

/// The delays before a watch that failed is opened again: kube's, but shorter, so that changes are noticed soon after an outage.
#[derive(Default)]
pub(crate) struct WatchBackoff(DefaultBackoff);

impl Iterator for WatchBackoff {
    type Item = Duration;

    fn next(&mut self) -> Option<Duration> {
        self.0.next().map(|delay| delay.min(MAX_WATCH_DELAY))
    }
}

impl Backoff for WatchBackoff {
    fn reset(&mut self) {
        self.0.reset();
    }
}

/// Returns the parameters of each watch.
pub(crate) fn watch_config(label_selector: Option<&str>) -> watcher::Config {
    let mut config = watcher::Config::default().timeout(WATCH_TIMEOUT_SECONDS);
    config.label_selector = label_selector.map(str::to_owned);
    config
}

/// Watches the objects of one namespace, or of all namespaces if it is `None`.
pub(super) fn watch(
    definition: &'static KindDefinition,
    kube: &Client,
    label_selector: Option<&str>,
    namespace: Option<&str>,
) -> impl Stream<Item = WatchEvent> + Send + use<> {
    let config = watch_config(label_selector);
    let kube = with_bounded_pages(kube);
    let api = match namespace {
        Some(namespace) => Api::namespaced_with(kube, namespace, &definition),
        None => Api::all_with(kube, &definition),
    };
    watcher(api, config).map_ok(move |event| cached(definition, event))
}

/// Returns the event with the object as it is cached.
fn cached(
    definition: &'static KindDefinition,
    event: watcher::Event<RawObject>,
) -> watcher::Event<CachedObject> {
    let cached = |raw| CachedObject::new(definition, raw);
    match event {
        watcher::Event::Apply(raw) => watcher::Event::Apply(cached(raw)),
        watcher::Event::Delete(raw) => watcher::Event::Delete(cached(raw)),
        watcher::Event::Init => watcher::Event::Init,
        watcher::Event::InitApply(raw) => watcher::Event::InitApply(cached(raw)),
        watcher::Event::InitDone => watcher::Event::InitDone,
    }
}

/// A predicate on the value of the reconcile-requested annotation, which does not change the generation.
pub(super) fn reconcile_requested<K: Resource>(object: &K) -> Option<u64> {
    Some(hash_of(object.annotations().get(RECONCILE_REQUESTED_AT)?))
}

/// A predicate on an object with an id but without the operator's finalizer, for example after a `PUT` that omits it. Such a write
/// does not change the generation. Objects normally get the finalizer before they have an id, so this predicate does not fire for them.
pub(super) fn finalizer_missing(object: &CachedObject) -> Option<u64> {
    let has_remote =
        object.definition().api.lifecycle == Lifecycle::Managed && object.summary().id.is_some();
    (has_remote && !has_finalizer(object)).then_some(1)
}

/// Buffers the events of an initial list until the list is complete.
///
/// The store has the objects only then. A reconciliation that started earlier would not find its object and would not be repeated.
pub(crate) fn buffer_initial_list<K: Send + 'static>(
    events: impl Stream<Item = Result<watcher::Event<K>, watcher::Error>> + Send + 'static,
) -> impl Stream<Item = Result<watcher::Event<K>, watcher::Error>> + Send + 'static {
    let mut buffer = vec![];
    let ordered = events.map(move |event| match event {
        Ok(watcher::Event::Init) => {
            buffer.clear();
            vec![]
        }
        Ok(object @ watcher::Event::InitApply(_)) => {
            buffer.push(Ok(object));
            vec![]
        }
        Ok(watcher::Event::InitDone) => {
            buffer.push(Ok(watcher::Event::InitDone));
            std::mem::take(&mut buffer)
        }
        other => vec![other],
    });
    ordered.flat_map(stream::iter)
}

/// Reconciles the object if another client has replaced the status that the operator wrote. The store still has the objects as they were
/// before the event.
pub(super) fn observe_change(event: &watcher::Event<CachedObject>, context: &Context) {
    let object = match event {
        watcher::Event::Apply(object) => object,
        watcher::Event::InitDone => return context.record_before_list(),
        _ => return,
    };
    let uid = object.meta().uid.as_deref();
    let before = || {
        let before = context.find(&ObjectKey::of(object))?;
        let is_same = before.meta().uid.as_deref() == uid;
        let before = before.decode()?.ok().filter(|_| is_same)?;
        before.status()?.restorable().cloned()
    };
    observe_status(object, context, before);
}

fn observe_status(
    object: &CachedObject,
    context: &Context,
    before: impl FnOnce() -> Option<Status>,
) {
    let uid = object.meta().uid.as_deref().unwrap_or_default();
    let shown = object.shown_status();
    if let Some(delay) = context.states.observe_status(uid, shown, before) {
        context.enqueue_after(ObjectKey::of(object), delay);
    }
}

/// Updates the index and the state of the object for an event, and publishes the change to the other kinds.
pub(super) fn index_event(event: &watcher::Event<CachedObject>, context: &Context) {
    let (kind, store) = (context.definition.kind, &context.store);
    let freed = context
        .unique_values
        .update(context.definition, event, store, |it| &it.unique_values);
    let released = context
        .uses
        .update(context.definition, event, store, |it| &it.uses);
    let object = match event {
        watcher::Event::Apply(object) => object,
        watcher::Event::InitApply(object) => {
            context.mark_preexisting(object);
            // After the watch was interrupted, the status from before a change is not known.
            observe_status(object, context, || None);
            // A watch that fails again and again lists the objects each time. An unchanged one concerns no other object.
            if context.is_as_before_list(object) && freed.is_empty() && released.is_empty() {
                return;
            }
            object
        }
        watcher::Event::Delete(object) => {
            context.forget(object.meta().uid.as_deref().unwrap_or_default());
            context.stop_waiting_if_deleted(&ObjectKey::of(object));
            object
        }
        watcher::Event::InitDone => {
            let deleted = context.forget_deleted();
            let freed = freed.into_iter().map(|freed| ObjectChange {
                freed_values: freed.values,
                ..change_of(kind, freed.namespace, freed.name)
            });
            let released = released.into_iter().map(|released| ObjectChange {
                released: released.values,
                ..change_of(kind, released.namespace, released.name)
            });
            let deleted = deleted.iter().map(|object| key_of(object));
            let deleted = deleted.map(|(namespace, name)| change_of(kind, namespace, name));
            for change in freed.chain(released).chain(deleted) {
                context.shared.registry.publish(change);
            }
            return;
        }
        watcher::Event::Init => return,
    };
    let (namespace, name) = key_of(object);
    let values = |freed: Vec<FreedValues>| freed.into_iter().flat_map(|it| it.values).collect();
    context.shared.registry.publish(ObjectChange {
        freed_values: values(freed),
        released: values(released),
        ..change_of(kind, namespace, name)
    });
}

/// Returns what is published if an object is changed or deleted, without the values that this makes free.
fn change_of(kind: &'static str, namespace: String, name: String) -> ObjectChange {
    ObjectChange {
        namespace,
        object: TypedLocalReference { kind, name },
        freed_values: vec![],
        released: vec![],
    }
}
