//! What every pass of a kind shares.

use crate::{
    cloudfront,
    engine::{
        cache::{
            cached_object::CachedObject, object_registry::ObjectRegistry,
            reference_index::ReferenceIndex,
        },
        kind::Kind,
        object_state::Memos,
        poll::{
            collection::{ObjectKey, Subscription},
            poller::ListPoller,
        },
        reconcile::summary::Tally,
    },
};
use futures::channel::mpsc::UnboundedSender;
use kube::{
    Resource,
    runtime::{events::Reporter, reflector::Store},
};
use std::{collections::HashSet, sync::Arc, time::Duration};

/// How the engine goes about its work. The same for all kinds.
#[derive(Clone, Debug)]
pub struct EngineConfig {
    /// How old an observation of a settled remote may get. What has no list is looked at after a fifth less or more.
    pub resync_interval: Duration,
    /// How often a remote is looked at while CloudFront is busy with it.
    pub deploy_poll_interval: Duration,
    /// Passes of one kind at once.
    pub concurrency: u16,
    /// Whether nothing at all may be written to CloudFront.
    pub is_read_only: bool,
    /// Label selector of the objects to watch.
    pub selector: Option<String>,
}

/// The connections that all kinds share.
#[derive(Clone)]
pub struct SharedContext {
    /// The Kubernetes API.
    pub kube: kube::Client,
    /// The CloudFront API, behind its budget.
    pub cloudfront: cloudfront::Client,
    /// Every kind's objects.
    pub registry: ObjectRegistry,
    /// In whose name events are written.
    pub reporter: Reporter,
    /// Told of every pass that has ended.
    pub on_reconcile: Arc<dyn Fn(&Tally) + Send + Sync>,
    /// How to go about it.
    pub config: EngineConfig,
}

/// What every pass of one kind shares.
pub(crate) struct Context<K: Kind> {
    pub(crate) shared: SharedContext,
    pub(crate) poller: Arc<ListPoller<K>>,
    /// Wakes an object of this kind.
    pub(crate) wake: UnboundedSender<ObjectKey<K>>,
    pub(crate) memos: Memos<K::ObservedFields>,
    pub(crate) reference_index: ReferenceIndex,
    /// The objects of this kind, as the watch last showed them.
    pub(crate) store: Store<CachedObject<K>>,
}

impl<K: Kind> Context<K> {
    pub(crate) fn new(
        shared: SharedContext,
        poller: Arc<ListPoller<K>>,
        wake: UnboundedSender<ObjectKey<K>>,
        store: Store<CachedObject<K>>,
    ) -> Self {
        Self {
            poller,
            wake,
            memos: Memos::default(),
            reference_index: ReferenceIndex::default(),
            shared,
            store,
        }
    }

    /// Forgets an object that has gone.
    pub(crate) fn forget(&self, uid: &str) {
        self.unsubscribe(self.memos.forget(uid));
    }

    fn unsubscribe(&self, remotes: impl IntoIterator<Item = Subscription>) {
        for remote in remotes {
            self.poller.unsubscribe(&remote);
        }
    }

    /// Forgets the objects that went while nobody watched.
    pub(crate) fn forget_missing(&self) {
        let present: HashSet<String> = self
            .store
            .state()
            .iter()
            .filter_map(|object| object.meta().uid.clone())
            .collect();
        self.unsubscribe(self.memos.keep(&present));
    }

    /// How long whoever queues should leave between two looks at all the others, so that a thousand of them do not look all the time.
    pub(crate) fn queue_recheck_delay(&self) -> Duration {
        let objects = u32::try_from(self.store.len()).unwrap_or(u32::MAX);
        Duration::from_millis(2).saturating_mul(objects)
    }

    /// Why it is not an object's turn yet.
    pub(crate) fn queue_blocker(&self, object: &K) -> Option<String> {
        let own = object.queue_entry();
        let all = self.store.state();
        let tickets: Vec<&K::QueueEntry> = all.iter().map(|it| &it.summary().queue_entry).collect();
        K::queue_blocker(&own, &tickets)
    }
}
