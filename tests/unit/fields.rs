//! Every field reaches CloudFront and returns to its default. Each leaf of each kind's schema is tested with the operator's code and the
//! simulator. The tables are data: see `fields/README.md`.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "clippy does not know that helpers of tests are tests"
)]

mod fields {
    mod absent_default;
    mod admission;
    mod combinations;
    mod completeness;
    mod each_leaf;
    mod flat_config;
    mod harness;
    mod ignored_leaf;
    mod immutable;
    mod leaf_case;
    mod leaf_lifecycle;
    mod list_lifecycle;
    mod one_shot;
    mod restrictions;
    mod schema;
    mod spec_edit;
    mod tables;
}
