//! The wall clock, as AWS sees it.

use jiff::SignedDuration;
use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, SystemTime},
};

/// A correction smaller than this explains no refusal: AWS tolerates five minutes.
const NOTICEABLE: u64 = 60_000;

/// The time that signatures carry. Nodes with a wrong clock are common enough to correct for; only the server's word can tell.
#[derive(Debug, Default)]
pub(in crate::cloudfront) struct Clock {
    ahead_ms: AtomicI64,
    heard: Mutex<Option<SignedDuration>>,
}

impl Clock {
    pub(in crate::cloudfront) fn now(&self) -> SystemTime {
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

    /// Notes what a `Date` header says, and changes nothing.
    pub(in crate::cloudfront) fn hear(&self, date: &str) {
        if let Ok(server) = jiff::fmt::rfc2822::parse(date) {
            let ahead = server.timestamp().as_millisecond() - milliseconds(SystemTime::now());
            let ahead = Some(SignedDuration::from_millis(ahead));
            *self.heard.lock().unwrap_or_else(PoisonError::into_inner) = ahead;
        }
    }

    /// How far the server's clock was ahead of this machine's when it last said so.
    pub(in crate::cloudfront) fn heard(&self) -> Option<SignedDuration> {
        *self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Follows a `Date` header. True if that moved the clock noticeably, so that asking again is worth while.
    pub(in crate::cloudfront) fn follow(&self, date: &str) -> bool {
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
