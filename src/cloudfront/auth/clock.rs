//! The time of signatures, corrected by the server's clock.

use crate::cloudfront::Clock;
use jiff::SignedDuration;
use parking_lot::Mutex;
use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::{Duration, SystemTime},
};

/// AWS tolerates a skew of five minutes, so a smaller correction than this cannot be why it refused a signature.
const MIN_CORRECTION_MS: u64 = 60_000;

/// The time that signatures contain. A node's clock may be wrong, and only the server's `Date` header shows it.
#[derive(Debug, Default)]
pub(in crate::cloudfront) struct SigningClock {
    wall_clock: Clock,
    correction_ms: AtomicI64,
    skew: Mutex<Option<SignedDuration>>,
}

impl SigningClock {
    pub(in crate::cloudfront) fn new(wall_clock: Clock) -> Self {
        Self {
            wall_clock,
            ..Self::default()
        }
    }

    pub(super) fn now(&self) -> SystemTime {
        let correction = self.correction_ms.load(Ordering::Relaxed);
        let amount = Duration::from_millis(correction.unsigned_abs());
        let now = self.wall_clock.now();
        let corrected = if correction < 0 {
            now.checked_sub(amount)
        } else {
            now.checked_add(amount)
        };
        corrected.unwrap_or(now)
    }

    /// Records the skew that a `Date` header shows, without correcting the time.
    pub(super) fn record_skew(&self, date: &str) {
        if let Ok(server) = jiff::fmt::rfc2822::parse(date) {
            let ahead = server.timestamp().as_millisecond() - milliseconds(self.wall_clock.now());
            *self.skew.lock() = Some(SignedDuration::from_millis(ahead));
        }
    }

    /// Returns how far the server's clock was ahead of this machine's in the last response.
    pub(in crate::cloudfront) fn skew(&self) -> Option<SignedDuration> {
        *self.skew.lock()
    }

    /// Returns the time of the server's clock, as the last response showed it. Without a response it is the time of signatures.
    pub(super) fn server_time(&self) -> SystemTime {
        let Some(skew) = self.skew() else {
            return self.now();
        };
        let now = self.wall_clock.now();
        let shifted = if skew.is_negative() {
            now.checked_sub(skew.unsigned_abs())
        } else {
            now.checked_add(skew.unsigned_abs())
        };
        shifted.unwrap_or(now)
    }

    /// Corrects the time by a `Date` header. Returns true if the correction is large enough for a retry to succeed.
    pub(super) fn correct(&self, date: &str) -> bool {
        let Ok(server) = jiff::fmt::rfc2822::parse(date) else {
            return false;
        };
        let before = self.now();
        let ahead = server.timestamp().as_millisecond() - milliseconds(self.wall_clock.now());
        let change = server.timestamp().as_millisecond() - milliseconds(before);
        let is_large = change.unsigned_abs() > MIN_CORRECTION_MS;
        if is_large {
            self.correction_ms.store(ahead, Ordering::Relaxed);
        }
        is_large
    }
}

fn milliseconds(time: SystemTime) -> i64 {
    jiff::Timestamp::try_from(time).map_or(0, jiff::Timestamp::as_millisecond)
}
