//! The program around the engine: options, kinds, leadership, probes, metrics, logs.

pub mod definitions;
mod doctor;
mod health;
pub mod iam;
mod leadership;
mod liveness;
pub mod metrics;
pub mod options;
mod program;
mod registry;
mod run;
mod selector;
mod telemetry;
mod traces;
mod values;

pub use program::execute;
pub use registry::{Entry, kinds};
pub use run::Error;
