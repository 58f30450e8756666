//! What the crate promises, on real control planes and on fakes of the programs around it.

#![allow(
    clippy::unwrap_used,
    reason = "the lint lets only functions marked as tests fail by unwrap, not their helpers"
)]

mod build;
mod download;
mod existing;
mod lifecycle;
mod lookup;
mod signals;
mod support;
mod tools;
