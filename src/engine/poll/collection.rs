//! One collection of the lookout: which of its remotes are followed, and what a list of it means.

use crate::{
    cloudfront::{CloudFrontError, Priority},
    engine::{
        cache::cached_object::CachedObject,
        kind::{Kind, Lifecycle},
        reconcile::requeue::{SLOW, about, spread_down},
        remote::revision::Mark,
    },
};
use futures::channel::mpsc::UnboundedSender;
use kube::runtime::reflector::ObjectRef;
use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::time::Instant;

/// How often in a resync interval it is seen who is due.
const ROUNDS: u32 = 20;

/// An object of a kind that may not be readable.
pub(crate) type Reference<K> = ObjectRef<CachedObject<K>>;

/// A remote that is followed, on behalf of one object: another one may follow it by now.
#[derive(Clone, Debug)]
pub(crate) struct Following {
    pub(crate) collection: String,
    pub(crate) id: String,
    turn: u64,
}

/// Who follows a remote, and how it is woken.
pub(crate) struct Follower<K: Kind> {
    pub(crate) object: Reference<K>,
    pub(crate) wake: UnboundedSender<Reference<K>>,
}

/// What is known of one collection.
pub(crate) struct Collection<K: Kind> {
    /// In boxes, since a map has room for many more than there are.
    pub(crate) followed: HashMap<String, Box<Followed<K>>>,
    /// The ids of followed remotes that are not deployed yet.
    awaited: HashSet<String>,
    /// When the latest of those began to be awaited.
    latest: Instant,
    /// What the first listing showed, until somebody asks for it.
    pub(crate) unclaimed: HashMap<String, Mark>,
    /// When the collection was first listed, or could not be.
    pub(crate) listed: Option<Instant>,
    /// When that last failed in a way that passes, and how.
    pub(crate) refused: Option<(Instant, Arc<CloudFrontError>)>,
    /// When it was last looked at for the sake of what is awaited.
    polled: Instant,
    /// When all of it is to be compared again.
    sweep: Instant,
    /// When it is next seen who is due for a pass whatever the list says.
    round: Instant,
    /// How many pages it had.
    pub(crate) pages: usize,
    /// How often in a row it could not be listed, and why.
    failures: u32,
    pub(crate) trouble: Option<Arc<CloudFrontError>>,
}

/// One remote, as it was last seen.
pub(crate) struct Followed<K: Kind> {
    pub(crate) mark: Mark,
    since: Instant,
    /// When its object is due for a pass, whatever the list says.
    due: Instant,
    /// Whether the list told something else, so that only a look can tell.
    pub(crate) doubted: bool,
    follower: Follower<K>,
    turn: u64,
}

/// Why a collection is listed.
pub(crate) enum Errand {
    /// To compare all of it.
    Sweep,
    /// To learn whether these are deployed.
    Poll(HashSet<String>),
}

/// What a list showed.
#[derive(Default)]
pub(crate) struct Listing {
    pub(crate) marks: HashMap<String, Mark>,
    pub(crate) pages: usize,
    /// Whether it was read to its end.
    pub(crate) whole: bool,
}

impl<K: Kind> Collection<K> {
    pub(crate) fn new(now: Instant, resync: Duration) -> Self {
        Self {
            followed: HashMap::new(),
            awaited: HashSet::new(),
            latest: now,
            unclaimed: HashMap::new(),
            listed: None,
            refused: None,
            polled: now,
            // The first interval differs, so that kinds do not fall together; those after it are what was asked for.
            sweep: now + spread_down(resync),
            round: now,
            pages: 1,
            failures: 0,
            trouble: None,
        }
    }

    /// Follows a remote that was just seen.
    pub(crate) fn follow(
        &mut self,
        place: (&str, &str),
        mark: Mark,
        follower: Follower<K>,
        resync: Duration,
    ) -> Following {
        static TURNS: AtomicU64 = AtomicU64::new(0);
        let (collection, id) = place;
        let turn = TURNS.fetch_add(1, Ordering::Relaxed);
        let now = Instant::now();
        let before = self.followed.get(id);
        let waits_on = before.is_some_and(|it| !it.mark.deployed && it.mark.same_version(&mark));
        if mark.deployed {
            self.awaited.remove(id);
        } else {
            if self.awaited.is_empty() {
                self.polled = now;
            }
            if !waits_on {
                self.latest = now;
            }
            self.awaited.insert(id.to_owned());
        }
        let followed = Followed {
            mark,
            since: now,
            due: now + about(resync * SLOW),
            doubted: false,
            follower,
            turn,
        };
        self.followed.insert(id.to_owned(), Box::new(followed));
        Following {
            collection: collection.to_owned(),
            id: id.to_owned(),
            turn,
        }
    }

    /// Wakes those that were not seen for long: a pass may know more than a list tells.
    pub(crate) fn make_round(&mut self, now: Instant, resync: Duration) {
        if self.round > now {
            return;
        }
        self.round = now + resync / ROUNDS;
        for followed in self.followed.values_mut() {
            if followed.due <= now {
                followed.due = now + about(resync * SLOW);
                followed.follower.call();
            }
        }
    }

    /// Forgets a remote, unless somebody else has come to follow it.
    pub(crate) fn unfollow(&mut self, remote: &Following) {
        let followed = self.followed.get(&remote.id);
        if followed.is_some_and(|followed| followed.turn == remote.turn) {
            self.followed.remove(&remote.id);
            self.awaited.remove(&remote.id);
        }
    }

    /// The list cannot be read now: it is tried again later. The second time in a row, everybody is told.
    pub(crate) fn put_off(&mut self, until: Instant, error: CloudFrontError) {
        self.sweep = self.sweep.max(until);
        self.failures = self.failures.saturating_add(1);
        if self.failures == 2 {
            self.trouble = Some(Arc::new(error));
            self.call_all();
        }
    }

    /// The list is refused, which does not pass by itself: it is asked for once in a resync interval, and what it was to tell of is looked
    /// at instead. Until then it is as good as endless, so that nothing is sought in it.
    pub(crate) fn go_without(&mut self, errand: &Errand, began: Instant, resync: Duration) {
        self.failures = 0;
        self.trouble = None;
        self.pages = usize::MAX;
        match errand {
            Errand::Poll(ids) => self.doubt(ids),
            Errand::Sweep => {
                self.sweep = began + resync;
                let all = self.followed.keys().cloned().collect();
                self.doubt(&all);
            }
        }
    }

    fn call_all(&self) {
        for followed in self.followed.values() {
            followed.follower.call();
        }
    }

    /// When this collection is to be looked at next.
    pub(crate) fn due(&self, poll: Duration) -> Option<Instant> {
        let listless = self.followed.is_empty() && self.trouble.is_none();
        let sweep =
            (K::LIFECYCLE == Lifecycle::Managed && !listless).then(|| self.sweep.min(self.round));
        let poll = (!self.awaited.is_empty()).then(|| self.polled + self.pause(poll));
        sweep.into_iter().chain(poll).min()
    }

    /// What was changed just now is looked at more often: what CloudFront deploys quickly is reported quickly, and what takes
    /// minutes costs no more calls than it must. The more calls a look takes, the longer the pause: twenty in an interval at the most.
    fn pause(&self, poll: Duration) -> Duration {
        let age = self.polled.saturating_duration_since(self.latest);
        let calls = u32::try_from(self.pages.min(self.awaited.len())).unwrap_or(u32::MAX);
        let least = (poll / 10).saturating_mul(calls).min(poll);
        (age / 4)
            .clamp(least, poll)
            .max((poll / 20).saturating_mul(calls))
    }

    /// Whose turn it is to list: who waits for what was changed is not to wait behind what only keeps watch.
    pub(crate) fn priority(&self) -> Priority {
        if self.awaited.is_empty() {
            Priority::DriftCheck
        } else {
            Priority::DeploymentPoll
        }
    }

    /// What is to be done now. Where fewer remotes are awaited than the list has pages, they are looked at one by one.
    pub(crate) fn errand(&mut self, now: Instant, poll: Duration) -> Option<Errand> {
        if self.due(poll)? > now {
            return None;
        }
        self.polled = now;
        if K::LIFECYCLE == Lifecycle::Managed && self.sweep <= now {
            return Some(Errand::Sweep);
        }
        if self.awaited.len() < self.pages {
            let awaited = self.awaited.clone();
            self.doubt(&awaited);
            return None;
        }
        Some(Errand::Poll(self.awaited.clone()))
    }

    /// Compares a listing, begun at this time, with what is followed.
    pub(crate) fn compare(&mut self, listing: &Listing, began: Instant, resync: Duration) {
        self.failures = 0;
        if self.trouble.take().is_some() {
            self.call_all();
        }
        self.pages = self.pages.max(listing.pages);
        if listing.whole {
            self.sweep = began + resync;
            self.pages = listing.pages;
            self.listed = self.listed.map(|_| began);
            self.unclaimed
                .retain(|id, _| listing.marks.contains_key(id));
            for (id, mark) in &mut self.unclaimed {
                mark.clone_from(&listing.marks[id]);
            }
        }
        let mut differing = HashSet::new();
        for (id, followed) in &mut self.followed {
            if followed.since > began {
                continue;
            }
            match listing.marks.get(id) {
                Some(mark) if mark == &followed.mark => {}
                Some(mark) if mark.deployed && mark.same_version(&followed.mark) => {
                    followed.mark.deployed = true;
                    self.awaited.remove(id);
                    followed.follower.call();
                }
                None if !listing.whole => {}
                _ => drop(differing.insert(id.clone())),
            }
        }
        self.doubt(&differing);
    }

    /// Wakes these to look for themselves.
    pub(crate) fn doubt(&mut self, ids: &HashSet<String>) {
        for id in ids {
            self.awaited.remove(id);
            if let Some(followed) = self.followed.get_mut(id)
                && !followed.doubted
            {
                followed.doubted = true;
                followed.follower.call();
            }
        }
    }
}

impl<K: Kind> Follower<K> {
    fn call(&self) {
        // Nobody listens any more only at shutdown.
        let _ = self.wake.unbounded_send(self.object.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::origin_access_identity::OriginAccessIdentity;

    #[test]
    fn comparisons_are_as_far_apart_as_was_asked_for() {
        let (now, resync) = (Instant::now(), Duration::from_secs(60));
        let mut collection = Collection::<OriginAccessIdentity>::new(now, resync);
        assert!(
            collection.sweep <= now + resync,
            "the first may come sooner"
        );
        let whole = Listing {
            whole: true,
            ..Listing::default()
        };
        collection.compare(&whole, now, resync);
        assert_eq!(collection.sweep, now + resync);
    }
}
