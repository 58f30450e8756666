//! The build and release files, checked by the tools for their formats.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "clippy does not recognize helpers of tests as tests"
)]

mod supply {
    mod dependencies;
    mod image;
    mod release;
    mod terraform;
    mod tool;
    mod workflows;
}
