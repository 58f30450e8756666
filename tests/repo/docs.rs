//! The documents say what is so: what they name exists, and nothing that exists is left out.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "clippy does not see that helpers of tests are tests"
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
