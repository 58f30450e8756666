//! Defects that the checker must find. Each is put into the history of a run that violates nothing.

mod conditions;
mod requests;
mod resources;

use crate::{
    check::{Reference, check},
    harness::{RunError, run},
    history::{Event, History, Resource, What},
    plan::Plan,
    scenario::Scenario,
};
use serde_json::Value;
use std::sync::Arc;

/// A defect in a history.
#[derive(Clone, Copy, Debug)]
pub struct SeededDefect {
    /// What is wrong.
    pub name: &'static str,
    /// The invariants that it violates. None: it only looks like a defect.
    pub violates: &'static [&'static str],
    /// The scenario of the run.
    scenario: &'static str,
    /// Puts the defect into the history of the run. `None`: the history has no place for it.
    insert: fn(&mut History) -> Option<()>,
}

/// Returns all defects.
pub fn seeded_defects() -> Vec<SeededDefect> {
    let all = [resources::DEFECTS, requests::DEFECTS, conditions::DEFECTS];
    all.concat()
}

impl SeededDefect {
    /// Returns whether the checker finds the defect: each invariant that it violates, or none.
    pub fn is_found(&self, scenarios: &[Scenario]) -> Result<bool, RunError> {
        let Some(scenario) = scenarios.iter().find(|it| it.name == self.scenario) else {
            return Ok(false);
        };
        let plan = Plan {
            quiet_periods: 1,
            ..Plan::without_faults(self.scenario, 1)
        };
        let mut run = run(scenario, &plan)?;
        let mut reference = Reference::default();
        reference.add(scenario, &run);
        if (self.insert)(&mut run.history).is_none() {
            return Ok(false);
        }
        let found = check(&run.history, scenario, &reference);
        let mut violated = self.violates.iter();
        Ok(if self.violates.is_empty() {
            found.is_empty()
        } else {
            violated.all(|violated| found.iter().any(|it| it.invariant == *violated))
        })
    }
}

const CREATED: &str = "OriginAccessIdentity: create";
const EDITED: &str = "OriginAccessIdentity: edit";
const CREATE: &str = "CreateCloudFrontOriginAccessIdentity";

/// The uid of an object that no run has.
const OTHER: &str = "00000000-0000-4000-8000-00000000ffff";

/// Adds an event at the end.
fn push(history: &mut History, what: What) -> Option<()> {
    let at = history.events.last()?.at;
    history.events.push(Event { at, what });
    Some(())
}

/// Returns the position of the first request to CloudFront with this operation.
fn position(history: &History, operation: &str) -> Option<usize> {
    let mut journal = history.journal();
    let found = journal.find(|(_, entry)| entry.operation == operation);
    found.map(|(at, _)| at)
}

/// Adds a state of CloudFront at the end in which the last one is changed.
fn with_later_resources(
    history: &mut History,
    change: impl Fn(&mut Vec<Resource>) -> Option<()>,
) -> Option<()> {
    let mut resources = history.last_resources().to_vec();
    change(&mut resources)?;
    push(history, What::Resources(resources.into()))
}

/// Adds a version at the end in which the last status is changed.
fn with_later_status(history: &mut History, change: impl Fn(&mut Value)) -> Option<()> {
    let (_, last) = history.versions().last()?;
    let mut version = last.clone();
    change(&mut Arc::make_mut(&mut version.object)["status"]);
    push(history, What::Version(version))
}

/// Changes the objects of all versions.
fn change_objects(history: &mut History, change: impl Fn(&mut Value)) {
    for event in &mut history.events {
        if let What::Version(version) = &mut event.what {
            change(Arc::make_mut(&mut version.object));
        }
    }
}
