//! What the API server accepts and refuses, and what it says: each case of `admission/**.yaml` against a real one, by kubectl, as a
//! user meets it.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "clippy does not see that helpers of tests are tests"
)]

mod admission {
    mod apply;
    mod cases;
    mod coverage;
    mod documents;
    mod limits;
    mod offline;
    mod server;
}
