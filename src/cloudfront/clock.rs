//! The wall clock, as AWS sees it.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::{Duration, SystemTime},
};

/// A correction smaller than this explains no refusal: AWS tolerates five minutes.
const NOTICEABLE: u64 = 60_000;

/// The time that signatures carry. Nodes with a wrong clock are common enough to correct for; only the server's word can tell.
#[derive(Debug, Default)]
pub(super) struct Clock {
    ahead_ms: AtomicI64,
}

impl Clock {
    pub(super) fn now(&self) -> SystemTime {
        let ahead = self.ahead_ms.load(Ordering::Relaxed);
        let by = Duration::from_millis(ahead.unsigned_abs());
        let now = SystemTime::now();
        let moved = if ahead < 0 {
            now.checked_sub(by)
        } else {
            now.checked_add(by)
        };
        moved.unwrap_or(now)
    }

    /// Follows a `Date` header. True if that moved the clock noticeably, so that asking again is worth while.
    pub(super) fn follow(&self, date: &str) -> bool {
        let Ok(server) = jiff::fmt::rfc2822::parse(date) else {
            return false;
        };
        let before = self.now();
        let ahead = server.timestamp().as_millisecond() - milliseconds(SystemTime::now());
        let moved = server.timestamp().as_millisecond() - milliseconds(before);
        let noticeable = moved.unsigned_abs() > NOTICEABLE;
        if noticeable {
            self.ahead_ms.store(ahead, Ordering::Relaxed);
        }
        noticeable
    }
}

fn milliseconds(time: SystemTime) -> i64 {
    jiff::Timestamp::try_from(time).map_or(0, jiff::Timestamp::as_millisecond)
}
