//! How many calls a second, and whose turn it is.
//!
//! CloudFront documents no rate, throttles per account, and sends no `Retry-After`: so the rate is a setting that falls when CloudFront
//! complains and recovers by itself. The crate `governor` has neither priorities nor a rate that moves.

use super::fair_queue::{Key, Queue, Wake};
use crate::cloudfront::Priority;
use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::time::{Instant, timeout};

/// The rate never falls below this many calls a second, or below its ceiling if that is lower. AWS's SDKs stop there too.
const FLOOR: f64 = 0.5;
/// From nothing to the ceiling takes this many seconds; and from nothing to the rate of which CloudFront complained last, so that the
/// climb is slow where complaints are to be expected.
const RECOVERY: f64 = 60.0;
/// Complaints that come this close together are about one burst, and count once.
const ONE_BURST: Duration = Duration::from_secs(1);

/// Over so many seconds the present pace is told, so that a burst is not taken for one.
const PACE: f64 = 5.0;

/// A turn is near when it comes within this many seconds.
const NEAR: f64 = 4.0;

/// A token bucket whose waiting callers are served by [`Priority`], within one fairly between tenants, and within a tenant first come
/// first served. Cheap to clone.
///
/// Time is tokio's, so that tests can hold it still.
#[derive(Clone, Debug)]
pub struct RateLimiter {
    ceiling: f64,
    state: Arc<Mutex<State>>,
}

/// What a budget looks like at one moment, for metrics.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RateLimiterSnapshot {
    /// Calls a second at present; infinite when there is no limit.
    pub rate: f64,
    /// How many calls could be sent at once; infinite when there is no limit.
    pub tokens: f64,
    /// How many callers wait.
    pub queue_depth: usize,
}

#[derive(Debug)]
struct State {
    rate: f64,
    /// The rate of which CloudFront complained last.
    knee: f64,
    tokens: f64,
    counted: Instant,
    /// Calls a second of late, as of when the last one was sent.
    pace: f64,
    sent: Instant,
    cut: Option<Instant>,
    queue: Queue,
}

/// A place in a budget's queue, given up on drop. A call that is repeated waits in the same place again.
#[derive(Debug)]
pub struct Reservation {
    budget: RateLimiter,
    tenant: Arc<str>,
    key: Key,
    since: Instant,
    /// Whether a call was made from here, so that waiting begins anew.
    used: AtomicBool,
}

/// Somebody who waits right here, until this is dropped.
struct Waiting<'a>(&'a Reservation);

enum Verdict {
    Go,
    Sleep(Duration),
    Behind,
}

impl RateLimiter {
    /// A budget of so many calls a second, with a burst of one second's worth, at least one call. Zero, less, or not a number: no limit.
    pub fn new(per_second: f64) -> Self {
        let ceiling = if per_second > 0.0 {
            per_second
        } else {
            f64::INFINITY
        };
        Self {
            ceiling,
            state: Arc::new(Mutex::new(State {
                rate: ceiling,
                knee: ceiling,
                tokens: ceiling.max(1.0),
                counted: Instant::now(),
                pace: 0.0,
                sent: Instant::now(),
                cut: None,
                queue: Queue::default(),
            })),
        }
    }

    /// A place to wait in right here.
    pub fn enqueue(&self, priority: Priority, tenant: &str) -> Reservation {
        self.place(priority, tenant, None)
    }

    /// A place for a caller who has better things to do than to wait, and is woken when its turn is near. If that is now, it
    /// [is called](Reservation::is_ready) and not woken.
    pub fn reserve(
        &self,
        priority: Priority,
        tenant: &str,
        wake: impl FnOnce() + Send + 'static,
    ) -> Reservation {
        self.place(priority, tenant, Some(Box::new(wake)))
    }

    /// CloudFront complained of a call: half the rate, or half the pace where that was less, but no less than a quarter of the rate, as
    /// who has just begun has no pace to speak of; and no burst.
    pub fn on_throttled(&self) {
        self.cut(&mut self.lock());
    }

    /// CloudFront complained of a call of another budget of the same account: what was called from here was too much as well.
    pub fn on_sibling_throttled(&self) {
        let mut state = self.lock();
        if state.pace_now() > FLOOR {
            self.cut(&mut state);
        }
    }

    fn cut(&self, state: &mut State) {
        self.count(state);
        let now = Instant::now();
        let same = state.cut.is_some_and(|cut| now - cut < ONE_BURST);
        if self.ceiling.is_finite() && !same {
            let pace = state.pace_now();
            state.knee = if pace > FLOOR {
                pace.clamp(state.rate / 2.0, state.rate)
            } else {
                state.rate
            };
            state.rate = (state.knee / 2.0).max(FLOOR.min(self.ceiling));
            state.tokens = state.tokens.min(0.0);
            state.cut = Some(now);
        }
    }

    /// The present rate and queue.
    pub fn snapshot(&self) -> RateLimiterSnapshot {
        let mut state = self.lock();
        self.count(&mut state);
        RateLimiterSnapshot {
            rate: state.rate,
            tokens: state.tokens.max(0.0),
            queue_depth: state.queue.len(),
        }
    }

    fn place(&self, priority: Priority, tenant: &str, wake: Option<Wake>) -> Reservation {
        let mut state = self.lock();
        self.count(&mut state);
        let tenant = tenant.into();
        let key = state.queue.place(priority, &tenant, wake);
        Reservation {
            budget: self.clone(),
            tenant,
            key,
            since: Instant::now(),
            used: AtomicBool::new(false),
        }
    }

    fn ask(&self, booking: &Reservation) -> Verdict {
        let mut state = self.lock();
        self.count(&mut state);
        if !state.queue.is_first(&booking.key) {
            Verdict::Behind
        } else if state.tokens >= 1.0 {
            state.tokens -= 1.0;
            state.queue.near -= 1.0;
            state.pace = state.pace_now() + 1.0 / PACE;
            state.sent = Instant::now();
            state.queue.served(&booking.key, &booking.tenant);
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
            let slope = state.knee / RECOVERY;
            let slowly = ((state.knee - state.rate) / slope).clamp(0.0, seconds);
            self.climb(state, slope, slowly);
            self.climb(state, self.ceiling / RECOVERY, seconds - slowly);
        }
        state.queue.near = state.tokens + NEAR * state.rate;
    }

    fn climb(&self, state: &mut State, slope: f64, seconds: f64) {
        let before = state.rate;
        state.rate = self.ceiling.min(before + slope * seconds);
        let gained = f64::midpoint(before, state.rate) * seconds;
        state.tokens = self.ceiling.max(1.0).min(state.tokens + gained);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Calls a second of late.
    fn pace_now(&self) -> f64 {
        self.pace * (-self.sent.elapsed().as_secs_f64() / PACE).exp()
    }
}

impl Reservation {
    /// Waits for this place's turn, and says how long that took. Dropping the future gives the turn away.
    pub async fn acquire(&self) -> Duration {
        let since = if self.used.swap(true, Ordering::Relaxed) {
            Instant::now()
        } else {
            self.since
        };
        let called = self.budget.lock().queue.wait(self.key);
        let _waiting = Waiting(self);
        loop {
            match self.budget.ask(self) {
                Verdict::Go => return since.elapsed(),
                Verdict::Behind => called.notified().await,
                // Called early means that somebody changed the queue: either way, ask again.
                Verdict::Sleep(wait) => drop(timeout(wait, called.notified()).await),
            }
        }
    }

    /// Whose turn was booked.
    pub fn priority(&self) -> Priority {
        self.key.priority
    }

    /// Whether the turn is near.
    pub fn is_ready(&self) -> bool {
        !self.budget.lock().queue.is_away(&self.key)
    }

    /// How many calls are ahead.
    pub fn position(&self) -> usize {
        self.budget.lock().queue.ahead(&self.key)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let booking = self.0;
        booking.budget.lock().queue.leave(&booking.key);
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.budget.lock().queue.give_up(&self.key, &self.tenant);
    }
}
