//! The lookout: one list for all remotes of a kind instead of a look at each.
//!
//! It pages the list at the resync interval, compares each item with what was last seen of that remote, and wakes only the objects
//! whose remote differs or is missing. While something is being deployed, the same list, read more often, tells for everything in
//! flight whether it is done. A list may lag, lose, repeat or reorder: at worst a look is wasted, since what differs is only looked at.

use crate::{
    cloudfront::{CloudFrontError, ErrorClass, Priority},
    engine::{
        api::config::EngineConfig,
        kind::{Kind, Lifecycle},
        poll::collection::{ListResult, PollReason, Subscriber, Subscription, TrackedCollection},
        remote::{
            reader::{CallerReferenceCache, RemoteReader},
            revision::RemoteRevision,
        },
    },
};
use futures::{StreamExt, stream};
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    sync::Notify,
    time::{Instant, sleep_until},
};

/// Collections that are listed at once: invalidations have one for each distribution.
const MAX_CONCURRENT_LISTS: usize = 8;

type Collections<K> = HashMap<String, TrackedCollection<K>>;

/// Watches the remotes of one kind on behalf of their objects.
pub(crate) struct ListPoller<K: Kind> {
    reader: RemoteReader<K>,
    resync: Duration,
    poll: Duration,
    collections: Mutex<Collections<K>>,
    /// Held while a collection is listed for the first time, so that everybody else waits for that one listing.
    first: tokio::sync::Mutex<()>,
    changed: Notify,
    /// What searches have learnt.
    pub(crate) caller_references: CallerReferenceCache,
}

impl<K: Kind> ListPoller<K> {
    pub(crate) fn new(reader: RemoteReader<K>, config: &EngineConfig) -> Self {
        Self {
            reader,
            resync: config.resync_interval,
            poll: config.deploy_poll_interval,
            collections: Mutex::default(),
            first: tokio::sync::Mutex::default(),
            changed: Notify::new(),
            caller_references: CallerReferenceCache::default(),
        }
    }

    /// Looks out for as long as it is polled.
    pub(crate) async fn run(&self) {
        loop {
            let changed = self.changed.notified();
            let Some(due) = self.due() else {
                changed.await;
                continue;
            };
            tokio::select! {
                () = changed => {}
                () = sleep_until(due) => self.poll_due().await,
            }
        }
    }

    /// Follows a remote that was just seen, until it is seen again or [forgotten](Self::unfollow).
    pub(crate) fn subscribe(
        &self,
        collection: &str,
        id: &str,
        mark: RemoteRevision,
        subscriber: Subscriber<K>,
    ) -> Subscription {
        let mut collections = self.lock();
        let place = self.place(&mut collections, collection);
        let subscription = place.subscribe((collection, id), mark, subscriber, self.resync);
        drop(collections);
        self.changed.notify_one();
        subscription
    }

    /// Forgets a remote.
    pub(crate) fn unsubscribe(&self, remote: &Subscription) {
        let mut collections = self.lock();
        let Some(place) = collections.get_mut(&remote.collection) else {
            return;
        };
        place.unsubscribe(remote);
        // What the first listing showed is worth keeping for those who have not asked yet.
        if place.tracked.is_empty() && K::LIFECYCLE == Lifecycle::OneShot {
            collections.remove(&remote.collection);
        }
    }

    /// Whether a followed remote is deployed. `None` when it has to be looked at.
    pub(crate) fn deployed_if_trusted(&self, collection: &str, id: &str) -> Option<bool> {
        let collections = self.lock();
        let tracked = collections.get(collection)?.tracked.get(id)?;
        (!tracked.stale).then_some(tracked.mark.deployed)
    }

    /// Why nothing has been heard of a collection's remotes for a while.
    pub(crate) fn list_error(&self, collection: &str) -> Option<Arc<CloudFrontError>> {
        self.lock().get(collection)?.list_error.clone()
    }

    /// What the first listing showed of a remote: asked for after a start, when nobody follows anything yet.
    ///
    /// # Errors
    ///
    /// When CloudFront can only not be reached at this moment: then it is not asked again for a while, however many want to know.
    /// A list that may not be read at all shows nothing.
    pub(crate) async fn initial_revision(
        &self,
        collection: &str,
        id: &str,
    ) -> Result<Option<RemoteRevision>, Arc<CloudFrontError>> {
        let _turn = self.first.lock().await;
        let listed = self.lock().get(collection).and_then(|place| place.listed);
        if listed.is_none() {
            let list = self.initial_list(collection).await?;
            let mut collections = self.lock();
            let place = self.place(&mut collections, collection);
            place.listed = Some(Instant::now());
            place.unclaimed_revisions = list.marks;
            place.pages = list.pages;
        }
        let mut collections = self.lock();
        let place = self.place(&mut collections, collection);
        if place.listed.is_some_and(|at| at.elapsed() > self.resync) {
            place.unclaimed_revisions = HashMap::new();
        }
        Ok(place.unclaimed_revisions.remove(id))
    }

    async fn initial_list(&self, collection: &str) -> Result<ListResult, Arc<CloudFrontError>> {
        let refused = self.place(&mut self.lock(), collection).refused.clone();
        if let Some((at, error)) = refused
            && at.elapsed() < self.poll
        {
            return Err(error);
        }
        // Every pass of the kind waits for it.
        match self.list(collection, None, Priority::DeploymentPoll).await {
            Err(error) if passes(&error) => {
                let error = Arc::new(error);
                let refused = Some((Instant::now(), error.clone()));
                self.place(&mut self.lock(), collection).refused = refused;
                Err(error)
            }
            Err(error) => {
                tracing::warn!(kind = K::KIND, %error, "cannot list: looking at each one instead");
                Ok(ListResult::default())
            }
            Ok(list) => Ok(list),
        }
    }

    fn due(&self) -> Option<Instant> {
        let collections = self.lock();
        collections
            .values()
            .filter_map(|place| place.due(self.poll))
            .min()
    }

    async fn poll_due(&self) {
        let now = Instant::now();
        let due: Vec<(String, PollReason, Priority)> = self
            .lock()
            .iter_mut()
            .filter_map(|(name, place)| {
                place.enqueue_overdue(now, self.resync);
                let priority = place.priority();
                Some((name.clone(), place.poll_reason(now, self.poll)?, priority))
            })
            .collect();
        stream::iter(due)
            .for_each_concurrent(
                MAX_CONCURRENT_LISTS,
                |(name, poll_reason, priority)| async move {
                    self.poll_collection(&name, poll_reason, priority).await;
                },
            )
            .await;
    }

    async fn poll_collection(&self, collection: &str, poll_reason: PollReason, priority: Priority) {
        let began = Instant::now();
        let wanted = match &poll_reason {
            PollReason::Resync => None,
            PollReason::Deployment(ids) => Some(ids),
        };
        let list = self.list(collection, wanted, priority).await;
        let mut collections = self.lock();
        let Some(place) = collections.get_mut(collection) else {
            return;
        };
        match list {
            Ok(list) => place.compare(&list, began, self.resync),
            Err(error) if passes(&error) => {
                tracing::debug!(kind = K::KIND, collection, %error, "the list cannot be read now");
                place.postpone(began + self.poll, error);
            }
            Err(error) => {
                tracing::warn!(kind = K::KIND, collection, %error, "cannot list: looking at each one instead");
                place.mark_list_denied(&poll_reason, began, self.resync);
            }
        }
    }

    /// Reads a collection to its end, or until all that is wanted was seen.
    async fn list(
        &self,
        collection: &str,
        wanted: Option<&HashSet<String>>,
        priority: Priority,
    ) -> Result<ListResult, CloudFrontError> {
        let mut list = ListResult::default();
        let mut marker = None;
        loop {
            let page = self.reader.page(collection, marker.as_deref(), priority);
            let page = page.await?;
            list.pages += 1;
            for item in page.items() {
                if let Some(id) = item.text_of("Id") {
                    let mark = RemoteRevision::from_list_item::<K>(item);
                    list.marks.insert(id.to_owned(), mark);
                }
            }
            if wanted.is_some_and(|ids| ids.iter().all(|id| list.marks.contains_key(id))) {
                return Ok(list);
            }
            marker = page.next;
            if marker.is_none() {
                list.whole = true;
                return Ok(list);
            }
        }
    }

    fn place<'a>(&self, all: &'a mut Collections<K>, name: &str) -> &'a mut TrackedCollection<K> {
        all.entry(name.to_owned())
            .or_insert_with(|| TrackedCollection::new(Instant::now(), self.resync))
    }

    fn lock(&self) -> MutexGuard<'_, Collections<K>> {
        self.collections
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether an error passes by itself.
fn passes(error: &CloudFrontError) -> bool {
    matches!(
        error.class(),
        ErrorClass::Throttled
            | ErrorClass::Unreachable
            | ErrorClass::InvalidResponse
            | ErrorClass::NotLeader
            | ErrorClass::Conflict
    )
}
