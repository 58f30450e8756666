//! The waiting requests of one tenant: which of them gets the tenant's next turn.
//!
//! Each priority has a virtual deadline, which counts turns of the tenant. The priority with the earliest deadline comes first. Once a
//! priority was served, its deadline moves by its [period]. So most turns go to edits, and every other priority gets a turn at least
//! once in a few periods. Requests of one priority pass in the order of their arrival.

use super::Priority;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use tokio::sync::Notify;

/// Wakes the owner of a parked request when it is within the wake-ahead distance.
pub(super) type WakeCallback = Box<dyn FnOnce() + Send>;

/// The requests that a count includes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// Those whose task waits, or is about to.
    Present,
    /// The same, and those whose owner was woken.
    Near,
    /// All.
    All,
}

/// The waiting requests of one tenant.
#[derive(Default)]
pub(super) struct TenantQueue {
    /// The latest deadline that was served.
    virtual_time: u64,
    /// The priorities with requests.
    levels: BTreeMap<Priority, Level>,
}

/// The waiting requests of one priority by their arrival, each in exactly one of the four states.
#[derive(Default)]
pub(super) struct Level {
    /// The virtual deadline of the first request.
    deadline: u64,
    /// The last request that arrived.
    last_arrival: u64,
    /// Requests whose task waits for a notification.
    waiting: BTreeMap<u64, Arc<Notify>>,
    /// New requests whose task is about to wait.
    arriving: BTreeSet<u64>,
    /// Requests that no task waits for until the callback runs.
    parked: BTreeMap<u64, WakeCallback>,
    /// Formerly parked requests whose owner was woken and does not wait yet.
    notified: BTreeSet<u64>,
}

/// Returns the turns of a tenant that pass from one request of this priority to the next while requests of other priorities wait, if
/// they had a turn for each of theirs.
fn period(priority: Priority) -> u64 {
    match priority {
        Priority::Interactive => 1,
        Priority::Deletion => 2,
        Priority::DeploymentPoll => 4,
        Priority::DriftCheck => 16,
    }
}

impl TenantQueue {
    /// Returns the requests of a priority, which is added if it has none yet.
    pub(super) fn level(&mut self, priority: Priority) -> &mut Level {
        let deadline = self.virtual_time + period(priority);
        self.levels.entry(priority).or_insert_with(|| Level {
            deadline,
            ..Level::default()
        })
    }

    /// Returns the requests of a priority, if it has any.
    pub(super) fn existing_level(&self, priority: Priority) -> Option<&Level> {
        self.levels.get(&priority)
    }

    /// Removes a request.
    pub(super) fn detach(&mut self, priority: Priority, arrival: u64) {
        if let Some(level) = self.levels.get_mut(&priority) {
            level.detach(arrival);
            if level.count(Scope::All) == 0 {
                self.levels.remove(&priority);
            }
        }
    }

    /// Records that a request of this priority was dispatched.
    pub(super) fn dispatched(&mut self, priority: Priority) {
        let level = self.level(priority);
        let served = level.deadline;
        self.virtual_time = self.virtual_time.max(served);
        let next = self.virtual_time + period(priority);
        self.level(priority).deadline = next;
    }

    /// Returns the waiting request that comes next: its priority, arrival and notification.
    pub(super) fn first_waiting(&self) -> Option<(Priority, u64, &Arc<Notify>)> {
        let heads = self.levels.iter().filter_map(|(priority, level)| {
            let (arrival, notify) = level.waiting.first_key_value()?;
            Some((level.deadline, *priority, *arrival, notify))
        });
        let first = heads.min_by_key(|(deadline, priority, ..)| (*deadline, *priority))?;
        Some((first.1, first.2, first.3))
    }

    /// Returns the first parked request of each priority: its priority and arrival.
    pub(super) fn first_parked(&self) -> impl Iterator<Item = (Priority, u64)> {
        self.levels.iter().filter_map(|(priority, level)| {
            let (arrival, _) = level.parked.first_key_value()?;
            Some((*priority, *arrival))
        })
    }

    /// Returns the priority that comes next.
    pub(super) fn first_priority(&self) -> Option<Priority> {
        let levels = self.levels.iter();
        let first = levels.min_by_key(|(priority, level)| (level.deadline, **priority));
        first.map(|(priority, _)| *priority)
    }

    /// Returns the number of requests.
    pub(super) fn count(&self, scope: Scope) -> usize {
        self.levels.values().map(|level| level.count(scope)).sum()
    }

    /// Returns how many requests of the tenant are ahead of one of this priority and arrival, if no others arrive.
    pub(super) fn ahead(&self, priority: Priority, arrival: u64, scope: Scope) -> usize {
        let Some(own) = self.levels.get(&priority) else {
            return 0;
        };
        let earlier = own.count_before(arrival, scope);
        let turns = u64::try_from(earlier).unwrap_or(u64::MAX);
        let deadline = own
            .deadline
            .saturating_add(turns.saturating_mul(period(priority)));
        let others = self.levels.iter().filter(|(other, _)| **other != priority);
        let before = others.map(|(other, level)| {
            let last = if *other < priority {
                deadline
            } else {
                deadline.saturating_sub(1)
            };
            level.count(scope).min(level.served_until(last, *other))
        });
        earlier + before.sum::<usize>()
    }
}

impl Level {
    /// Adds a request whose task is about to wait.
    pub(super) fn arrive(&mut self, arrival: u64) {
        self.arriving.insert(arrival);
        self.last_arrival = self.last_arrival.max(arrival);
    }

    /// Adds a request that no task waits for.
    pub(super) fn park(&mut self, arrival: u64, wake: WakeCallback) {
        self.parked.insert(arrival, wake);
        self.last_arrival = self.last_arrival.max(arrival);
    }

    pub(super) fn is_parked(&self, arrival: u64) -> bool {
        self.parked.contains_key(&arrival)
    }

    /// Marks a request as waiting for a notification.
    pub(super) fn wait(&mut self, arrival: u64, notify: Arc<Notify>) {
        self.detach(arrival);
        self.waiting.insert(arrival, notify);
        self.last_arrival = self.last_arrival.max(arrival);
    }

    /// Wakes the owner of a parked request.
    pub(super) fn wake(&mut self, arrival: u64) {
        if let Some(wake) = self.parked.remove(&arrival) {
            self.notified.insert(arrival);
            wake();
        }
    }

    fn detach(&mut self, arrival: u64) {
        self.waiting.remove(&arrival);
        self.arriving.remove(&arrival);
        self.parked.remove(&arrival);
        self.notified.remove(&arrival);
    }

    fn count(&self, scope: Scope) -> usize {
        let present = self.waiting.len() + self.arriving.len();
        match scope {
            Scope::Present => present,
            Scope::Near => present + self.notified.len(),
            Scope::All => present + self.notified.len() + self.parked.len(),
        }
    }

    fn count_before(&self, arrival: u64, scope: Scope) -> usize {
        let waiting = self.waiting.range(..arrival);
        let arriving = self.arriving.range(..arrival);
        let notified = self.notified.range(..arrival);
        let parked = self.parked.range(..arrival);
        match scope {
            _ if arrival > self.last_arrival => self.count(scope),
            Scope::Present => waiting.count() + arriving.count(),
            Scope::Near => waiting.count() + arriving.count() + notified.count(),
            Scope::All => waiting.count() + arriving.count() + notified.count() + parked.count(),
        }
    }

    /// Returns how many requests of this priority have a deadline up to this one.
    fn served_until(&self, deadline: u64, priority: Priority) -> usize {
        let Some(turns) = deadline.checked_sub(self.deadline) else {
            return 0;
        };
        usize::try_from(turns / period(priority) + 1).unwrap_or(usize::MAX)
    }
}
