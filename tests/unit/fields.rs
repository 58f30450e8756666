//! Every field reaches CloudFront, and returns to its default: each leaf of each kind's schema, by the operator's own code, against the
//! simulator over HTTP. The tables are data: see `fields/README.md`.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "clippy does not see that helpers of tests are tests"
)]

mod fields {
    mod admitted;
    mod bench;
    mod complete;
    mod cycle;
    mod edit;
    mod entry;
    mod every;
    mod fixed;
    mod flat;
    mod lists;
    mod once;
    mod random;
    mod schema;
    mod table;
}
