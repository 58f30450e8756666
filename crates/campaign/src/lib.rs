//! The test harness of the operator on simulated time, and the campaigns that run on it.
//!
//! A run has a model of the Kubernetes API, the CloudFront simulator and the controllers of all kinds in one runtime whose time is
//! paused, so that waits cost nothing. A test can kill the operator at any of its requests. [`check()`] compares the history of a run with
//! what must hold. The real API server is the reference of the model: `tests/api_server.rs` sends the same requests to both.

mod api_server;
mod campaign;
mod check;
mod fault;
mod harness;
mod history;
mod label;
mod objects;
mod pairs;
mod parents;
mod plan;
mod proxy;
pub mod real;
mod resources;
mod scenario;
mod seeded_defects;
mod servers;
mod silent_watches;
mod takeovers;
mod walks;

pub use api_server::{ApiServer, RealApiServer, RecordedRequest};
pub use campaign::{Campaign, Failure, Report, sample, write_failures};
pub use check::{INVARIANTS, Reference, Violation, check, check_scenario};
pub use fault::{CRASHES, Fault, Repetition};
pub use harness::{Run, RunError, run};
pub use history::{Event, History, Resource, Version, What};
pub use label::{Label, Side};
pub use objects::KindResource;
pub use parents::id_of_object;
pub use plan::{Plan, PlannedFault};
pub use proxy::{ApiProxy, Disturbance, RequestLabel, Rule};
pub use resources::{Names, add_created_name, learn_names, resources};
pub use scenario::{Scenario, scenarios};
pub use seeded_defects::{SeededDefect, seeded_defects};
pub use servers::{Comparison, Difference};
pub use silent_watches::Staleness;
