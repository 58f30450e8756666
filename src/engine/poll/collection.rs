//! One polled collection: which of its resources are tracked, when it is listed and how a list is compared with them.

use crate::{
    cloudfront::{CloudFrontError, Priority},
    engine::{
        config::{RESYNCS_BEFORE_REPORT, RESYNCS_PER_RECONCILE, with_early_jitter, with_jitter},
        poll::{
            deployments::Deployments,
            initial_list::InitialList,
            list::ListResult,
            period::{list_period, with_list_jitter},
            subscription::{Subscriber, Subscription, TrackedRemote},
            waiting::WaitingObjects,
        },
        remote::resource::RemoteRevision,
        resource_api::Lifecycle,
    },
};
use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::time::Instant;

/// Checks for overdue objects in one resync interval.
const OVERDUE_CHECKS_PER_RESYNC: u32 = 20;

/// The state of one polled collection.
pub(super) struct TrackedCollection {
    lifecycle: Lifecycle,
    /// The tracked resources by id, each once for each object that has subscribed to it.
    pub(super) tracked: HashMap<String, Vec<TrackedRemote>>,
    pub(super) initial: InitialList,
    pub(super) waiting: WaitingObjects,
    deployments: Deployments,
    /// When the collection is listed again to detect drift.
    next_resync: Instant,
    next_overdue_check: Instant,
    /// The number of pages of the last list. `usize::MAX` if the list is denied.
    pub(super) pages: usize,
    /// When the list began to fail in a transient way.
    failing_since: Option<Instant>,
    /// The error of the list, once it has failed for two resync periods.
    pub(super) list_error: Option<Arc<CloudFrontError>>,
}

/// Why a collection is listed.
pub(super) enum PollReason {
    /// An object waits for the first list.
    Initial,
    /// To compare all tracked resources.
    Resync,
    /// To detect whether these resources are deployed.
    Deployment(HashSet<String>),
}

impl TrackedCollection {
    pub(super) fn new(lifecycle: Lifecycle, now: Instant, resync: Duration) -> Self {
        Self {
            lifecycle,
            tracked: HashMap::new(),
            initial: InitialList::default(),
            waiting: WaitingObjects::default(),
            deployments: Deployments::new(now),
            next_resync: now + with_early_jitter(list_period(1, resync)),
            next_overdue_check: now,
            pages: 1,
            failing_since: None,
            list_error: None,
        }
    }

    /// Records the first list after a start, which was begun at this time.
    pub(super) fn record_initial(&mut self, list: ListResult, began: Instant, resync: Duration) {
        self.pages = list.pages;
        self.next_resync = began + with_early_jitter(list_period(list.pages, resync));
        self.initial.record(list.revisions);
    }

    /// Tracks a resource that was just observed.
    pub(super) fn subscribe(
        &mut self,
        (collection, id): (&str, &str),
        revision: RemoteRevision,
        subscriber: Subscriber,
        resync: Duration,
    ) -> Subscription {
        static NEXT_SERIAL: AtomicU64 = AtomicU64::new(0);
        let serial = NEXT_SERIAL.fetch_add(1, Ordering::Relaxed);
        let now = Instant::now();
        let all = self.tracked.entry(id.to_owned());
        let all = all.or_insert_with(|| Vec::with_capacity(1));
        if !revision.is_deployed {
            let was_deploying = all.iter().any(|before| {
                !before.revision.is_deployed && before.revision.is_same_revision(&revision)
            });
            self.deployments.add(id, !was_deploying, now);
        }
        all.retain(|before| before.subscriber.object != subscriber.object);
        let tracked = TrackedRemote {
            revision,
            observed_at: now,
            due: now + with_jitter(resync * RESYNCS_PER_RECONCILE),
            is_stale: false,
            is_listed: false,
            subscriber,
            serial,
        };
        all.push(tracked);
        self.end_deployment(id);
        Subscription {
            collection: collection.to_owned(),
            id: id.to_owned(),
            serial,
        }
    }

    /// Ends a subscription. Those of other objects to the same resource stay.
    pub(super) fn unsubscribe(&mut self, subscription: &Subscription) {
        let Some(all) = self.tracked.get_mut(&subscription.id) else {
            return;
        };
        all.retain(|tracked| tracked.serial != subscription.serial);
        if all.is_empty() {
            self.tracked.remove(&subscription.id);
        }
        self.end_deployment(&subscription.id);
    }

    /// Returns the resource as the object of this subscription last observed it.
    pub(super) fn tracked_by(&self, subscription: &Subscription) -> Option<&TrackedRemote> {
        let all = self.tracked.get(&subscription.id)?;
        all.iter()
            .find(|tracked| tracked.serial == subscription.serial)
    }

    /// Stops polling for the deployment of a resource that no object waits for.
    fn end_deployment(&mut self, id: &str) {
        let mut all = self.tracked.get(id).into_iter().flatten();
        if all.all(|tracked| tracked.revision.is_deployed || tracked.is_stale) {
            self.deployments.remove(id);
        }
    }

    /// Enqueues objects that were not reconciled for long: a reconciliation checks more than a list contains.
    pub(super) fn enqueue_overdue(&mut self, now: Instant, resync: Duration) {
        if self.next_overdue_check > now {
            return;
        }
        self.next_overdue_check = now + resync / OVERDUE_CHECKS_PER_RESYNC;
        for tracked in self.tracked.values_mut().flatten() {
            if tracked.due <= now {
                tracked.due = now + with_jitter(resync * RESYNCS_PER_RECONCILE);
                tracked.subscriber.enqueue();
            }
        }
    }

    /// Postpones the resync after a transient failure. A failure that lasts for two resync periods is reported in all objects, which are
    /// enqueued one after the other in a third.
    pub(super) fn postpone(&mut self, until: Instant, error: CloudFrontError, resync: Duration) {
        self.next_resync = self.next_resync.max(until);
        let now = Instant::now();
        let since = *self.failing_since.get_or_insert(now);
        if self.list_error.is_none() && now - since >= resync * RESYNCS_BEFORE_REPORT {
            self.list_error = Some(Arc::new(error));
            for tracked in self.tracked.values_mut().flatten() {
                tracked.due = tracked.due.min(now + resync.mul_f64(fastrand::f64()));
            }
        }
    }

    /// Reads each resource individually, since the list is denied until the next resync, or there is none.
    pub(super) fn read_each(&mut self, reason: &PollReason, began: Instant, resync: Duration) {
        self.failing_since = None;
        self.list_error = None;
        self.pages = usize::MAX;
        match reason {
            PollReason::Initial => self.record_initial(ListResult::denied(), began, resync),
            PollReason::Deployment(ids) => self.invalidate(ids),
            PollReason::Resync => {
                self.schedule_resync(began, resync);
                let all = self.tracked.keys().cloned().collect();
                self.invalidate(&all);
            }
        }
    }

    /// Returns when the collection is polled next.
    pub(super) fn next_poll(&self, interval: Duration) -> Option<Instant> {
        if self.initial.is_requested() {
            return Some(Instant::now());
        }
        let is_used = !self.tracked.is_empty() || !self.waiting.is_empty();
        let needs_resync = is_used || self.list_error.is_some();
        let resync = (self.lifecycle == Lifecycle::Managed && needs_resync)
            .then(|| self.next_resync.min(self.next_overdue_check));
        let deployment = self.deployments.next_poll(interval, self.pages);
        resync.into_iter().chain(deployment).min()
    }

    /// Returns the priority of the next list. All objects of the kind wait for the first one.
    pub(super) fn priority(&self) -> Priority {
        if self.initial.is_requested() {
            return Priority::DeploymentPoll;
        }
        self.deployments.priority()
    }

    /// Returns why the collection has to be listed now. If fewer resources are being deployed than the list has pages, their objects
    /// are enqueued instead and read them one by one.
    pub(super) fn poll_reason(&mut self, now: Instant, interval: Duration) -> Option<PollReason> {
        if self.initial.is_requested() {
            return Some(PollReason::Initial);
        }
        if self.next_poll(interval)? > now {
            return None;
        }
        self.deployments.record_poll(now);
        if self.lifecycle == Lifecycle::Managed && self.next_resync <= now {
            return Some(PollReason::Resync);
        }
        let deploying = self.deployments.ids().clone();
        if deploying.len() < self.pages {
            self.invalidate(&deploying);
            return None;
        }
        Some(PollReason::Deployment(deploying))
    }

    /// Compares a list that was begun at this time with the tracked resources, and enqueues the objects of those that differ.
    pub(super) fn compare(&mut self, list: &ListResult, began: Instant, resync: Duration) {
        self.failing_since = None;
        if self.list_error.take().is_some() {
            self.enqueue_all();
        }
        self.pages = self.pages.max(list.pages);
        if list.is_complete {
            self.pages = list.pages;
            self.schedule_resync(began, resync);
            self.initial.refresh(list, began);
        }
        self.waiting.compare(list, began);
        let mut changed = vec![];
        for (id, all) in &mut self.tracked {
            let is_changed = |tracked: &mut TrackedRemote| tracked.compare(id, list, began);
            let count = all.iter_mut().map(is_changed).filter(|it| *it).count();
            if count > 0 {
                changed.push(id.clone());
            }
        }
        for id in changed {
            self.end_deployment(&id);
        }
    }

    fn schedule_resync(&mut self, began: Instant, resync: Duration) {
        self.next_resync = began + with_list_jitter(list_period(self.pages, resync));
    }

    /// Enqueues the objects of these resources, and requires a get request from them.
    fn invalidate(&mut self, ids: &HashSet<String>) {
        for id in ids {
            self.deployments.remove(id);
            for tracked in self.tracked.get_mut(id).into_iter().flatten() {
                tracked.invalidate();
            }
        }
    }

    fn enqueue_all(&self) {
        for tracked in self.tracked.values().flatten() {
            tracked.subscriber.enqueue();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::api::reference::ObjectKey;

    const RESYNC: Duration = Duration::from_mins(10);

    fn complete(pages: usize) -> ListResult {
        ListResult {
            pages,
            is_complete: true,
            ..ListResult::default()
        }
    }

    /// Asserts that the next resync is this many seconds away, give or take a twentieth.
    fn assert_next_resync(collection: &TrackedCollection, now: Instant, seconds: u64) {
        let (delay, expected) = (collection.next_resync - now, Duration::from_secs(seconds));
        assert!(
            delay >= expected.mul_f64(0.95) && delay <= expected.mul_f64(1.05),
            "{delay:?} instead of about {expected:?}"
        );
    }

    #[test]
    fn the_time_between_two_lists_follows_the_pages() {
        let now = Instant::now();
        let mut collection = TrackedCollection::new(Lifecycle::Managed, now, RESYNC);
        assert!(
            collection.next_resync <= now + Duration::from_secs(55),
            "the first list may come sooner"
        );
        for (pages, seconds) in [(1, 55), (10, 110), (100, 600), (5, 55)] {
            collection.compare(&complete(pages), now, RESYNC);
            assert_next_resync(&collection, now, seconds);
        }
        collection.read_each(&PollReason::Resync, now, RESYNC);
        assert_next_resync(&collection, now, 600);
    }

    #[test]
    fn every_object_that_subscribed_to_a_resource_is_enqueued_and_keeps_its_own_observation() {
        let now = Instant::now();
        let mut collection = TrackedCollection::new(Lifecycle::Managed, now, RESYNC);
        let (wake, mut woken) = futures::channel::mpsc::unbounded();
        let revision = |version: &str, is_deployed| RemoteRevision {
            version: Some(version.into()),
            is_deployed,
        };
        let mut subscribe = |name: &str, revision| {
            let subscriber = Subscriber {
                object: ObjectKey {
                    namespace: "shop".into(),
                    name: name.into(),
                },
                wake: wake.clone(),
            };
            collection.subscribe(("collection", "E1"), revision, subscriber, RESYNC)
        };
        let first = subscribe("first", revision("A", false));
        let replaced = subscribe("second", revision("A", true));
        let second = subscribe("second", revision("B", true));
        assert!(collection.tracked_by(&replaced).is_none());
        let is_deployed = |collection: &TrackedCollection, subscription| {
            let tracked: Option<&TrackedRemote> = collection.tracked_by(subscription);
            tracked.map(|tracked| tracked.revision.is_deployed)
        };
        assert_eq!(is_deployed(&collection, &first), Some(false));
        assert_eq!(is_deployed(&collection, &second), Some(true));
        assert!(collection.deployments.ids().contains("E1"), "first waits");

        let gone = complete(1);
        collection.compare(&gone, Instant::now(), RESYNC);
        let mut names = vec![];
        while let Ok(object) = woken.try_recv() {
            names.push(object.name);
        }
        assert_eq!(names, ["first", "second"]);
        collection.unsubscribe(&first);
        assert!(collection.tracked_by(&first).is_none());
        assert!(collection.tracked_by(&second).is_some());
        collection.unsubscribe(&second);
        assert!(collection.tracked.is_empty());
    }

    #[test]
    fn the_initial_list_of_a_large_collection_is_not_repeated_early() {
        let now = Instant::now();
        let mut collection = TrackedCollection::new(Lifecycle::Managed, now, RESYNC);
        collection.record_initial(complete(100), now, RESYNC);
        assert!(collection.next_resync >= now + RESYNC.mul_f64(0.8));
    }

    #[test]
    fn after_a_denied_initial_list_a_deployment_is_polled_without_a_list() {
        let (now, interval) = (Instant::now(), Duration::from_secs(10));
        let mut collection = TrackedCollection::new(Lifecycle::Managed, now, RESYNC);
        collection.record_initial(ListResult::denied(), now, RESYNC);
        collection.deployments.add("E1", true, now);
        let later = now + interval;
        assert!(collection.poll_reason(later, interval).is_none(), "no list");
        assert!(collection.deployments.ids().is_empty(), "it was enqueued");
    }
}
