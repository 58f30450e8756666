//! Whether a service works: failures that concern all requests, and the first success after them.

use std::{sync::Arc, time::Duration};
use tokio::{sync::watch, time::Instant};

/// Once an outage has lasted for this long, it is known, and a request is not retried: its caller tries again with growing delays.
const KNOWN_AFTER: Duration = Duration::from_secs(5);

/// A failure that concerns all requests, such as throttling, refused credentials or a broken network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outage {
    /// When the first request failed.
    pub since: Instant,
    /// The error of that request.
    pub cause: String,
}

/// The state of a service, as the last request showed it. Clones share their state.
#[derive(Clone, Debug)]
pub struct Availability(Arc<watch::Sender<Option<Outage>>>);

impl Default for Availability {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(None)))
    }
}

impl Availability {
    /// Records a response of the service. It ends an outage.
    pub fn record_success(&self) {
        self.0.send_if_modified(|outage| outage.take().is_some());
    }

    /// Records a failure that concerns all requests. The first one begins an outage.
    pub fn record_failure(&self, cause: impl FnOnce() -> String) {
        self.0.send_if_modified(|outage| {
            let is_first = outage.is_none();
            outage.get_or_insert_with(|| Outage {
                since: Instant::now(),
                cause: cause(),
            });
            is_first
        });
    }

    /// Returns the present outage.
    pub fn outage(&self) -> Option<Outage> {
        self.0.borrow().clone()
    }

    /// Whether the service has not worked for so long that a retry of a single request is of no use.
    pub(super) fn is_known_outage(&self) -> bool {
        let outage = self.0.borrow();
        let since = outage.as_ref().map(|it| it.since);
        since.is_some_and(|since| since.elapsed() >= KNOWN_AFTER)
    }

    /// Returns a receiver of the beginnings and ends of outages.
    pub fn subscribe(&self) -> watch::Receiver<Option<Outage>> {
        self.0.subscribe()
    }
}
