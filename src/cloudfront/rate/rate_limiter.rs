//! A rate limiter that adapts to throttling, with a fair queue.
//!
//! CloudFront documents no rate, throttles per account, and sends no `Retry-After`. So the rate is a setting that decreases on throttling and
//! recovers by itself (AIMD). The crate `governor` has neither priorities nor a variable rate.

use super::{
    Priority,
    fair_queue::{FairQueue, QueueKey},
    tenant_queue::WakeCallback,
};
use parking_lot::Mutex;
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::time::{Instant, sleep, timeout};

/// The rate does not decrease below this many requests per second, or below the limit if that is lower. AWS's SDKs use the same bound.
const MIN_RATE: f64 = 0.5;

/// The seconds that an increase from zero to the limit takes, and also one from zero to the last throttled rate. So the rate increases slowly
/// where throttling is likely.
const RECOVERY_SECONDS: f64 = 60.0;

/// Throttling of several requests within this time has one cause, and decreases the rate once.
const DECREASE_COOLDOWN: Duration = Duration::from_secs(1);

/// The seconds that the observed rate averages over, so that a burst does not count as a sustained rate.
const OBSERVATION_SECONDS: f64 = 5.0;

/// A reservation is ready when its turn is expected within this time.
pub const WAKE_AHEAD: Duration = Duration::from_secs(4);

/// A token bucket whose waiting requests pass in turns: first the tenants take turns, then each tenant serves edits more often than
/// requests of a lower [`Priority`]. No request waits for ever. Cheap to clone.
///
/// Uses tokio's clock, which tests can pause.
#[derive(Clone, Debug)]
pub struct RateLimiter {
    limit: f64,
    state: Arc<Mutex<LimiterState>>,
}

/// The state of a rate limiter at one moment, for metrics.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RateLimiterSnapshot {
    /// The current rate in requests per second. Infinite without a limit.
    pub rate: f64,
    /// How many requests may pass at once. Infinite without a limit.
    pub tokens: f64,
    /// How many requests wait.
    pub queue_depth: usize,
}

/// A position in the queue of a rate limiter, cancelled on drop. A retry of the request uses the same position again.
#[derive(Debug)]
pub struct Reservation {
    limiter: RateLimiter,
    key: QueueKey,
    created: Instant,
    /// Whether a request has passed, so that the wait of the next one starts at its call.
    is_used: AtomicBool,
    /// The wait of a turn that is taken, and that no request has used yet.
    taken: Mutex<Option<Duration>>,
}

/// The result of a bounded wait for a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// The next request may pass at once.
    Taken,
    /// The turn came, and was not taken, since the request is no longer needed.
    Refused,
    /// The turn did not come in time.
    NotYet,
}

#[derive(Debug)]
struct LimiterState {
    rate: f64,
    /// The rate at the last decrease.
    last_throttled_rate: f64,
    tokens: f64,
    refilled_at: Instant,
    /// The average of requests per second when the last one passed.
    observed_rate: f64,
    last_sent: Instant,
    last_decrease: Option<Instant>,
    queue: FairQueue,
}

/// Keeps a reservation among the waiting ones until dropped.
struct WaitGuard<'a>(&'a Reservation);

enum Admission {
    Granted,
    Refused,
    WaitForTokens(Duration),
    WaitInQueue,
}

impl RateLimiter {
    /// Builds a rate limiter with a burst of one second's requests, at least one. Zero, a negative rate, or NaN means no limit.
    pub fn new(per_second: f64) -> Self {
        let limit = if per_second > 0.0 {
            per_second
        } else {
            f64::INFINITY
        };
        Self {
            limit,
            state: Arc::new(Mutex::new(LimiterState {
                rate: limit,
                last_throttled_rate: limit,
                tokens: limit.max(1.0),
                refilled_at: Instant::now(),
                observed_rate: 0.0,
                last_sent: Instant::now(),
                last_decrease: None,
                queue: FairQueue::default(),
            })),
        }
    }

    /// Adds a request whose task waits for its turn.
    pub fn enqueue(&self, priority: Priority, tenant: &str) -> Reservation {
        self.insert(priority, tenant, None)
    }

    /// Adds a request whose task does other work until `wake` is called shortly before its turn.
    ///
    /// If the turn is near already, the reservation [is ready](Reservation::is_ready) and `wake` is not called.
    pub fn reserve(
        &self,
        priority: Priority,
        tenant: &str,
        wake: impl FnOnce() + Send + 'static,
    ) -> Reservation {
        self.insert(priority, tenant, Some(Box::new(wake)))
    }

    /// Reacts to a throttled request: halves the rate and drops the burst tokens.
    ///
    /// If the observed rate is lower than the current one, half of the observed rate counts, but at least a quarter of the current rate.
    /// Without an observed rate, the current one counts.
    pub fn on_throttled(&self) {
        self.decrease(&mut self.state.lock());
    }

    /// Reacts to a throttled request of another rate limiter for the same account, to which this one's requests contributed.
    pub fn on_sibling_throttled(&self) {
        let mut state = self.state.lock();
        if state.current_observed_rate() > MIN_RATE {
            self.decrease(&mut state);
        }
    }

    /// Returns the current rate, tokens and queue depth.
    pub fn snapshot(&self) -> RateLimiterSnapshot {
        let mut state = self.state.lock();
        self.refill(&mut state);
        RateLimiterSnapshot {
            rate: state.rate,
            tokens: state.tokens.max(0.0),
            queue_depth: state.queue.len(),
        }
    }

    fn insert(&self, priority: Priority, tenant: &str, wake: Option<WakeCallback>) -> Reservation {
        let mut state = self.state.lock();
        self.refill(&mut state);
        let tenant = tenant.into();
        let key = state.queue.insert(priority, &tenant, wake);
        Reservation {
            limiter: self.clone(),
            key,
            created: Instant::now(),
            is_used: AtomicBool::new(false),
            taken: Mutex::new(None),
        }
    }

    fn try_acquire(&self, reservation: &Reservation, is_needed: impl Fn() -> bool) -> Admission {
        let mut state = self.state.lock();
        self.refill(&mut state);
        if !state.queue.is_first(&reservation.key) {
            Admission::WaitInQueue
        } else if state.tokens >= 1.0 && !is_needed() {
            Admission::Refused
        } else if state.tokens >= 1.0 {
            state.tokens -= 1.0;
            state.queue.wake_ahead -= 1.0;
            state.observed_rate = state.current_observed_rate() + 1.0 / OBSERVATION_SECONDS;
            state.last_sent = Instant::now();
            state.queue.dispatched(&reservation.key);
            Admission::Granted
        } else {
            // The extra millisecond prevents a busy loop after rounding.
            let missing = (1.0 - state.tokens) / state.rate + 0.001;
            // A rate close to zero exceeds the longest duration.
            let wait = Duration::try_from_secs_f64(missing).unwrap_or(Duration::MAX);
            Admission::WaitForTokens(wait)
        }
    }

    /// Decreases the rate, once for throttled requests that are close together.
    fn decrease(&self, state: &mut LimiterState) {
        self.refill(state);
        let now = Instant::now();
        let in_cooldown = state
            .last_decrease
            .is_some_and(|last| now - last < DECREASE_COOLDOWN);
        if self.limit.is_finite() && !in_cooldown {
            let observed = state.current_observed_rate();
            state.last_throttled_rate = if observed > MIN_RATE {
                observed.clamp(state.rate / 2.0, state.rate)
            } else {
                state.rate
            };
            state.rate = (state.last_throttled_rate / 2.0).max(MIN_RATE.min(self.limit));
            state.tokens = state.tokens.min(0.0);
            state.last_decrease = Some(now);
        }
    }

    /// Adds the tokens and the increase of the rate since the last call.
    fn refill(&self, state: &mut LimiterState) {
        let now = Instant::now();
        let seconds = (now - state.refilled_at).as_secs_f64();
        state.refilled_at = now;
        if self.limit.is_finite() {
            let slope = state.last_throttled_rate / RECOVERY_SECONDS;
            let below = state.last_throttled_rate - state.rate;
            let slow_seconds = (below / slope).clamp(0.0, seconds);
            self.increase(state, slope, slow_seconds);
            self.increase(state, self.limit / RECOVERY_SECONDS, seconds - slow_seconds);
        }
        state.queue.wake_ahead = state.tokens + WAKE_AHEAD.as_secs_f64() * state.rate;
    }

    fn increase(&self, state: &mut LimiterState, slope: f64, seconds: f64) {
        let before = state.rate;
        state.rate = self.limit.min(before + slope * seconds);
        let gained = f64::midpoint(before, state.rate) * seconds;
        state.tokens = self.limit.max(1.0).min(state.tokens + gained);
    }
}

impl LimiterState {
    /// Returns the observed rate, which decays while no request passes.
    fn current_observed_rate(&self) -> f64 {
        let idle = self.last_sent.elapsed().as_secs_f64();
        self.observed_rate * (-idle / OBSERVATION_SECONDS).exp()
    }

    /// Returns the time until the turn of the first request is near.
    fn until_near(&self) -> Duration {
        let seconds = (1.0 - self.tokens) / self.rate - WAKE_AHEAD.as_secs_f64();
        Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(WAKE_AHEAD)
    }
}

impl Reservation {
    /// Waits until the request may pass, and returns the duration of the wait. Dropping the future lets the next request pass.
    pub async fn acquire(&self) -> Duration {
        if let Some(waited) = self.taken.lock().take() {
            return waited;
        }
        let since = self.waits_since();
        let _ = self.wait_for_turn(&|| true).await;
        since.elapsed()
    }

    /// Waits for the turn of the next request, at most this long. `is_needed` is asked when the turn comes. A turn that is taken and not
    /// used returns to the limiter on drop.
    pub async fn acquire_within(&self, longest: Duration, is_needed: impl Fn() -> bool) -> Turn {
        let since = self.waits_since();
        match timeout(longest, self.wait_for_turn(&is_needed)).await {
            Ok(true) => {
                *self.taken.lock() = Some(since.elapsed());
                Turn::Taken
            }
            Ok(false) => Turn::Refused,
            Err(_) => Turn::NotYet,
        }
    }

    /// Waits for the turn. Returns whether it was taken.
    async fn wait_for_turn(&self, is_needed: &impl Fn() -> bool) -> bool {
        let notify = self.limiter.state.lock().queue.wait(&self.key);
        let _guard = WaitGuard(self);
        loop {
            match self.limiter.try_acquire(self, is_needed) {
                Admission::Granted => return true,
                Admission::Refused => return false,
                Admission::WaitInQueue => notify.notified().await,
                // An early notification means that the queue has changed: try again in either case.
                Admission::WaitForTokens(wait) => drop(timeout(wait, notify.notified()).await),
            }
        }
    }

    /// Keeps the position while the task does other work, until `wake` is called shortly before the turn.
    ///
    /// Other requests that pass or leave wake the next one. If no other is ahead, none may come, so a timer does it.
    pub fn park(&self, wake: impl FnOnce() + Send + 'static) {
        let state = Arc::clone(&self.limiter.state);
        let delay = {
            let mut state = state.lock();
            self.limiter.refill(&mut state);
            state.queue.park(&self.key, Box::new(wake));
            if state.queue.position(&self.key) > 0 {
                return;
            }
            state.until_near()
        };
        if delay.is_zero() {
            return state.lock().queue.wake_next();
        }
        tokio::spawn(async move {
            sleep(delay).await;
            state.lock().queue.wake_next();
        });
    }

    /// Returns the priority that was reserved.
    pub fn priority(&self) -> Priority {
        self.key.priority
    }

    /// Returns whether the task may wait for the turn: the turn is near, or was near when `wake` was called.
    pub fn is_ready(&self) -> bool {
        !self.limiter.state.lock().queue.is_parked(&self.key)
    }

    /// Returns whether a retry of the request would pass soon.
    pub fn is_near(&self) -> bool {
        let mut state = self.limiter.state.lock();
        self.limiter.refill(&mut state);
        state.queue.is_near(&self.key)
    }

    /// Returns how many requests are ahead.
    pub fn position(&self) -> usize {
        self.limiter.state.lock().queue.position(&self.key)
    }

    fn waits_since(&self) -> Instant {
        if self.is_used.swap(true, Ordering::Relaxed) {
            Instant::now()
        } else {
            self.created
        }
    }
}

impl Drop for WaitGuard<'_> {
    fn drop(&mut self) {
        let reservation = self.0;
        let mut state = reservation.limiter.state.lock();
        state.queue.remove(&reservation.key);
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        let mut state = self.limiter.state.lock();
        if self.taken.lock().take().is_some() {
            state.tokens += 1.0;
        }
        state.queue.remove(&self.key);
    }
}
