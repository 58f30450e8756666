//! Logs, traces and metrics.

pub(super) mod logs;
pub mod metrics;
mod traces;
