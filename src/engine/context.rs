//! The handles and caches that reconciliations share.

use crate::{
    cloudfront,
    engine::{
        api::{CREATED_AS, outcome::ReconcileResult, reason::Reason, reference::ObjectKey},
        cache::{
            cached_object::CachedObject, object_registry::ObjectRegistry, value_index::ValueIndex,
        },
        config::EngineConfig,
        definition::{KindDefinition, QueueEntry},
        kubernetes::{event_recorder::EventRecorder, metadata::has_finalizer},
        leadership::{Leadership, Term},
        object::Object,
        object_state::ObjectStates,
        poll::{poller::ListPoller, subscription::Subscription},
        recovery::RecoveryQueue,
        resource_api::{Identity, ResourceApi},
    },
};
use futures::channel::mpsc::UnboundedSender;
use kube::{Resource, ResourceExt, runtime::reflector::Store};
use parking_lot::Mutex;
use std::{
    collections::{BTreeMap, HashSet},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

/// The objects of a kind that are enqueued in a second after an outage.
const RELEASE_RATE: f64 = 100.0;

/// The handles that the controllers of all kinds share.
#[derive(Clone)]
pub struct SharedContext {
    /// The client of the Kubernetes API.
    pub kube: kube::Client,
    /// The client of the CloudFront API, behind its rate limiter.
    pub cloudfront: cloudfront::Client,
    /// The objects of all kinds.
    pub registry: ObjectRegistry,
    /// The event recorder.
    pub events: EventRecorder,
    /// Whether this process leads.
    pub leadership: Leadership,
    /// Whether the Kubernetes API accepts writes.
    pub kubernetes: cloudfront::Availability,
    /// Called after each reconciliation.
    pub on_reconcile: Arc<dyn Fn(&ReconcileSummary) + Send + Sync>,
    /// Called with the kind after each reconciliation that panicked.
    pub on_panic: Arc<dyn Fn(&'static str) + Send + Sync>,
    /// The wall clock, for times in conditions.
    pub clock: cloudfront::Clock,
    /// The configuration.
    pub config: EngineConfig,
}

/// The summary of one reconciliation, for metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReconcileSummary {
    /// The object's kind.
    pub kind: &'static str,
    /// The result in controller-runtime's terms.
    pub result: ReconcileResult,
    /// The reason of condition `Ready`. `None`: the outcome is in no condition.
    pub reason: Option<Reason>,
    /// The duration of the reconciliation.
    pub duration: Duration,
    /// The time from CloudFront's acceptance of a create or an update to the first observation of it as deployed, if this
    /// reconciliation made that observation.
    pub deployment_duration: Option<Duration>,
    /// Whether drift was corrected.
    pub is_drift_corrected: bool,
    /// The number of paths in the created invalidation. CloudFront bills them.
    pub invalidation_paths: usize,
}

/// The handles and caches that all reconciliations of one kind share.
pub(crate) struct Context {
    /// The kind.
    pub(crate) definition: &'static KindDefinition,
    pub(crate) shared: SharedContext,
    pub(crate) poller: Arc<ListPoller>,
    /// Enqueues an object of this kind.
    pub(crate) wake: UnboundedSender<ObjectKey>,
    pub(crate) states: ObjectStates,
    pub(crate) unique_values: Arc<ValueIndex>,
    /// The references of the objects, and the resources that their resources use.
    pub(crate) uses: Arc<ValueIndex>,
    /// The objects that wait for CloudFront.
    pub(crate) cloudfront_recovery: RecoveryQueue<ObjectKey>,
    /// The objects that wait for the Kubernetes API.
    pub(crate) kubernetes_recovery: RecoveryQueue<ObjectKey>,
    /// The objects of this kind, as of the last events of the watch.
    pub(crate) store: Store<CachedObject>,
    /// The objects before a list that follows from an interruption of the watch, by uid, until the list is processed.
    before_list: Mutex<BTreeMap<String, Arc<CachedObject>>>,
    /// The term of leadership to which the states of the objects belong.
    term: AtomicU64,
}

impl Context {
    pub(crate) fn new(
        definition: &'static KindDefinition,
        shared: SharedContext,
        poller: Arc<ListPoller>,
        wake: UnboundedSender<ObjectKey>,
        store: Store<CachedObject>,
    ) -> Self {
        let unique_values = Arc::<ValueIndex>::default();
        let uses = Arc::<ValueIndex>::default();
        let (registry, values) = (&shared.registry, unique_values.clone());
        registry.register_values(definition.kind, values, uses.clone());
        Self {
            definition,
            poller,
            wake,
            states: ObjectStates::default(),
            unique_values,
            uses,
            cloudfront_recovery: RecoveryQueue::default(),
            kubernetes_recovery: RecoveryQueue::default(),
            before_list: Mutex::default(),
            term: AtomicU64::new(shared.leadership.last_term()),
            shared,
            store,
        }
    }

    /// Returns CloudFront's API of the resources of the kind.
    pub(crate) fn api(&self) -> &'static ResourceApi {
        self.definition.api
    }

    /// Returns an object as of the last event of the watch. `None`: it does not exist.
    pub(crate) fn find(&self, key: &ObjectKey) -> Option<Arc<CachedObject>> {
        self.store.get(&key.to_ref(self.definition))
    }

    /// Returns the term of leadership to which the states of the objects belong.
    pub(crate) fn term(&self) -> Term {
        self.term.load(Ordering::Relaxed)
    }

    /// Begins a term of leadership. Another process may have written to CloudFront and Kubernetes since the last one, so the states of
    /// the objects are dropped as by a restart, and all objects are enqueued. The objects themselves stay cached.
    pub(crate) fn enter_term(&self, term: Term) {
        if self.term.swap(term, Ordering::Relaxed) == term {
            return;
        }
        self.states.clear();
        self.poller.clear();
        for object in self.store.state() {
            self.mark_preexisting(&object);
            // The only error is that the queue has ended.
            let _ = self.wake.unbounded_send(ObjectKey::of(&*object));
        }
    }

    /// Marks an object without an id: a create may have been sent for it that this process does not know of. Of a kind with unique names, such
    /// an object has a finalizer or a record, unless a client has removed both.
    pub(crate) fn mark_preexisting(&self, object: &CachedObject) {
        let may_have_created = self.api().identity == Identity::CallerReference
            || has_finalizer(object)
            || object.annotations().contains_key(CREATED_AS);
        if object.summary().id.is_none() && may_have_created {
            let uid = object.meta().uid.as_deref().unwrap_or_default();
            self.states.mark_preexisting(uid);
        }
    }

    /// Enqueues the objects that wait for CloudFront or for the Kubernetes API once it works again. Never returns.
    pub(crate) async fn wake_after_outages(&self) {
        // The receiver is dropped only at shutdown.
        let wake = |key| drop(self.wake.unbounded_send(key));
        let cloudfront = &self.shared.cloudfront;
        let write_rate = || cloudfront.rate_limiters().writes.rate.min(RELEASE_RATE);
        let availability = cloudfront.availability();
        tokio::join!(
            self.cloudfront_recovery.run(availability, write_rate, wake),
            self.kubernetes_recovery
                .run(&self.shared.kubernetes, || RELEASE_RATE, wake),
        );
    }

    /// Drops the state of an object that was deleted, or whose state is not reliable.
    pub(crate) fn forget(&self, uid: &str) {
        self.unsubscribe(self.states.forget(uid));
    }

    /// Drops the state of all objects that the store does not contain any more, and returns those of them that it contained before the
    /// list: no event of the watch has shown their deletion.
    pub(crate) fn forget_deleted(&self) -> Vec<Arc<CachedObject>> {
        let objects = self.store.state();
        let uids = objects
            .iter()
            .filter_map(|object| object.meta().uid.clone());
        let present: HashSet<String> = uids.collect();
        self.unsubscribe(self.states.retain(&present));
        let is_present = |key: &ObjectKey| self.find(key).is_some();
        self.cloudfront_recovery.retain(is_present);
        self.kubernetes_recovery.retain(is_present);
        let mut deleted = std::mem::take(&mut *self.before_list.lock());
        deleted.retain(|uid, _| !present.contains(uid));
        deleted.into_values().collect()
    }

    /// Removes an object that was deleted from the objects that wait for the end of an outage.
    pub(crate) fn stop_waiting_if_deleted(&self, key: &ObjectKey) {
        if self.find(key).is_none() {
            self.cloudfront_recovery.remove(key);
            self.kubernetes_recovery.remove(key);
        }
    }

    /// Records the objects in the store before a new list replaces them.
    pub(crate) fn record_before_list(&self) {
        let objects = self.store.state().into_iter();
        let by_uid = objects.filter_map(|it| Some((it.meta().uid.clone()?, it)));
        *self.before_list.lock() = by_uid.collect();
    }

    /// Whether an object of a new list is the one that the store had before the list.
    pub(crate) fn is_as_before_list(&self, object: &CachedObject) -> bool {
        let objects = self.before_list.lock();
        let before = object.meta().uid.as_ref().and_then(|uid| objects.get(uid));
        before.is_some_and(|it| it.meta().resource_version == object.meta().resource_version)
    }

    fn unsubscribe(&self, subscriptions: impl IntoIterator<Item = Subscription>) {
        for subscription in subscriptions {
            self.poller.unsubscribe(&subscription);
        }
    }

    /// Enqueues an object after a delay.
    pub(crate) fn enqueue_after(&self, key: ObjectKey, delay: Duration) {
        let wake = self.wake.clone();
        if delay.is_zero() {
            // The receiver is dropped only at shutdown.
            let _ = wake.unbounded_send(key);
            return;
        }
        tokio::spawn(async move {
            tokio::time::sleep(delay).await;
            let _ = wake.unbounded_send(key);
        });
    }

    /// Returns the minimum delay between two queue checks of an object. Each check is O(objects), so the delay grows with their number.
    pub(crate) fn queue_recheck_delay(&self) -> Duration {
        let objects = u32::try_from(self.store.len()).unwrap_or(u32::MAX);
        Duration::from_millis(2).saturating_mul(objects)
    }

    /// Returns why the object has to wait in the queue of its kind.
    pub(crate) fn queue_blocker(&self, object: &Object) -> Option<String> {
        let objects = self.store.state();
        let entries = objects.iter().map(|it| it.summary().queue_entry.as_ref());
        let all: Vec<&QueueEntry> = entries.flatten().collect();
        object.typed.one_shot()?.queue_blocker(&all)
    }
}
