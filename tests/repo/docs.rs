//! The documentation matches the code: what it names exists, and nothing is missing from it.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "clippy does not recognize helpers of tests as tests"
)]

mod docs {
    mod book;
    mod errors;
    mod links;
    mod methods;
    mod operations;
    mod page;
    mod reasons;
}
