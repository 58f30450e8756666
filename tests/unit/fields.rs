//! Every field reaches CloudFront and returns to its default. Each leaf of each kind's schema is tested with the operator's code and the
//! simulator. The tables are data: see `fields/README.md`.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "clippy does not know that helpers of tests are tests"
)]

#[path = "../support/kind_folder.rs"]
mod kind_folder;

mod fields {
    mod absent_default;
    mod admission;
    mod bad_manifests;
    mod bad_values;
    mod combinations;
    mod completeness;
    mod dry_run;
    mod each_leaf;
    mod flat_config;
    mod harness;
    mod ignored_leaf;
    mod immutable;
    mod leaf_case;
    mod leaf_lifecycle;
    mod list_lifecycle;
    mod managed_policies;
    mod offline_schema;
    mod one_shot;
    mod referenced;
    mod restrictions;
    mod rule_breakers;
    mod schema;
    mod spec_edit;
    mod tables;
}
