//! The `cloudfront` layer against loopback servers that answer whatever a test asks for, hostile things included.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests are tests"
)]

mod cloudfront {
    mod answers;
    mod bounds;
    mod budgets;
    mod child;
    mod credentials;
    mod endpoints;
    mod errors;
    mod recorded;
    mod requests;
    mod retries;
    mod secrets;
    mod server;
    mod signatures;
    mod spoilt;
    mod trust;
}
