//! Plans: a scenario with faults at some of its requests.

use crate::{
    fault::{Fault, Repetition},
    label::Label,
    scenario::Scenario,
};
use serde::{Deserialize, Serialize};
use std::{
    fs, io,
    ops::Not,
    path::{Path, PathBuf},
};

/// A scenario with faults. A plan that is repeated has the same faults and writes; the order of concurrent requests can differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The name of the scenario, such as `Distribution: edit`.
    pub scenario: String,
    /// The seed of all random delays.
    pub seed: u64,
    /// The resync periods after the last step in which nothing may be written.
    pub quiet_periods: u32,
    /// The processes of the operator at the same time. Several elect a leader.
    #[serde(default = "one_replica", skip_serializing_if = "is_one_replica")]
    pub replicas: u32,
    /// Whether the API server adds the finalizer to new objects, as with the policy of the chart.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub has_finalizer_policy: bool,
    /// The faults.
    pub faults: Vec<PlannedFault>,
}

fn one_replica() -> u32 {
    1
}

// serde passes the value by reference.
#[expect(clippy::trivially_copy_pass_by_ref)]
fn is_one_replica(replicas: &u32) -> bool {
    *replicas == 1
}

/// A fault at a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedFault {
    /// The request.
    #[serde(flatten)]
    pub label: Label,
    /// What happens to it.
    pub fault: Fault,
    /// Whether it happens to later requests as well.
    #[serde(default, skip_serializing_if = "Repetition::is_once")]
    pub repetition: Repetition,
}

impl PlannedFault {
    pub(crate) fn new(label: &Label, fault: Fault, repetition: Repetition) -> Self {
        Self {
            label: label.clone(),
            fault,
            repetition,
        }
    }
}

impl Plan {
    /// Returns the plan of a run without faults.
    pub fn without_faults(scenario: &str, seed: u64) -> Self {
        Self {
            scenario: scenario.into(),
            seed,
            quiet_periods: 10,
            replicas: 1,
            has_finalizer_policy: false,
            faults: vec![],
        }
    }

    /// Returns the same plan for another scenario, with one quiet period.
    pub(crate) fn of(self, scenario: &Scenario) -> Self {
        Self {
            scenario: scenario.name.clone(),
            quiet_periods: 1,
            ..self
        }
    }

    /// Returns the same plan with other faults.
    pub(crate) fn with_faults(self, faults: Vec<PlannedFault>) -> Self {
        Self { faults, ..self }
    }

    /// Whether one of the faults is this one.
    pub(crate) fn has_fault(&self, fault: Fault) -> bool {
        let mut faults = self.faults.iter();
        faults.any(|it| it.fault == fault)
    }

    /// Whether one of the faults is at a request with this operation.
    pub(crate) fn has_fault_at(&self, operation: &str) -> bool {
        let mut faults = self.faults.iter();
        faults.any(|it| it.label.operation == operation)
    }

    /// Whether statuses are refused for minutes.
    pub(crate) fn withholds_statuses(&self) -> bool {
        let mut faults = self.faults.iter();
        faults.any(|it| {
            it.repetition == Repetition::UntilCleared && it.label.operation.ends_with("/status")
        })
    }

    /// Reads a plan from a file that [`Plan::write`] wrote.
    pub fn read(path: &Path) -> io::Result<Self> {
        Ok(serde_json::from_slice(&fs::read(path)?)?)
    }

    /// Writes the plan as a file into a folder, and returns its path.
    pub fn write(&self, folder: &Path, number: usize) -> io::Result<PathBuf> {
        fs::create_dir_all(folder)?;
        let is_kept = |c: char| c.is_ascii_alphanumeric();
        let name = self.scenario.to_lowercase().replace(|c| !is_kept(c), "-");
        let path = folder.join(format!("{name}-{number}.json"));
        fs::write(&path, serde_json::to_vec_pretty(self)?)?;
        Ok(path)
    }
}
