//! One collection of the lookout: which of its remotes are followed, and what a list of it means.

use crate::{
    cloudfront::{CloudFrontError, Priority},
    engine::{
        api::config::RESYNCS_PER_RECONCILE,
        cache::cached_object::CachedObject,
        jitter::{with_early_jitter, with_jitter},
        kind::{Kind, Lifecycle},
        remote::revision::RemoteRevision,
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
const OVERDUE_CHECKS_PER_RESYNC: u32 = 20;

/// An object of a kind that may not be readable.
pub(crate) type ObjectKey<K> = ObjectRef<CachedObject<K>>;

/// A remote that is followed, on behalf of one object: another one may follow it by now.
#[derive(Clone, Debug)]
pub(crate) struct Subscription {
    pub(crate) collection: String,
    pub(crate) id: String,
    subscription_id: u64,
}

/// Who follows a remote, and how it is woken.
pub(crate) struct Subscriber<K: Kind> {
    pub(crate) object: ObjectKey<K>,
    pub(crate) wake: UnboundedSender<ObjectKey<K>>,
}

/// What is known of one collection.
pub(crate) struct TrackedCollection<K: Kind> {
    /// In boxes, since a map has room for many more than there are.
    pub(crate) tracked: HashMap<String, Box<TrackedRemote<K>>>,
    /// The ids of followed remotes that are not deployed yet.
    deploying: HashSet<String>,
    /// When the latest of those began to be awaited.
    last_change: Instant,
    /// What the first listing showed, until somebody asks for it.
    pub(crate) unclaimed_revisions: HashMap<String, RemoteRevision>,
    /// When the collection was first listed, or could not be.
    pub(crate) listed: Option<Instant>,
    /// When that last failed in a way that passes, and how.
    pub(crate) refused: Option<(Instant, Arc<CloudFrontError>)>,
    /// When it was last looked at for the sake of what is awaited.
    polled: Instant,
    /// When all of it is to be compared again.
    next_resync: Instant,
    /// When it is next seen who is due for a pass whatever the list says.
    next_overdue_check: Instant,
    /// How many pages it had.
    pub(crate) pages: usize,
    /// How often in a row it could not be listed, and why.
    failures: u32,
    pub(crate) list_error: Option<Arc<CloudFrontError>>,
}

/// One remote, as it was last seen.
pub(crate) struct TrackedRemote<K: Kind> {
    pub(crate) mark: RemoteRevision,
    since: Instant,
    /// When its object is due for a pass, whatever the list says.
    due: Instant,
    /// Whether the list told something else, so that only a look can tell.
    pub(crate) stale: bool,
    subscriber: Subscriber<K>,
    subscription_id: u64,
}

/// Why a collection is listed.
pub(crate) enum PollReason {
    /// To compare all of it.
    Resync,
    /// To learn whether these are deployed.
    Deployment(HashSet<String>),
}

/// What a list showed.
#[derive(Default)]
pub(crate) struct ListResult {
    pub(crate) marks: HashMap<String, RemoteRevision>,
    pub(crate) pages: usize,
    /// Whether it was read to its end.
    pub(crate) whole: bool,
}

impl<K: Kind> TrackedCollection<K> {
    pub(crate) fn new(now: Instant, resync: Duration) -> Self {
        Self {
            tracked: HashMap::new(),
            deploying: HashSet::new(),
            last_change: now,
            unclaimed_revisions: HashMap::new(),
            listed: None,
            refused: None,
            polled: now,
            // The first interval differs, so that kinds do not fall together; those after it are what was asked for.
            next_resync: now + with_early_jitter(resync),
            next_overdue_check: now,
            pages: 1,
            failures: 0,
            list_error: None,
        }
    }

    /// Follows a remote that was just seen.
    pub(crate) fn subscribe(
        &mut self,
        place: (&str, &str),
        mark: RemoteRevision,
        subscriber: Subscriber<K>,
        resync: Duration,
    ) -> Subscription {
        static NEXT_SUBSCRIPTION_ID: AtomicU64 = AtomicU64::new(0);
        let (collection, id) = place;
        let subscription_id = NEXT_SUBSCRIPTION_ID.fetch_add(1, Ordering::Relaxed);
        let now = Instant::now();
        let before = self.tracked.get(id);
        let waits_on =
            before.is_some_and(|it| !it.mark.deployed && it.mark.is_same_revision(&mark));
        if mark.deployed {
            self.deploying.remove(id);
        } else {
            if self.deploying.is_empty() {
                self.polled = now;
            }
            if !waits_on {
                self.last_change = now;
            }
            self.deploying.insert(id.to_owned());
        }
        let tracked = TrackedRemote {
            mark,
            since: now,
            due: now + with_jitter(resync * RESYNCS_PER_RECONCILE),
            stale: false,
            subscriber,
            subscription_id,
        };
        self.tracked.insert(id.to_owned(), Box::new(tracked));
        Subscription {
            collection: collection.to_owned(),
            id: id.to_owned(),
            subscription_id,
        }
    }

    /// Wakes those that were not seen for long: a pass may know more than a list tells.
    pub(crate) fn enqueue_overdue(&mut self, now: Instant, resync: Duration) {
        if self.next_overdue_check > now {
            return;
        }
        self.next_overdue_check = now + resync / OVERDUE_CHECKS_PER_RESYNC;
        for tracked in self.tracked.values_mut() {
            if tracked.due <= now {
                tracked.due = now + with_jitter(resync * RESYNCS_PER_RECONCILE);
                tracked.subscriber.enqueue();
            }
        }
    }

    /// Forgets a remote, unless somebody else has come to follow it.
    pub(crate) fn unsubscribe(&mut self, remote: &Subscription) {
        let tracked = self.tracked.get(&remote.id);
        if tracked.is_some_and(|tracked| tracked.subscription_id == remote.subscription_id) {
            self.tracked.remove(&remote.id);
            self.deploying.remove(&remote.id);
        }
    }

    /// The list cannot be read now: it is tried again later. The second time in a row, everybody is told.
    pub(crate) fn postpone(&mut self, until: Instant, error: CloudFrontError) {
        self.next_resync = self.next_resync.max(until);
        self.failures = self.failures.saturating_add(1);
        if self.failures == 2 {
            self.list_error = Some(Arc::new(error));
            self.enqueue_all();
        }
    }

    /// The list is refused, which does not pass by itself: it is asked for once in a resync interval, and what it was to tell of is looked
    /// at instead. Until then it is as good as endless, so that nothing is sought in it.
    pub(crate) fn mark_list_denied(
        &mut self,
        poll_reason: &PollReason,
        began: Instant,
        resync: Duration,
    ) {
        self.failures = 0;
        self.list_error = None;
        self.pages = usize::MAX;
        match poll_reason {
            PollReason::Deployment(ids) => self.invalidate(ids),
            PollReason::Resync => {
                self.next_resync = began + resync;
                let all = self.tracked.keys().cloned().collect();
                self.invalidate(&all);
            }
        }
    }

    fn enqueue_all(&self) {
        for tracked in self.tracked.values() {
            tracked.subscriber.enqueue();
        }
    }

    /// When this collection is to be looked at next.
    pub(crate) fn due(&self, poll: Duration) -> Option<Instant> {
        let listless = self.tracked.is_empty() && self.list_error.is_none();
        let next_resync = (K::LIFECYCLE == Lifecycle::Managed && !listless)
            .then(|| self.next_resync.min(self.next_overdue_check));
        let poll = (!self.deploying.is_empty()).then(|| self.polled + self.pause(poll));
        next_resync.into_iter().chain(poll).min()
    }

    /// What was changed just now is looked at more often: what CloudFront deploys quickly is reported quickly, and what takes
    /// minutes costs no more calls than it must. The more calls a look takes, the longer the pause: twenty in an interval at the most.
    fn pause(&self, poll: Duration) -> Duration {
        let age = self.polled.saturating_duration_since(self.last_change);
        let calls = u32::try_from(self.pages.min(self.deploying.len())).unwrap_or(u32::MAX);
        let least = (poll / 10).saturating_mul(calls).min(poll);
        (age / 4)
            .clamp(least, poll)
            .max((poll / 20).saturating_mul(calls))
    }

    /// Whose turn it is to list: who waits for what was changed is not to wait behind what only keeps watch.
    pub(crate) fn priority(&self) -> Priority {
        if self.deploying.is_empty() {
            Priority::DriftCheck
        } else {
            Priority::DeploymentPoll
        }
    }

    /// What is to be done now. Where fewer remotes are awaited than the list has pages, they are looked at one by one.
    pub(crate) fn poll_reason(&mut self, now: Instant, poll: Duration) -> Option<PollReason> {
        if self.due(poll)? > now {
            return None;
        }
        self.polled = now;
        if K::LIFECYCLE == Lifecycle::Managed && self.next_resync <= now {
            return Some(PollReason::Resync);
        }
        if self.deploying.len() < self.pages {
            let deploying = self.deploying.clone();
            self.invalidate(&deploying);
            return None;
        }
        Some(PollReason::Deployment(self.deploying.clone()))
    }

    /// Compares a listing, begun at this time, with what is followed.
    pub(crate) fn compare(&mut self, list: &ListResult, began: Instant, resync: Duration) {
        self.failures = 0;
        if self.list_error.take().is_some() {
            self.enqueue_all();
        }
        self.pages = self.pages.max(list.pages);
        if list.whole {
            self.next_resync = began + resync;
            self.pages = list.pages;
            self.listed = self.listed.map(|_| began);
            self.unclaimed_revisions
                .retain(|id, _| list.marks.contains_key(id));
            for (id, mark) in &mut self.unclaimed_revisions {
                mark.clone_from(&list.marks[id]);
            }
        }
        let mut differing = HashSet::new();
        for (id, tracked) in &mut self.tracked {
            if tracked.since > began {
                continue;
            }
            match list.marks.get(id) {
                Some(mark) if mark == &tracked.mark => {}
                Some(mark) if mark.deployed && mark.is_same_revision(&tracked.mark) => {
                    tracked.mark.deployed = true;
                    self.deploying.remove(id);
                    tracked.subscriber.enqueue();
                }
                None if !list.whole => {}
                _ => drop(differing.insert(id.clone())),
            }
        }
        self.invalidate(&differing);
    }

    /// Wakes these to look for themselves.
    pub(crate) fn invalidate(&mut self, ids: &HashSet<String>) {
        for id in ids {
            self.deploying.remove(id);
            if let Some(tracked) = self.tracked.get_mut(id)
                && !tracked.stale
            {
                tracked.stale = true;
                tracked.subscriber.enqueue();
            }
        }
    }
}

impl<K: Kind> Subscriber<K> {
    fn enqueue(&self) {
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
        let mut collection = TrackedCollection::<OriginAccessIdentity>::new(now, resync);
        assert!(
            collection.next_resync <= now + resync,
            "the first may come sooner"
        );
        let whole = ListResult {
            whole: true,
            ..ListResult::default()
        };
        collection.compare(&whole, now, resync);
        assert_eq!(collection.next_resync, now + resync);
    }
}
