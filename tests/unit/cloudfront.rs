//! The `cloudfront` layer against loopback servers with responses that each test chooses, hostile ones included.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests are tests"
)]

mod cloudfront {
    mod bounds;
    mod child;
    mod credentials;
    mod endpoints;
    mod errors;
    mod fair_queue;
    mod in_process;
    mod malformed;
    mod pagination;
    mod rate_limiter;
    mod recorded;
    mod requests;
    mod responses;
    mod retries;
    mod secrets;
    mod server;
    mod signatures;
    mod trust;
}
