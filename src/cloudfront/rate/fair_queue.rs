//! The order of waiting requests: the tenants take turns, and each tenant's queue decides which of its requests gets the turn.
//!
//! Fairness is start-time fair queueing with one turn for each request. A tenant's turns are numbered, and a tenant that waited for
//! nothing begins near the latest turn that was dispatched. So a tenant with one request does not wait for a thousand requests of
//! another, also if theirs have a higher priority.

use super::{
    Priority,
    tenant_queue::{Scope, TenantQueue, WakeCallback},
};
use std::{collections::HashMap, fmt, sync::Arc};
use tokio::sync::Notify;

/// How many turns a tenant can catch up on. It is more than the largest [delay], so that no tenant is passed over for ever. It lets the
/// first requests of a tenant pass before those of tenants that send many.
const MAX_CREDIT: u64 = 3;

/// The position of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct QueueKey {
    pub(super) tenant: Arc<str>,
    pub(super) priority: Priority,
    arrival: u64,
}

/// The order of the requests of different tenants: the turn with the delay of the priority, the priority and the arrival.
type Rank = (u64, Priority, u64);

/// The waiting requests.
#[derive(Default)]
pub(super) struct FairQueue {
    /// How many requests may be ahead of a parked one when its owner is woken.
    pub(super) wake_ahead: f64,
    arrivals: u64,
    /// The latest turn that was dispatched.
    virtual_time: u64,
    /// The tenants with waiting requests, or with a recent turn.
    tenants: HashMap<Arc<str>, Tenant>,
}

#[derive(Default)]
struct Tenant {
    next_turn: u64,
    queue: TenantQueue,
}

/// Returns how many turns later a request comes than an edit of a tenant with the same turn.
fn delay(priority: Priority) -> u64 {
    match priority {
        Priority::Interactive | Priority::Deletion => 0,
        Priority::DeploymentPoll => 1,
        Priority::DriftCheck => 2,
    }
}

impl FairQueue {
    /// Adds a request. With a callback it is parked, unless it is within the wake-ahead distance already.
    pub(super) fn insert(
        &mut self,
        priority: Priority,
        tenant: &Arc<str>,
        wake: Option<WakeCallback>,
    ) -> QueueKey {
        self.arrivals += 1;
        let key = QueueKey {
            tenant: Arc::clone(tenant),
            priority,
            arrival: self.arrivals,
        };
        self.queue(&key).level(priority);
        // Notified requests do not count: their owners may arrive late, and the rate must not stay unused until then.
        let parked = wake.filter(|_| !self.within_wake_ahead(self.ahead(&key, Scope::Present)));
        let arrival = key.arrival;
        let level = self.queue(&key).level(priority);
        match parked {
            Some(wake) => level.park(arrival, wake),
            None => level.arrive(arrival),
        }
        key
    }

    /// Marks a request as waiting. Its task checks after each notification whether it [is first](Self::is_first).
    pub(super) fn wait(&mut self, key: &QueueKey) -> Arc<Notify> {
        let notify = Arc::new(Notify::new());
        let level = self.queue(key).level(key.priority);
        level.wait(key.arrival, Arc::clone(&notify));
        notify
    }

    /// Parks a request again that has not passed, with its position.
    pub(super) fn park(&mut self, key: &QueueKey, wake: WakeCallback) {
        let level = self.queue(key).level(key.priority);
        level.park(key.arrival, wake);
    }

    pub(super) fn is_parked(&self, key: &QueueKey) -> bool {
        let tenant = self.tenants.get(&key.tenant);
        let level = tenant.and_then(|it| it.queue.existing_level(key.priority));
        level.is_some_and(|level| level.is_parked(key.arrival))
    }

    pub(super) fn is_first(&self, key: &QueueKey) -> bool {
        self.first_waiting()
            .is_some_and(|((_, _, arrival), _)| arrival == key.arrival)
    }

    /// Whether the turn of a request is within the wake-ahead distance.
    pub(super) fn is_near(&self, key: &QueueKey) -> bool {
        self.within_wake_ahead(self.ahead(key, Scope::Near))
    }

    /// Returns how many requests are ahead, in any state, if no others arrive.
    pub(super) fn position(&self, key: &QueueKey) -> usize {
        self.ahead(key, Scope::All)
    }

    /// Records that a request was dispatched, and advances the virtual time.
    pub(super) fn dispatched(&mut self, key: &QueueKey) {
        let credited = self.earliest_turn();
        let tenant = self.tenants.entry(Arc::clone(&key.tenant)).or_default();
        let turn = tenant.next_turn.max(credited);
        tenant.next_turn = turn + 1;
        tenant.queue.dispatched(key.priority);
        self.virtual_time = self.virtual_time.max(turn);
    }

    /// Removes a request, and wakes those that are next.
    ///
    /// A callback must not use the queue before this method returns.
    pub(super) fn remove(&mut self, key: &QueueKey) {
        if let Some(tenant) = self.tenants.get_mut(&key.tenant) {
            tenant.queue.detach(key.priority, key.arrival);
        }
        let earliest = self.earliest_turn();
        self.tenants
            .retain(|_, it| it.next_turn > earliest || it.queue.count(Scope::All) > 0);
        self.wake_next();
    }

    /// Wakes the first request, and the owners of the parked requests whose turn is near.
    pub(super) fn wake_next(&mut self) {
        if let Some((_, notify)) = self.first_waiting() {
            notify.notify_one();
        }
        while let Some(key) = self.first_parked() {
            if !self.is_near(&key) {
                break;
            }
            self.queue(&key).level(key.priority).wake(key.arrival);
        }
    }

    pub(super) fn len(&self) -> usize {
        let tenants = self.tenants.values();
        tenants.map(|tenant| tenant.queue.count(Scope::All)).sum()
    }

    fn queue(&mut self, key: &QueueKey) -> &mut TenantQueue {
        let tenant = self.tenants.entry(Arc::clone(&key.tenant));
        &mut tenant.or_default().queue
    }

    fn earliest_turn(&self) -> u64 {
        self.virtual_time.saturating_sub(MAX_CREDIT)
    }

    /// Returns the rank of a request of this tenant that has this many requests of the tenant ahead of it.
    fn rank(&self, tenant: &Tenant, priority: Priority, ahead: usize, arrival: u64) -> Rank {
        let turn = tenant.next_turn.max(self.earliest_turn());
        let ahead = u64::try_from(ahead).unwrap_or(u64::MAX);
        let rank = turn.saturating_add(ahead).saturating_add(delay(priority));
        (rank, priority, arrival)
    }

    fn first_waiting(&self) -> Option<(Rank, &Arc<Notify>)> {
        let heads = self.tenants.values().filter_map(|tenant| {
            let (priority, arrival, notify) = tenant.queue.first_waiting()?;
            Some((self.rank(tenant, priority, 0, arrival), notify))
        });
        heads.min_by_key(|(rank, _)| *rank)
    }

    fn first_parked(&self) -> Option<QueueKey> {
        let heads = self.tenants.iter().flat_map(|(name, tenant)| {
            tenant.queue.first_parked().map(move |(priority, arrival)| {
                let ahead = tenant.queue.ahead(priority, arrival, Scope::Near);
                (self.rank(tenant, priority, ahead, arrival), name)
            })
        });
        let ((_, priority, arrival), tenant) = heads.min_by_key(|(rank, _)| *rank)?;
        Some(QueueKey {
            tenant: Arc::clone(tenant),
            priority,
            arrival,
        })
    }

    /// Returns how many requests are ahead, if no others arrive.
    fn ahead(&self, key: &QueueKey, scope: Scope) -> usize {
        let Some(own) = self.tenants.get(&key.tenant) else {
            return 0;
        };
        let ahead = own.queue.ahead(key.priority, key.arrival, scope);
        let (rank, ..) = self.rank(own, key.priority, ahead, key.arrival);
        let others = self.tenants.iter().filter(|(name, _)| **name != key.tenant);
        let before = others.map(|(_, other)| {
            let first = other.queue.first_priority().unwrap_or(key.priority);
            let (next, ..) = self.rank(other, first, 0, 0);
            let turns = (rank + 1).saturating_sub(next);
            let turns = usize::try_from(turns).unwrap_or(usize::MAX);
            turns.min(other.queue.count(scope))
        });
        ahead + before.sum::<usize>()
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
