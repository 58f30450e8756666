//! Running a kind: its watch, what wakes its objects, and its queue.

use crate::engine::{
    api::reference::TypedLocalReference,
    cache::{
        cached_object::CachedObject, object_registry::ObjectChange,
        reference_index::objects_to_enqueue,
    },
    context::{Context, SharedContext},
    kind::{Kind, Lifecycle},
    kubernetes::metadata::has_finalizer,
    poll::poller::ListPoller,
    reconcile::{error_policy, reconcile, report::RECONCILE_REQUESTED_AT},
    remote::reader::RemoteReader,
};
use futures::{Stream, StreamExt, TryStreamExt, channel::mpsc::unbounded, stream};
use kube::{
    Api, Resource, ResourceExt,
    runtime::{
        Controller, Predicate, PredicateConfig, WatchStreamExt,
        controller::{self, Error},
        predicates, reflector, watcher,
    },
};
use std::{
    future::{Future, ready},
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

/// Seconds after which a watch is opened anew. Bookmarks stay inside kube's runtime, so this is what shows that the API server is
/// still heard (`kube` 5: the default is 290 s).
const WATCH_SECONDS: u32 = 40;

/// Objects asked for at once when a watch begins.
const PAGE: u32 = 200;

/// Runs one kind, in all namespaces (`None`) or in these, until shutdown. Ends once the passes under way have ended.
pub async fn run<K: Kind>(
    shared: SharedContext,
    namespaces: Vec<Option<String>>,
    shutdown: impl Future<Output = ()> + Clone + Send + Sync + 'static,
) {
    let reader = RemoteReader::new(shared.cloudfront.clone());
    let poller = Arc::new(ListPoller::<K>::new(reader, &shared.config));
    let queues = namespaces
        .into_iter()
        .map(|namespace| run_queue(shared.clone(), poller.clone(), namespace, shutdown.clone()));
    tokio::select! {
        _ = futures::future::join_all(queues) => {}
        () = poller.run() => {}
    }
}

/// Works off one queue: the objects of one namespace, or of all.
async fn run_queue<K: Kind>(
    shared: SharedContext,
    poller: Arc<ListPoller<K>>,
    namespace: Option<String>,
    shutdown: impl Future<Output = ()> + Send + Sync + 'static,
) {
    let settings = shared.config.clone();
    let (store, writer) = reflector::store();
    shared
        .registry
        .register::<K>(namespace.clone(), store.clone());
    let (wake, woken) = unbounded();
    let context = Arc::new(Context::new(shared.clone(), poller, wake, store.clone()));
    let seen = context.clone();
    let registry = shared.registry.clone();
    let objects = watch::<K>(&shared, namespace.as_deref())
        .default_backoff()
        .inspect_err(move |error| {
            tracing::warn!(kind = K::KIND, %error, "the watch failed; trying again");
            registry.record_list_error::<K>(namespace.as_deref(), error);
        })
        .reflect(writer);
    let objects = buffer_initial_list(objects)
        .inspect_ok(move |event| index_event(event, &seen))
        .applied_objects()
        // Our own writes to metadata and status wake nobody: the pass that makes them goes on by itself.
        .predicate_filter(
            predicates::generation
                .combine(reconcile_requested)
                .combine(finalizer_missing::<K>),
            PredicateConfig::default(),
        );
    let config = controller::Config::default().concurrency(settings.concurrency);
    Controller::for_stream(objects, store.clone())
        .with_config(config)
        .reconcile_on(stream::select(
            objects_to_enqueue(context.clone(), shared.registry.changes()),
            woken,
        ))
        .graceful_shutdown_on(shutdown)
        .run(reconcile::<K>, error_policy::<K>, context)
        .for_each(|end| {
            if let Err(error @ Error::RunnerError(_)) = end {
                tracing::error!(kind = K::KIND, %error, "the queue failed");
            }
            ready(())
        })
        .await;
}

/// The events of one namespace, or of all.
fn watch<K: Kind>(
    shared: &SharedContext,
    namespace: Option<&str>,
) -> impl Stream<Item = Result<watcher::Event<CachedObject<K>>, watcher::Error>> + Send + use<K> {
    let mut config = watcher::Config::default()
        .timeout(WATCH_SECONDS)
        .page_size(PAGE);
    config.label_selector.clone_from(&shared.config.selector);
    let kube = shared.kube.clone();
    let api = match namespace {
        Some(namespace) => Api::namespaced(kube, namespace),
        None => Api::all(kube),
    };
    watcher(api, config)
}

/// Changes of the reconcile-requested annotation, which move no generation.
fn reconcile_requested<K: Resource>(object: &K) -> Option<u64> {
    let mut hasher = DefaultHasher::new();
    object
        .annotations()
        .get(RECONCILE_REQUESTED_AT)?
        .hash(&mut hasher);
    Some(hasher.finish())
}

/// Whether an object that has a remote lacks our finalizer, as after a `PUT` without it: that moves no generation either. What we take
/// hold of in time has no id yet, so that wakes nobody.
fn finalizer_missing<K: Kind>(object: &CachedObject<K>) -> Option<u64> {
    let has_remote = K::LIFECYCLE == Lifecycle::Managed && object.summary().id.is_some();
    (has_remote && !has_finalizer(object)).then_some(1)
}

/// Holds back what a new listing shows until it is complete.
///
/// Only then does the store have it: a pass that came before would find nothing, and nobody would come again.
fn buffer_initial_list<K: Kind>(
    events: impl Stream<Item = Result<watcher::Event<CachedObject<K>>, watcher::Error>> + Send + 'static,
) -> impl Stream<Item = Result<watcher::Event<CachedObject<K>>, watcher::Error>> + Send + 'static {
    let mut held = vec![];
    let ordered = events.map(move |event| match event {
        Ok(watcher::Event::Init) => {
            held.clear();
            vec![]
        }
        Ok(shown @ watcher::Event::InitApply(_)) => {
            held.push(Ok(shown));
            vec![]
        }
        Ok(watcher::Event::InitDone) => {
            held.push(Ok(watcher::Event::InitDone));
            std::mem::take(&mut held)
        }
        other => vec![other],
    });
    ordered.flat_map(stream::iter)
}

/// Forgets an object that has gone, and tells the estate of every object that was seen or has gone.
fn index_event<K: Kind>(event: &watcher::Event<CachedObject<K>>, context: &Context<K>) {
    context.reference_index.note(event, &context.store);
    let object = match event {
        watcher::Event::Apply(object) | watcher::Event::InitApply(object) => {
            let uid = object.meta().uid.as_deref().unwrap_or_default();
            let listed = matches!(event, watcher::Event::InitApply(_));
            if listed && object.summary().id.is_none() {
                context.memos.inherit(uid);
            }
            let version = object.meta().resource_version.as_deref();
            context.memos.catch_up(uid, version.unwrap_or_default());
            object
        }
        watcher::Event::Delete(object) => {
            context.forget(object.meta().uid.as_deref().unwrap_or_default());
            object
        }
        watcher::Event::InitDone => return context.forget_missing(),
        watcher::Event::Init => return,
    };
    context.shared.registry.publish(ObjectChange {
        namespace: object.namespace().unwrap_or_default(),
        object: TypedLocalReference {
            kind: K::KIND,
            name: object.name_any(),
        },
        dependencies: object.summary().dependencies.to_vec(),
    });
}
