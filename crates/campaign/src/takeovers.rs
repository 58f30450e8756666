//! Takeovers: one replica leads, then another one, then the first one again. What the user has changed meanwhile, the first one has not
//! seen, because its watches lag.

use crate::{
    campaign::Campaign,
    fault::{Fault, Repetition},
    harness::{Run, RunError},
    history::What,
    label::Label,
    pairs::crashes,
    plan::{Plan, PlannedFault},
    silent_watches::changes,
};
use cloudfront_operator::operator::kinds;

impl Campaign {
    /// Returns plans for each kind in which another replica takes over before the user edits or deletes an object, and is killed at one of
    /// its requests for the object.
    pub fn takeovers(&self) -> Result<Vec<Plan>, RunError> {
        let first: Vec<Plan> = kinds()
            .iter()
            .flat_map(|kind| self.takeovers_before_changes(kind.kind))
            .collect();
        self.pairs(&first, requests_after_change, crashes)
    }

    /// Returns the plans in which another replica takes over at the last request for an object before the user changes it.
    fn takeovers_before_changes(&self, kind: &str) -> Vec<Plan> {
        let names = [format!("{kind}: edit"), format!("{kind}: delete")];
        let scenarios = self.traces().filter(|(it, _)| names.contains(&it.name));
        let plans = scenarios.flat_map(|(scenario, trace)| {
            let changes = changes(&trace.history).into_iter();
            let requests = changes.filter_map(|at| last_request(trace, at));
            requests.map(|label| self.plan(scenario).with_faults(vec![takeover(label)]))
        });
        plans.collect()
    }
}

fn takeover(label: &Label) -> PlannedFault {
    PlannedFault::new(label, Fault::Takeover, Repetition::Once)
}

/// Whether only the leader sends a request like this one.
fn is_for_object(label: &Label) -> bool {
    !label.object.is_empty() && !label.operation.ends_with(" leases")
}

/// Returns the last request for an object before a point of a run.
fn last_request(run: &Run, at: usize) -> Option<&Label> {
    let requests = run.history.requests();
    let before = requests.take_while(|(position, _)| *position < at);
    let labels = before.map(|(_, label)| label);
    labels.filter(|label| is_for_object(label)).last()
}

/// Returns the requests for objects after the first step that follows the takeover.
fn requests_after_change(run: &Run) -> Vec<Label> {
    let events = run.history.events.iter();
    let taken_over = events.skip_while(|event| !matches!(event.what, What::TakenOver));
    let changed = taken_over.skip_while(|event| !matches!(event.what, What::Step(_)));
    let until = changed.take_while(|event| !matches!(event.what, What::Quiet));
    let labels = until.filter_map(|event| match &event.what {
        What::Request(label) if is_for_object(label) => Some(label.clone()),
        _ => None,
    });
    labels.collect()
}
