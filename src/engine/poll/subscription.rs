//! The subscriptions of objects to changes of their resources.

use crate::engine::{
    api::reference::ObjectKey, poll::list::ListResult, remote::resource::RemoteRevision,
};
use futures::channel::mpsc::UnboundedSender;
use tokio::time::Instant;

/// The subscription of one object to changes of its resource. Other objects may have subscribed to the same resource.
#[derive(Clone, Debug)]
pub(crate) struct Subscription {
    pub(crate) collection: String,
    pub(crate) id: String,
    /// Distinguishes successive subscriptions to one resource.
    pub(super) serial: u64,
}

/// The object that is enqueued when a resource changes.
pub(crate) struct Subscriber {
    pub(crate) object: ObjectKey,
    pub(crate) wake: UnboundedSender<ObjectKey>,
}

/// A tracked resource, as of the last observation of one object.
pub(super) struct TrackedRemote {
    pub(super) revision: RemoteRevision,
    pub(super) observed_at: Instant,
    /// The latest time of the object's next reconciliation, independent of the list.
    pub(super) due: Instant,
    /// Whether the list differs from the observation, so that only a get request is reliable.
    pub(super) is_stale: bool,
    /// Whether a list has shown the resource since the observation.
    pub(super) is_listed: bool,
    pub(super) subscriber: Subscriber,
    pub(super) serial: u64,
}

impl TrackedRemote {
    /// Compares the resource with a list that was begun at this time, and enqueues the object if it differs. Returns whether it does.
    pub(super) fn compare(&mut self, id: &str, list: &ListResult, began: Instant) -> bool {
        if self.observed_at > began {
            return false;
        }
        self.is_listed |= list.revisions.contains_key(id);
        match list.revisions.get(id) {
            Some(listed) if listed == &self.revision => return false,
            Some(listed) if listed.is_deployed && listed.is_same_revision(&self.revision) => {
                self.revision.is_deployed = true;
                self.subscriber.enqueue();
            }
            None if !list.is_complete => return false,
            _ => self.invalidate(),
        }
        true
    }

    /// Enqueues the object, and requires a get request from it.
    pub(super) fn invalidate(&mut self) {
        if !self.is_stale {
            self.is_stale = true;
            self.subscriber.enqueue();
        }
    }
}

impl Subscriber {
    pub(super) fn enqueue(&self) {
        // The receiver is dropped only at shutdown.
        let _ = self.wake.unbounded_send(self.object.clone());
    }
}
