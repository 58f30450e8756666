//! The rate limiter, and the fair queue of the requests that wait for it.

mod fair_queue;
mod limiters;
mod priority;
mod rate_limiter;
mod tenant_queue;

pub use limiters::RateLimiterSnapshots;
pub(super) use limiters::RateLimiters;
pub use priority::Priority;
pub use rate_limiter::{RateLimiter, RateLimiterSnapshot, Reservation, Turn, WAKE_AHEAD};
