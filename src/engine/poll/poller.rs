//! The list poller: one list request for all resources of a collection instead of one get request for each.
//!
//! The poller lists each collection, a small one more often than the resync interval asks for, and compares the items with the last
//! observations. It enqueues only the objects whose resource differs or is missing. During deployments it lists more often, and one list covers all deployments in
//! progress. CloudFront's lists are eventually consistent: at worst a difference causes one unnecessary get request, since no decision
//! is based on a list alone.

use crate::{
    cloudfront::{Client, CloudFrontError, ErrorClass, Priority},
    engine::{
        config::EngineConfig,
        definition::KindDefinition,
        leadership::Leadership,
        panic::catch,
        poll::{
            collection::{PollReason, TrackedCollection},
            list::{InitialRevision, ListResult},
            subscription::{Subscriber, Subscription},
            waiting::ListedHolder,
        },
        remote::{
            name_list::NameList,
            reader::{CallerReferenceCache, RemoteReader},
            resource::RemoteRevision,
        },
        resource_api::Lifecycle,
    },
};
use futures::{StreamExt, stream};
use parking_lot::Mutex;
use std::{
    collections::{HashMap, HashSet},
    future::pending,
    sync::Arc,
    time::Duration,
};
use tokio::{
    sync::Notify,
    time::{Instant, sleep, sleep_until},
};

/// The maximum number of collections that are listed at the same time. Invalidations have one collection for each distribution.
const MAX_CONCURRENT_LISTS: usize = 8;

type Collections = HashMap<String, TrackedCollection>;

/// Polls the collections of one kind and enqueues the objects whose resources have changed.
pub(crate) struct ListPoller {
    kind: &'static KindDefinition,
    reader: RemoteReader,
    resync: Duration,
    poll: Duration,
    collections: Mutex<Collections>,
    changed: Notify,
    /// The caller references that searches have read.
    pub(crate) caller_references: CallerReferenceCache,
    /// The names that were looked up before a create, of a kind with unique names.
    pub(crate) names: NameList,
}

impl ListPoller {
    pub(crate) fn new(
        kind: &'static KindDefinition,
        client: Client,
        config: &EngineConfig,
    ) -> Self {
        Self {
            kind,
            reader: RemoteReader::new(kind.api, client),
            resync: config.resync_period,
            poll: config.deployment_poll_interval,
            collections: Mutex::default(),
            changed: Notify::new(),
            caller_references: CallerReferenceCache::default(),
            names: NameList::default(),
        }
    }

    /// Polls while this process leads, until the future is dropped.
    pub(crate) async fn run(&self, leadership: &Leadership) {
        loop {
            let changed = self.changed.notified();
            let Some(next) = self.next_poll() else {
                changed.await;
                continue;
            };
            tokio::select! {
                () = changed => {}
                () = sleep_until(next) => {
                    if leadership.wait_to_lead().await.is_none() {
                        // The process ends.
                        return pending().await;
                    }
                    if catch(self.poll_due()).await.is_err() {
                        // The list would cause the same panic again at once.
                        sleep(self.poll).await;
                    }
                }
            }
        }
    }

    /// Stops tracking all resources, and drops the lists.
    pub(crate) fn clear(&self) {
        self.collections.lock().clear();
    }

    /// Tracks a resource that was just observed, until the next call or until [`unsubscribe`](Self::unsubscribe).
    pub(crate) fn subscribe(
        &self,
        collection: &str,
        id: &str,
        revision: RemoteRevision,
        subscriber: Subscriber,
    ) -> Subscription {
        let subscription = self.with_collection(collection, |tracked| {
            tracked.subscribe((collection, id), revision, subscriber, self.resync)
        });
        self.changed.notify_one();
        subscription
    }

    /// Stops tracking a resource.
    pub(crate) fn unsubscribe(&self, subscription: &Subscription) {
        let mut collections = self.collections.lock();
        let Some(collection) = collections.get_mut(&subscription.collection) else {
            return;
        };
        collection.unsubscribe(subscription);
        // The collections of managed kinds stay: objects may still claim revisions of the initial list.
        if collection.tracked.is_empty() && self.kind.api.lifecycle == Lifecycle::OneShot {
            collections.remove(&subscription.collection);
        }
    }

    /// Returns whether the resource of a subscription is deployed. `None`: only a get request is reliable.
    pub(crate) fn deployed_if_trusted(&self, subscription: &Subscription) -> Option<bool> {
        let collections = self.collections.lock();
        let collection = collections.get(&subscription.collection)?;
        let tracked = collection.tracked_by(subscription)?;
        (!tracked.is_stale).then_some(tracked.revision.is_deployed)
    }

    /// Returns whether a list has shown the resource of a subscription since its last observation.
    pub(crate) fn is_listed(&self, subscription: &Subscription) -> bool {
        let collections = self.collections.lock();
        let collection = collections.get(&subscription.collection);
        let tracked = collection.and_then(|it| it.tracked_by(subscription));
        tracked.is_some_and(|it| it.is_listed)
    }

    /// Enqueues an object once the list shows that the unique values are free that CloudFront refused. Returns the resource that has one
    /// of them, if the last list shows it.
    pub(crate) fn wait_for_values(
        &self,
        collection: &str,
        own_id: Option<String>,
        values: Vec<String>,
        subscriber: Subscriber,
    ) -> Option<ListedHolder> {
        let holder = self.with_collection(collection, |tracked| {
            let now = Instant::now();
            let waiting = &mut tracked.waiting;
            waiting.record_refusal(subscriber, own_id, values, now)
        });
        self.changed.notify_one();
        holder
    }

    /// Returns why the collection could not be listed recently.
    pub(crate) fn list_error(&self, collection: &str) -> Option<Arc<CloudFrontError>> {
        let collections = self.collections.lock();
        collections.get(collection)?.list_error.clone()
    }

    /// Returns the revision of a resource in the initial list, which is read when the first object needs it after a start. The object
    /// is enqueued when the list was read, so that it does not occupy a worker meanwhile.
    ///
    /// # Errors
    ///
    /// On a transient failure of the list. The failure is returned to all callers until the list is read again, one poll interval
    /// later. A list that is denied has no revisions.
    pub(crate) fn initial_revision(
        &self,
        collection: &str,
        id: &str,
        object: Subscriber,
    ) -> Result<InitialRevision, Arc<CloudFrontError>> {
        let result = self.with_collection(collection, |tracked| {
            let initial = &mut tracked.initial;
            if initial.is_done() {
                return Ok(InitialRevision::Listed(initial.claim(id, self.resync)));
            }
            if let Some(error) = initial.recent_failure(self.poll) {
                return Err(error);
            }
            initial.wait(object);
            Ok(InitialRevision::Pending)
        });
        if matches!(result, Ok(InitialRevision::Pending)) {
            self.changed.notify_one();
        }
        result
    }

    fn next_poll(&self) -> Option<Instant> {
        let collections = self.collections.lock();
        collections
            .values()
            .filter_map(|collection| collection.next_poll(self.poll))
            .min()
    }

    async fn poll_due(&self) {
        let now = Instant::now();
        let due: Vec<(String, PollReason, Priority)> = self
            .collections
            .lock()
            .iter_mut()
            .filter_map(|(name, collection)| {
                collection.enqueue_overdue(now, self.resync);
                let priority = collection.priority();
                let reason = collection.poll_reason(now, self.poll)?;
                Some((name.clone(), reason, priority))
            })
            .collect();
        stream::iter(due)
            .for_each_concurrent(
                MAX_CONCURRENT_LISTS,
                |(name, reason, priority)| async move {
                    self.poll_collection(&name, reason, priority).await;
                },
            )
            .await;
    }

    async fn poll_collection(&self, collection: &str, reason: PollReason, priority: Priority) {
        let began = Instant::now();
        if self.kind.api.list_name.is_none() {
            return self.with_collection(collection, |tracked| {
                tracked.read_each(&reason, began, self.resync);
            });
        }
        let wanted = match &reason {
            PollReason::Initial | PollReason::Resync => None,
            PollReason::Deployment(ids) => Some(ids),
        };
        let list = self.list(collection, wanted, priority).await;
        let mut collections = self.collections.lock();
        let Some(tracked) = collections.get_mut(collection) else {
            return;
        };
        match (list, &reason) {
            (Ok(list), PollReason::Initial) => tracked.record_initial(list, began, self.resync),
            (Ok(list), _) => tracked.compare(&list, began, self.resync),
            (Err(error), PollReason::Initial) if is_transient(&error) => {
                tracked.initial.record_failure(Arc::new(error));
            }
            (Err(error), _) if is_transient(&error) => {
                tracing::debug!(kind = self.kind.kind, collection, %error, "the list cannot be read now");
                tracked.postpone(began + self.poll, error, self.resync);
            }
            (Err(error), _) => {
                tracing::warn!(kind = self.kind.kind, collection, %error, "cannot list the resources; reading each one instead");
                tracked.read_each(&reason, began, self.resync);
            }
        }
    }

    /// Lists a collection, until all pages are read or all wanted ids are found.
    async fn list(
        &self,
        collection: &str,
        wanted: Option<&HashSet<String>>,
        priority: Priority,
    ) -> Result<ListResult, CloudFrontError> {
        let mut list = ListResult::default();
        let awaited = self.with_collection(collection, |tracked| tracked.waiting.values());
        let mut pages = self.reader.pages(collection, priority);
        while let Some(page) = pages.next().await? {
            list.pages += 1;
            for item in page.items() {
                if let Some(id) = item.text_of("Id") {
                    let revision = RemoteRevision::from_list_item(self.kind.api, item);
                    list.revisions.insert(id.to_owned(), revision);
                    list.add_holder(self.kind, id, item, &awaited);
                }
            }
            if wanted.is_some_and(|ids| ids.iter().all(|id| list.revisions.contains_key(id))) {
                list.is_complete = pages.is_at_end();
                return Ok(list);
            }
        }
        list.is_complete = true;
        Ok(list)
    }

    /// Calls a function with a collection, which is added if it is not polled yet.
    fn with_collection<R>(
        &self,
        name: &str,
        function: impl FnOnce(&mut TrackedCollection) -> R,
    ) -> R {
        let mut collections = self.collections.lock();
        let collection = collections.entry(name.to_owned()).or_insert_with(|| {
            let now = Instant::now();
            let mut added = TrackedCollection::new(self.kind.api.lifecycle, now, self.resync);
            if self.kind.api.list_name.is_none() {
                added.read_each(&PollReason::Resync, now, self.resync);
            }
            added
        });
        function(collection)
    }
}

/// Whether a later attempt can succeed without a change by a user.
fn is_transient(error: &CloudFrontError) -> bool {
    matches!(
        error.class(),
        ErrorClass::Throttled
            | ErrorClass::Unreachable
            | ErrorClass::InvalidResponse
            | ErrorClass::NotLeader
            | ErrorClass::Conflict
    )
}
