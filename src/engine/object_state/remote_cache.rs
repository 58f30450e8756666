//! The resource as CloudFront last returned it, and the subscription that reports its changes.

use crate::engine::{
    cache::remote_snapshot::RemoteSnapshot, poll::collection::Subscription,
    remote::resource::Remote,
};

/// A cached observation of the resource.
#[derive(Debug, Default)]
pub(crate) struct RemoteCache {
    snapshot: Option<RemoteSnapshot>,
    subscription: Option<Subscription>,
}

impl RemoteCache {
    /// Returns the snapshot of the resource with this id.
    pub(crate) fn snapshot(&self, id: &str) -> Option<&RemoteSnapshot> {
        self.snapshot.as_ref().filter(|snapshot| snapshot.id == id)
    }

    /// Whether there is a snapshot.
    pub(crate) fn has_snapshot(&self) -> bool {
        self.snapshot.is_some()
    }

    /// Replaces the snapshot. A resource that is too large to be kept has none.
    pub(crate) fn store(&mut self, remote: Option<&Remote>) {
        self.snapshot = remote.and_then(RemoteSnapshot::new);
    }

    /// Drops the snapshot, so that the resource is read again.
    pub(crate) fn invalidate(&mut self) {
        self.snapshot = None;
    }

    /// Returns the subscription to changes of the resource.
    pub(crate) fn subscription(&self) -> Option<&Subscription> {
        self.subscription.as_ref()
    }

    /// Replaces the subscription, and returns the former one.
    pub(crate) fn set_subscription(
        &mut self,
        subscription: Option<Subscription>,
    ) -> Option<Subscription> {
        std::mem::replace(&mut self.subscription, subscription)
    }

    /// Returns the subscription of an object whose state is dropped.
    pub(crate) fn into_subscription(self) -> Option<Subscription> {
        self.subscription
    }
}
