//! The resource as CloudFront last returned it, and the subscription that reports its changes.

use crate::engine::{
    cache::remote_snapshot::RemoteSnapshot, poll::subscription::Subscription,
    remote::resource::Remote,
};

/// A cached observation of the resource.
#[derive(Debug, Default)]
pub(crate) struct RemoteCache {
    snapshot: Option<RemoteSnapshot>,
    /// The snapshot that was dropped last, if nothing was read since.
    former: Option<RemoteSnapshot>,
    subscription: Option<Subscription>,
    /// Whether this process has read the resource, or tried to.
    was_read: bool,
}

impl RemoteCache {
    /// Returns the snapshot of the resource with this id.
    pub(crate) fn snapshot(&self, id: &str) -> Option<&RemoteSnapshot> {
        self.snapshot.as_ref().filter(|snapshot| snapshot.id == id)
    }

    /// Whether this process has read the resource, or tried to. From then on no list and no status replaces a read.
    pub(crate) fn was_read(&self) -> bool {
        self.was_read
    }

    /// Records that a read is about to be sent.
    pub(crate) fn record_read(&mut self) {
        self.was_read = true;
        self.invalidate();
    }

    /// Replaces the snapshot. A resource that is too large to be kept has none.
    pub(crate) fn store(&mut self, remote: Option<&Remote>) {
        self.was_read = true;
        self.former = None;
        self.snapshot = remote.and_then(RemoteSnapshot::new);
    }

    /// Drops the snapshot, so that the resource is read again.
    pub(crate) fn invalidate(&mut self) {
        self.former = self.snapshot.take().or(self.former.take());
    }

    /// Drops all that is known of a resource that is not read again.
    pub(crate) fn clear(&mut self) {
        (self.snapshot, self.former) = (None, None);
    }

    /// Returns the resource of the snapshot that was dropped last. Its code need not be read again while its version is the same.
    pub(crate) fn former(&self, id: &str) -> Option<Remote> {
        let former = self.former.as_ref().filter(|it| it.id == id);
        former.and_then(RemoteSnapshot::decode)
    }

    /// Returns the subscription to changes of the resource.
    pub(crate) fn subscription(&self) -> Option<&Subscription> {
        self.subscription.as_ref()
    }

    /// Returns the subscription to changes of the resource with this id.
    pub(crate) fn subscription_to(&self, collection: &str, id: &str) -> Option<&Subscription> {
        let subscription = self.subscription.as_ref();
        subscription.filter(|it| it.collection == collection && it.id == id)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml::Element;

    #[test]
    fn a_dropped_snapshot_is_kept_until_the_next_read_or_until_the_resource_is_not_read_again() {
        let remote = Remote {
            id: "rewrite".into(),
            etag: "E1".into(),
            document: Element::new("FunctionSummary"),
        };
        let mut cache = RemoteCache::default();
        let dropped = |cache: &mut RemoteCache| {
            cache.store(Some(&remote));
            cache.invalidate();
            cache.invalidate();
        };
        dropped(&mut cache);
        assert!(cache.snapshot("rewrite").is_none());
        assert_eq!(cache.former("rewrite").as_ref(), Some(&remote));
        assert_eq!(cache.former("other"), None);
        cache.store(None);
        assert_eq!(cache.former("rewrite"), None);
        dropped(&mut cache);
        cache.clear();
        assert_eq!(cache.former("rewrite"), None);
    }
}
