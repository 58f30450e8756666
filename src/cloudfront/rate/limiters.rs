//! The rate limiters of one service.

use super::{RateLimiter, RateLimiterSnapshot};

/// A rate limiter for reads and one for writes. CloudFront throttles both if the rate of one is exceeded.
#[derive(Debug)]
pub(in crate::cloudfront) struct RateLimiters {
    pub(in crate::cloudfront) reads: RateLimiter,
    pub(in crate::cloudfront) writes: RateLimiter,
}

/// The state of both rate limiters at one moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RateLimiterSnapshots {
    /// The rate limiter for reads.
    pub reads: RateLimiterSnapshot,
    /// The rate limiter for writes.
    pub writes: RateLimiterSnapshot,
}

impl RateLimiters {
    pub(in crate::cloudfront) fn new(read_qps: f64, write_qps: f64) -> Self {
        Self {
            reads: RateLimiter::new(read_qps),
            writes: RateLimiter::new(write_qps),
        }
    }

    /// Returns the rate limiter of a request.
    pub(in crate::cloudfront) fn of(&self, is_write: bool) -> &RateLimiter {
        if is_write { &self.writes } else { &self.reads }
    }

    /// Decreases the rate of these requests, and prepares the others for it.
    pub(in crate::cloudfront) fn on_throttled(&self, is_write: bool) {
        self.of(is_write).on_throttled();
        self.of(!is_write).on_sibling_throttled();
    }

    pub(in crate::cloudfront) fn snapshots(&self) -> RateLimiterSnapshots {
        RateLimiterSnapshots {
            reads: self.reads.snapshot(),
            writes: self.writes.snapshot(),
        }
    }
}
