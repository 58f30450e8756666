//! Runs the playground with a real control plane, and with scripts in place of the programs that it starts.

#![allow(
    clippy::unwrap_used,
    reason = "the lint allows unwrap in test functions, but not in their helpers"
)]

mod archive;
mod machine;
mod once;
mod signals;
mod sources;
