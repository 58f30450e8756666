//! The loads, one file each.

mod burst;
mod drift;
mod edits;
mod growth;
mod invalidations;
mod phases;
mod takeover;
mod throttle;

use crate::{Outcome, bench::Bench};
use clap::ValueEnum;

/// What can be measured.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Workload {
    /// Calls and writes for each distribution: create, edit, rest, restart, delete
    Phases,
    /// 50 and 500 objects at once, without a budget, at several latencies
    Burst,
    /// 50 and 500 objects at once, within the default budget
    Budget,
    /// 0, 500, 1,000 and more objects: time, memory, restart and rest at each
    Growth,
    /// One in a hundred changed behind the operator's back
    Drift,
    /// One edit a second, and 160
    Edits,
    /// Many edits waiting for two writes a second
    Throttle,
    /// Invalidations over several distributions
    Invalidations,
    /// Until another replica leads
    Takeover,
}

impl Workload {
    /// All of them, the quick ones first.
    pub(crate) fn all() -> Vec<Self> {
        Self::value_variants().to_vec()
    }

    /// Measures it and prints what came out.
    pub(crate) async fn run(self, bench: &Bench) -> Outcome<()> {
        match self {
            Self::Phases => phases::run(bench).await,
            Self::Burst => burst::without_budget(bench).await,
            Self::Budget => burst::within_budget(bench).await,
            Self::Growth => growth::run(bench).await,
            Self::Drift => drift::run(bench).await,
            Self::Edits => edits::run(bench).await,
            Self::Throttle => throttle::run(bench).await,
            Self::Invalidations => invalidations::run(bench).await,
            Self::Takeover => takeover::run(bench).await,
        }
    }
}
