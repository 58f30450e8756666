//! The kinds' types, held against CloudFront's own model of them: no member is missing and none invented, and each is called,
//! typed and required as there.
//!
//! `model/facts.json` is distilled from the model that botocore 1.44.5 ships (Apache-2.0), by `model/distill.py`.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "clippy does not see that helpers of tests are tests"
)]

mod model {
    mod deliberate;
    mod facts;
    mod schema;
    mod usability;
    mod wire;
}
