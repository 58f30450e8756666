//! The rate limiter, and the fair queue of the requests that wait for it.

mod fair_queue;
mod priority;
mod rate_limiter;
mod tenant_queue;

pub use priority::Priority;
pub use rate_limiter::{RateLimiter, RateLimiterSnapshot, Reservation, Turn, WAKE_AHEAD};
