//! The program around the engine: options, kinds, leadership, probes, metrics, logs.

mod cli;
mod commands;
pub mod crds;
mod doctor;
mod http;
pub mod iam;
mod leader_election;
mod registry;
mod run;
mod telemetry;

pub use cli::options;
pub use commands::execute;
pub use registry::{Entry, kinds};
pub use run::Error;
pub use telemetry::metrics;
