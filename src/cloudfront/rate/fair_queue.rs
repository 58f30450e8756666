//! Who is next: by [`Priority`], then fairly between tenants, then first come first served.
//!
//! Fairness is start-time fair queueing: each call of a tenant belongs to a later round than the tenant's call before, and rounds are
//! served in order. So somebody with one call does not wait for somebody else's thousand.

use crate::cloudfront::Priority;
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fmt,
    sync::Arc,
};
use tokio::sync::Notify;

/// A place in the queue; lesser ones are served first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::cloudfront) struct Key {
    pub(in crate::cloudfront) priority: Priority,
    round: u64,
    arrival: u64,
}

/// Wakes somebody whose turn is near.
pub(in crate::cloudfront) type Wake = Box<dyn FnOnce() + Send>;

/// Those who wait.
#[derive(Default)]
pub(in crate::cloudfront) struct Queue {
    /// How many calls may be ahead of one whose turn is near.
    pub(in crate::cloudfront) near: f64,
    arrivals: u64,
    lanes: BTreeMap<Priority, Lane>,
    /// Those who wait right here.
    present: BTreeMap<Key, Arc<Notify>>,
    /// Those who need not go away, and are about to wait right here.
    coming: BTreeSet<Key>,
    /// Those who went away until they are called.
    away: BTreeMap<Key, Wake>,
    /// Those who were called and have not come back yet.
    called: BTreeSet<Key>,
}

/// The rounds of one priority.
#[derive(Default)]
struct Lane {
    /// The latest round in which somebody was served.
    round: u64,
    /// Those who wait, or were served in a round that is not over.
    tenants: HashMap<Arc<str>, Rounds>,
}

/// The rounds of one tenant.
#[derive(Default)]
struct Rounds {
    /// Of the places that were neither served nor given up.
    kept: BTreeSet<u64>,
    /// The latest one in which it was served.
    served: Option<u64>,
}

impl Queue {
    /// A place behind those who may go first. Whoever can be woken goes away until its turn is near.
    pub(in crate::cloudfront) fn place(
        &mut self,
        priority: Priority,
        tenant: &Arc<str>,
        wake: Option<Wake>,
    ) -> Key {
        let lane = self.lanes.entry(priority).or_default();
        let rounds = lane.tenants.entry(Arc::clone(tenant)).or_default();
        let latest = rounds.kept.last().copied().max(rounds.served);
        let round = latest.map_or(0, |round| round + 1).max(lane.round);
        rounds.kept.insert(round);
        self.arrivals += 1;
        let key = Key {
            priority,
            round,
            arrival: self.arrivals,
        };
        // Whoever was called may be long in coming, and no turn is to be lost meanwhile.
        match wake.filter(|_| !self.is_near(self.here(&key))) {
            Some(wake) => drop(self.away.insert(key, wake)),
            None => drop(self.coming.insert(key)),
        }
        key
    }

    /// Waits here, until the notification and then for as long as somebody else is [first](Self::is_first).
    pub(in crate::cloudfront) fn wait(&mut self, key: Key) -> Arc<Notify> {
        let notify = Arc::new(Notify::new());
        self.forget(&key);
        self.present.insert(key, Arc::clone(&notify));
        notify
    }

    /// Whether somebody went away and was not called yet.
    pub(in crate::cloudfront) fn is_away(&self, key: &Key) -> bool {
        self.away.contains_key(key)
    }

    pub(in crate::cloudfront) fn is_first(&self, key: &Key) -> bool {
        self.present.keys().next() == Some(key)
    }

    /// How many are ahead of a place.
    pub(in crate::cloudfront) fn ahead(&self, key: &Key) -> usize {
        self.here(key) + self.called.range(..key).count() + self.away.range(..key).count()
    }

    /// Tells of a call that was sent.
    pub(in crate::cloudfront) fn served(&mut self, key: &Key, tenant: &str) {
        let lane = self.lanes.entry(key.priority).or_default();
        lane.round = lane.round.max(key.round);
        let round = lane.round;
        if let Some(rounds) = lane.tenants.get_mut(tenant) {
            rounds.kept.remove(&key.round);
            rounds.served = rounds.served.max(Some(key.round));
        }
        lane.tenants
            .retain(|_, rounds| !rounds.kept.is_empty() || rounds.served >= Some(round));
    }

    /// Gives a place up. Was it not served, then the tenant's next one is no later for it.
    pub(in crate::cloudfront) fn give_up(&mut self, key: &Key, tenant: &str) {
        let lane = self.lanes.get_mut(&key.priority);
        if let Some(rounds) = lane.and_then(|lane| lane.tenants.get_mut(tenant)) {
            rounds.kept.remove(&key.round);
        }
        self.leave(key);
    }

    /// Goes away from a place, and wakes those who come next.
    ///
    /// Whoever is woken must not ask the queue anything before this returns.
    pub(in crate::cloudfront) fn leave(&mut self, key: &Key) {
        self.forget(key);
        if let Some((_, first)) = self.present.first_key_value() {
            first.notify_one();
        }
        while let Some((key, _)) = self.away.first_key_value() {
            if !self.is_near(self.here(key) + self.called.range(..key).count()) {
                break;
            }
            if let Some((key, wake)) = self.away.pop_first() {
                self.called.insert(key);
                wake();
            }
        }
    }

    pub(in crate::cloudfront) fn len(&self) -> usize {
        self.present.len() + self.coming.len() + self.away.len() + self.called.len()
    }

    /// How many of those who are here, or all but here, are ahead of a place.
    fn here(&self, key: &Key) -> usize {
        self.present.range(..key).count() + self.coming.range(..key).count()
    }

    fn forget(&mut self, key: &Key) {
        self.present.remove(key);
        self.coming.remove(key);
        self.away.remove(key);
        self.called.remove(key);
    }

    fn is_near(&self, ahead: usize) -> bool {
        ahead == 0 || f64::from(u32::try_from(ahead).unwrap_or(u32::MAX)) < self.near
    }
}

impl fmt::Debug for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queue")
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}
