//! The rate limiter, and the queue of the requests that wait for it.

mod fair_queue;
mod rate_limiter;

pub use rate_limiter::{RateLimiter, RateLimiterSnapshot, Reservation};
