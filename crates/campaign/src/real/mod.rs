//! Campaigns on the real servers: the shipped program, a real API server behind a proxy, and the simulator over HTTP.

mod api_server_outage;
mod crash_points;
mod environment;
mod life_run;
mod load;
mod overload;
mod replica;
mod replicas;
mod scrapers;
mod verdict;

pub use self::{
    api_server_outage::{Outage, run as run_api_server_outage},
    crash_points::run as run_crash_points,
    environment::Environment,
    overload::{Overload, run as run_overload},
    replicas::{Replicas, run as run_replicas},
    verdict::Verdict,
};

/// What keeps a campaign from running. It says nothing about the operator.
pub type Error = Box<dyn std::error::Error + Send + Sync>;
