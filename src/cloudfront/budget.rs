//! How many calls a second, and whose turn it is.
//!
//! CloudFront documents no rate, throttles per account, and sends no `Retry-After`: so the rate is a setting that falls when CloudFront
//! complains and recovers by itself. The crate `governor` has neither priorities nor a rate that moves.

use super::Priority;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    sync::Notify,
    time::{Instant, timeout},
};

/// The rate never falls below this many calls a second, or below its ceiling if that is lower. AWS's SDKs stop there too.
const FLOOR: f64 = 0.5;
/// From nothing to the ceiling takes this many seconds.
const RECOVERY: f64 = 60.0;
/// Complaints that come this close together are about one burst, and count once.
const ONE_BURST: Duration = Duration::from_secs(1);

/// A token bucket whose waiting callers are served by [`Priority`], and first come first served within one.
///
/// Dropping the future of [`Budget::turn`] gives the turn away. Time is tokio's, so that tests can hold it still.
#[derive(Debug)]
pub struct Budget {
    ceiling: f64,
    state: Mutex<State>,
}

/// What a budget looks like at one moment, for metrics.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Snapshot {
    /// Calls a second at present; infinite when there is no limit.
    pub rate: f64,
    /// How many calls could be sent at once; infinite when there is no limit.
    pub left: f64,
    /// How many callers wait.
    pub waiting: usize,
}

#[derive(Debug)]
struct State {
    rate: f64,
    tokens: f64,
    counted: Instant,
    cut: Option<Instant>,
    arrivals: u64,
    queue: BTreeMap<(Priority, u64), Arc<Notify>>,
}

/// A place in the queue, given up on drop.
struct Place<'a> {
    budget: &'a Budget,
    key: (Priority, u64),
    called: Arc<Notify>,
}

enum Verdict {
    Go,
    Sleep(Duration),
    Behind,
}

impl Budget {
    /// A budget of so many calls a second, with a burst of one second's worth, at least one call. Zero, less, or not a number: no limit.
    pub fn new(per_second: f64) -> Self {
        let ceiling = if per_second > 0.0 {
            per_second
        } else {
            f64::INFINITY
        };
        Self {
            ceiling,
            state: Mutex::new(State {
                rate: ceiling,
                tokens: ceiling.max(1.0),
                counted: Instant::now(),
                cut: None,
                arrivals: 0,
                queue: BTreeMap::new(),
            }),
        }
    }

    /// Waits for this caller's turn, and says how long that took.
    pub async fn turn(&self, priority: Priority) -> Duration {
        let arrived = Instant::now();
        let place = self.join(priority);
        loop {
            match self.ask(&place) {
                Verdict::Go => return arrived.elapsed(),
                Verdict::Behind => place.called.notified().await,
                // Called early means that somebody changed the queue: either way, ask again.
                Verdict::Sleep(wait) => drop(timeout(wait, place.called.notified()).await),
            }
        }
    }

    /// CloudFront complained: half the rate, and no burst.
    pub fn throttled(&self) {
        let mut state = self.lock();
        self.count(&mut state);
        let now = Instant::now();
        let same = state.cut.is_some_and(|cut| now - cut < ONE_BURST);
        if self.ceiling.is_finite() && !same {
            state.rate = (state.rate / 2.0).max(FLOOR.min(self.ceiling));
            state.tokens = state.tokens.min(0.0);
            state.cut = Some(now);
        }
    }

    /// The present rate and queue.
    pub fn snapshot(&self) -> Snapshot {
        let mut state = self.lock();
        self.count(&mut state);
        Snapshot {
            rate: state.rate,
            left: state.tokens.max(0.0),
            waiting: state.queue.len(),
        }
    }

    fn join(&self, priority: Priority) -> Place<'_> {
        let mut state = self.lock();
        state.arrivals += 1;
        let key = (priority, state.arrivals);
        let called = Arc::new(Notify::new());
        state.queue.insert(key, Arc::clone(&called));
        Place {
            budget: self,
            key,
            called,
        }
    }

    fn ask(&self, place: &Place<'_>) -> Verdict {
        let mut state = self.lock();
        self.count(&mut state);
        if state.queue.keys().next() != Some(&place.key) {
            Verdict::Behind
        } else if state.tokens >= 1.0 {
            state.tokens -= 1.0;
            Verdict::Go
        } else {
            // A millisecond more than needed, so that rounding never makes this a busy loop.
            let missing = (1.0 - state.tokens) / state.rate + 0.001;
            Verdict::Sleep(Duration::from_secs_f64(missing))
        }
    }

    /// Adds what the time since the last count has brought.
    fn count(&self, state: &mut State) {
        let now = Instant::now();
        let seconds = (now - state.counted).as_secs_f64();
        state.counted = now;
        if self.ceiling.is_finite() {
            let before = state.rate;
            state.rate = self.ceiling.min(before + self.ceiling / RECOVERY * seconds);
            let gained = f64::midpoint(before, state.rate) * seconds;
            state.tokens = self.ceiling.max(1.0).min(state.tokens + gained);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut state = self.budget.lock();
        state.queue.remove(&self.key);
        if let Some((_, next)) = state.queue.first_key_value() {
            next.notify_one();
        }
    }
}
