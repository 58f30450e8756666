//! The first list of a collection after a start of the operator.

use crate::{
    cloudfront::CloudFrontError,
    engine::{
        poll::{list::ListResult, subscription::Subscriber},
        remote::resource::RemoteRevision,
    },
};
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio::time::Instant;

/// The revisions in the first list. An object whose status names the same revision needs no get request after a start.
#[derive(Default)]
pub(super) struct InitialList {
    /// The objects that wait for the list.
    waiting: Vec<Subscriber>,
    /// The revisions that no object has taken yet.
    unclaimed_revisions: HashMap<String, RemoteRevision>,
    /// When the collection was listed, or the list was denied.
    listed_at: Option<Instant>,
    /// The last transient failure.
    last_failure: Option<(Instant, Arc<CloudFrontError>)>,
}

impl InitialList {
    /// Whether the collection was listed, or the list was denied.
    pub(super) fn is_done(&self) -> bool {
        self.listed_at.is_some()
    }

    /// Returns a transient failure that is more recent than `max_age`.
    pub(super) fn recent_failure(&self, max_age: Duration) -> Option<Arc<CloudFrontError>> {
        let (at, error) = self.last_failure.as_ref()?;
        (at.elapsed() < max_age).then(|| error.clone())
    }

    /// Enqueues an object once the list was read, or has failed.
    pub(super) fn wait(&mut self, object: Subscriber) {
        self.waiting.push(object);
    }

    /// Whether an object waits for the list.
    pub(super) fn is_requested(&self) -> bool {
        !self.waiting.is_empty()
    }

    pub(super) fn record_failure(&mut self, error: Arc<CloudFrontError>) {
        self.last_failure = Some((Instant::now(), error));
        self.enqueue_waiting();
    }

    pub(super) fn record(&mut self, revisions: HashMap<String, RemoteRevision>) {
        self.listed_at = Some(Instant::now());
        self.unclaimed_revisions = revisions;
        self.enqueue_waiting();
    }

    fn enqueue_waiting(&mut self) {
        for object in self.waiting.drain(..) {
            object.enqueue();
        }
    }

    /// Removes and returns the revision of a resource. Revisions that are older than `max_age` are dropped.
    pub(super) fn claim(&mut self, id: &str, max_age: Duration) -> Option<RemoteRevision> {
        if self.listed_at.is_some_and(|at| at.elapsed() > max_age) {
            self.unclaimed_revisions = HashMap::new();
        }
        self.unclaimed_revisions.remove(id)
    }

    /// Updates the unclaimed revisions from a complete list that was begun at this time.
    pub(super) fn refresh(&mut self, list: &ListResult, began: Instant) {
        self.listed_at = self.listed_at.map(|_| began);
        self.unclaimed_revisions
            .retain(|id, _| list.revisions.contains_key(id));
        for (id, revision) in &mut self.unclaimed_revisions {
            revision.clone_from(&list.revisions[id]);
        }
    }
}
