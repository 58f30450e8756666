//! What a proxy does with a request.

use super::RequestLabel;
use std::{fmt, sync::Arc, time::Duration};

/// What happens to a request, and to its response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Disturbance {
    /// The connection closes before the API server gets the request.
    CutBefore,
    /// The API server executes the request, and the connection closes before the response.
    CutAfter,
    /// The client gets this status in place of the API server's response. The API server does not get the request.
    Respond {
        /// The status code of HTTP.
        code: u16,
        /// The header `Retry-After`, in seconds.
        retry_after: Option<u64>,
    },
    /// The request reaches the API server later.
    Delay(Duration),
    /// The API server executes the request, and the response waits until [`release`](super::ApiProxy::release).
    Hold,
}

/// A disturbance of the requests that match.
#[derive(Clone)]
pub struct Rule {
    matches: Arc<dyn Fn(&RequestLabel) -> bool + Send + Sync>,
    /// How many requests it applies to.
    pub(super) remaining: usize,
    pub(super) disturbance: Disturbance,
    /// Called when the rule applies: for a cut at the moment of the cut, otherwise before the API server gets the request.
    pub(super) callback: Option<Arc<dyn Fn() + Send + Sync>>,
}

impl Rule {
    /// A rule for the next request that matches.
    pub fn new(
        disturbance: Disturbance,
        matches: impl Fn(&RequestLabel) -> bool + Send + Sync + 'static,
    ) -> Self {
        Self {
            matches: Arc::new(matches),
            remaining: 1,
            disturbance,
            callback: None,
        }
    }

    /// Applies the rule to this many requests.
    #[must_use]
    pub fn times(mut self, count: usize) -> Self {
        self.remaining = count;
        self
    }

    /// Calls a function when the rule applies, for example to kill the client: at the moment of a cut, otherwise before the API server
    /// gets the request.
    #[must_use]
    pub fn then(mut self, callback: impl Fn() + Send + Sync + 'static) -> Self {
        self.callback = Some(Arc::new(callback));
        self
    }

    pub(super) fn applies_to(&self, label: &RequestLabel) -> bool {
        self.remaining > 0 && (self.matches)(label)
    }

    pub(super) fn call_back(&self) {
        if let Some(callback) = &self.callback {
            callback();
        }
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.debug_struct("Rule")
            .field("disturbance", &self.disturbance)
            .field("remaining", &self.remaining)
            .finish_non_exhaustive()
    }
}
