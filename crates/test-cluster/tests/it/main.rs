//! Tests of the crate with real control planes, and with scripts in place of the programs that it runs.

#![allow(
    clippy::unwrap_used,
    reason = "the lint allows unwrap in test functions, but not in their helpers"
)]

mod build;
mod download;
mod existing;
mod lifecycle;
mod lookup;
mod signals;
mod support;
mod tools;
