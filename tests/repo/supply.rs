//! How this project is built and shipped, looked at by the tools that know the formats.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "clippy does not see that helpers of tests are tests"
)]

mod supply {
    mod dependencies;
    mod image;
    mod tool;
    mod workflows;
}
