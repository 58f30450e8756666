//! Compares the kinds' types with AWS's service model. The types have exactly the members of the model, with the same names, types and
//! required fields. The requests that a `ResourceApi` builds are those of the model's operations.
//!
//! `model/extract.py` extracts `model/service_model.json` from the model in botocore 1.44.5 (Apache-2.0).
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "clippy does not know that helpers of tests are tests"
)]

mod model {
    mod conventions;
    mod exceptions;
    mod falsified_rows;
    mod resource_api;
    mod schema;
    mod service_model;
    mod xml;
}
