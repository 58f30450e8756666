//! The order of waiting requests: by [`Priority`], then fairly between tenants, then first come, first served.
//!
//! Fairness is start-time fair queueing. Each request of a tenant has a later start tag than the tenant's previous one, and requests are
//! dispatched in the order of their start tags. So a tenant with one request does not wait for a thousand requests of another.

use super::Priority;
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fmt,
    sync::Arc,
};
use tokio::sync::Notify;

/// The position of a request. Lesser keys are dispatched first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct QueueKey {
    pub(super) priority: Priority,
    start_tag: u64,
    arrival: u64,
}

/// Wakes the owner of a parked request when it is within the wake-ahead distance.
pub(super) type WakeCallback = Box<dyn FnOnce() + Send>;

/// The waiting requests, each in exactly one of the four states.
#[derive(Default)]
pub(super) struct FairQueue {
    /// How many requests may be ahead of a parked one when its owner is woken.
    pub(super) wake_ahead: f64,
    arrivals: u64,
    levels: BTreeMap<Priority, PriorityLevel>,
    /// Requests whose task waits for a notification.
    waiting: BTreeMap<QueueKey, Arc<Notify>>,
    /// New requests whose task is about to wait.
    arriving: BTreeSet<QueueKey>,
    /// Requests that no task waits for until the callback runs.
    parked: BTreeMap<QueueKey, WakeCallback>,
    /// Formerly parked requests whose owner was woken and does not wait yet.
    notified: BTreeSet<QueueKey>,
}

#[derive(Default)]
struct PriorityLevel {
    /// The latest start tag that was dispatched.
    virtual_time: u64,
    /// The tenants with waiting requests, or with a dispatched start tag at the virtual time.
    tenants: HashMap<Arc<str>, TenantQueue>,
}

#[derive(Default)]
struct TenantQueue {
    /// The start tags of the requests that are neither dispatched nor cancelled.
    start_tags: BTreeSet<u64>,
    /// The latest start tag that was dispatched.
    last_dispatched: Option<u64>,
}

impl FairQueue {
    /// Adds a request. With a callback it is parked, unless it is within the wake-ahead distance already.
    pub(super) fn insert(
        &mut self,
        priority: Priority,
        tenant: &Arc<str>,
        wake: Option<WakeCallback>,
    ) -> QueueKey {
        let level = self.levels.entry(priority).or_default();
        let tenant = level.tenants.entry(Arc::clone(tenant)).or_default();
        let latest = tenant
            .start_tags
            .last()
            .copied()
            .max(tenant.last_dispatched);
        let start_tag = latest.map_or(0, |tag| tag + 1).max(level.virtual_time);
        tenant.start_tags.insert(start_tag);
        self.arrivals += 1;
        let key = QueueKey {
            priority,
            start_tag,
            arrival: self.arrivals,
        };
        // Notified requests do not count: their owners may arrive late, and the rate must not stay unused until then.
        match wake.filter(|_| !self.within_wake_ahead(self.present_before(&key))) {
            Some(wake) => drop(self.parked.insert(key, wake)),
            None => drop(self.arriving.insert(key)),
        }
        key
    }

    /// Marks a request as waiting. Its task checks after each notification whether it [is first](Self::is_first).
    pub(super) fn wait(&mut self, key: QueueKey) -> Arc<Notify> {
        let notify = Arc::new(Notify::new());
        self.detach(&key);
        self.waiting.insert(key, Arc::clone(&notify));
        notify
    }

    pub(super) fn is_parked(&self, key: &QueueKey) -> bool {
        self.parked.contains_key(key)
    }

    pub(super) fn is_first(&self, key: &QueueKey) -> bool {
        self.waiting.keys().next() == Some(key)
    }

    /// Returns how many requests are ahead, in any state.
    pub(super) fn position(&self, key: &QueueKey) -> usize {
        self.present_before(key)
            + self.notified.range(..key).count()
            + self.parked.range(..key).count()
    }

    /// Records that a request was dispatched, and advances the virtual time.
    pub(super) fn dispatched(&mut self, key: &QueueKey, tenant: &str) {
        let level = self.levels.entry(key.priority).or_default();
        level.virtual_time = level.virtual_time.max(key.start_tag);
        let virtual_time = level.virtual_time;
        if let Some(tenant) = level.tenants.get_mut(tenant) {
            tenant.start_tags.remove(&key.start_tag);
            tenant.last_dispatched = tenant.last_dispatched.max(Some(key.start_tag));
        }
        level.tenants.retain(|_, tenant| {
            !tenant.start_tags.is_empty() || tenant.last_dispatched >= Some(virtual_time)
        });
    }

    /// Removes a request for good. If it was not dispatched, its start tag is free for the tenant's next request.
    pub(super) fn cancel(&mut self, key: &QueueKey, tenant: &str) {
        let level = self.levels.get_mut(&key.priority);
        if let Some(tenant) = level.and_then(|level| level.tenants.get_mut(tenant)) {
            tenant.start_tags.remove(&key.start_tag);
        }
        self.remove(key);
    }

    /// Removes a request from the waiting ones, and wakes those that are next.
    ///
    /// A callback must not use the queue before this method returns.
    pub(super) fn remove(&mut self, key: &QueueKey) {
        self.detach(key);
        if let Some((_, first)) = self.waiting.first_key_value() {
            first.notify_one();
        }
        while let Some((key, _)) = self.parked.first_key_value() {
            let ahead = self.present_before(key) + self.notified.range(..key).count();
            if !self.within_wake_ahead(ahead) {
                break;
            }
            if let Some((key, wake)) = self.parked.pop_first() {
                self.notified.insert(key);
                wake();
            }
        }
    }

    pub(super) fn len(&self) -> usize {
        self.waiting.len() + self.arriving.len() + self.parked.len() + self.notified.len()
    }

    /// Returns how many waiting or arriving requests are ahead.
    fn present_before(&self, key: &QueueKey) -> usize {
        self.waiting.range(..key).count() + self.arriving.range(..key).count()
    }

    fn detach(&mut self, key: &QueueKey) {
        self.waiting.remove(key);
        self.arriving.remove(key);
        self.parked.remove(key);
        self.notified.remove(key);
    }

    fn within_wake_ahead(&self, ahead: usize) -> bool {
        ahead == 0 || f64::from(u32::try_from(ahead).unwrap_or(u32::MAX)) < self.wake_ahead
    }
}

impl fmt::Debug for FairQueue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FairQueue")
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}
