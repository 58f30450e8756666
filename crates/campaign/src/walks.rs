//! Random walks, each named by its seed, for as long as there is time.

use crate::{
    campaign::{Campaign, Report},
    harness::RunError,
    plan::Plan,
    scenario::walk_name,
};
use cloudfront_operator::operator::kinds;
use std::time::{Duration, Instant};

/// The walks that are run together.
const BATCH: u64 = 16;

impl Campaign {
    /// Runs walks of all kinds with seeds from this one on, until the time is over. Every second walk has two replicas, and every second one the
    /// finalizer policy.
    pub fn walks(&self, first: u64, duration: Duration) -> Result<Report, RunError> {
        let begun = Instant::now();
        let mut report = Report::default();
        let mut seed = first;
        while report.plans == 0 || begun.elapsed() < duration {
            let plans: Vec<Plan> = (seed..seed + BATCH).map(walk_plan).collect();
            report.add(self.execute(&plans)?);
            seed += BATCH;
        }
        Ok(report)
    }
}

/// Returns the plan of a walk.
fn walk_plan(seed: u64) -> Plan {
    let kinds = kinds();
    let position = usize::try_from(seed).unwrap_or_default() % kinds.len();
    Plan {
        quiet_periods: 1,
        replicas: if (seed / 8).is_multiple_of(2) { 1 } else { 2 },
        has_finalizer_policy: !(seed / 4).is_multiple_of(2),
        ..Plan::without_faults(&walk_name(kinds[position].kind, seed), seed)
    }
}
