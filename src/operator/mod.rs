//! The program around the engine: command line, kinds, leader election, probes, metrics, logs and traces.

mod cli;
mod commands;
mod doctor;
mod http;
pub mod iam;
mod leader_election;
mod outage_events;
mod registry;
mod role_bindings;
mod run;
mod shell_integration;
mod shutdown;
mod telemetry;

pub use cli::options::{Cli, Command, RunArgs};
pub use commands::execute;
pub use leader_election::LeaderElector;
pub use registry::{cluster_crds, crd_as_yaml, crds, crds_as_yaml, kind, kind_names, kinds};
pub use run::Error;
pub use shutdown::Shutdown;
pub use telemetry::metrics;
