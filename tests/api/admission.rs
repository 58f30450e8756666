//! What the API server accepts and rejects, and its messages. kubectl sends each case of `admission/**.yaml` to a real API server.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "clippy does not know that helpers of tests are tests"
)]

#[path = "../support/kind_folder.rs"]
mod kind_folder;

mod admission {
    mod apply;
    mod coverage;
    mod deletion_protection;
    mod finalizer_policy;
    mod invalidation_policy;
    mod kubectl;
    mod limits;
    mod manifests;
    mod offline;
    mod server;
    mod tables;
}
