//! Watches that stay open and report nothing, and how long the operator takes to notice a change nevertheless.

use crate::{
    campaign::Campaign,
    fault::{Fault, Repetition},
    harness::{Run, RunError},
    history::{History, What},
    label::Label,
    plan::{Plan, PlannedFault},
};
use cloudfront_operator::operator::kinds;
use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

/// The longest times between a change by the user and the first request for the object, by what was silent.
pub type Staleness = Vec<(String, Duration)>;

impl Campaign {
    /// Runs plans in which the watch of each kind, and those of all kinds, are silent when the user changes an object. Returns the
    /// longest time until the operator noticed, for each kind and for all.
    pub fn silent_watches(&self) -> Result<Staleness, RunError> {
        let kinds: Vec<(String, String)> = kinds()
            .iter()
            .map(|kind| (kind.kind.into(), kind.crd().spec.names.plural))
            .collect();
        let all: Vec<&str> = kinds.iter().map(|(_, plural)| plural.as_str()).collect();
        let mut plans = vec![];
        for (kind, plural) in &kinds {
            let own = self.silent_at_changes(kind, &[plural]);
            plans.extend(own.into_iter().map(|plan| (kind.as_str(), plan)));
            let all = self.silent_at_changes(kind, &all);
            plans.extend(all.into_iter().map(|plan| ("all kinds", plan)));
        }
        let (names, plans): (Vec<&str>, Vec<Plan>) = plans.into_iter().unzip();
        let times = self.measure(&plans, |run| staleness(&run.history))?;
        let mut longest: BTreeMap<&str, Duration> = BTreeMap::new();
        for (name, time) in names.into_iter().zip(times) {
            let before = longest.entry(name).or_default();
            *before = time.max(*before);
        }
        let longest = longest.into_iter();
        Ok(longest.map(|(name, time)| (name.into(), time)).collect())
    }

    /// Returns the plans in which these watches are silent when the user creates, edits or deletes an object of a kind.
    fn silent_at_changes(&self, kind: &str, plurals: &[&str]) -> Vec<Plan> {
        let names = [format!("{kind}: edit"), format!("{kind}: delete")];
        let mut plans = vec![];
        let scenarios = self.traces().filter(|(it, _)| names.contains(&it.name));
        for (scenario, trace) in scenarios {
            for at in changes(&trace.history) {
                let labels = plurals.iter().filter_map(|it| last_watch(trace, it, at));
                let faults: Vec<PlannedFault> = labels.map(silent).collect();
                let plan = self.plan(scenario).with_faults(faults);
                if !plan.faults.is_empty() && !plans.contains(&plan) {
                    plans.push(plan);
                }
            }
        }
        plans
    }
}

fn silent(label: &Label) -> PlannedFault {
    PlannedFault::new(label, Fault::SilentWatch(0), Repetition::Once)
}

/// Returns the positions of the steps in which the user changes an object.
pub(crate) fn changes(history: &History) -> Vec<usize> {
    let events = history.events.iter().enumerate();
    let steps = events.filter_map(|(at, event)| match &event.what {
        What::Step(step) => Some((at, step)),
        _ => None,
    });
    let changes = steps.filter(|(_, step)| step.starts_with("apply") || step.starts_with("delete"));
    changes.map(|(at, _)| at).collect()
}

/// Returns the watch of a kind that is open at a point of a run.
fn last_watch<'a>(run: &'a Run, plural: &str, at: usize) -> Option<&'a Label> {
    let operation = format!("watch {plural}");
    let requests = run.history.requests();
    let before = requests.take_while(|(position, _)| *position < at);
    let watches = before.filter(|(_, label)| label.operation == operation);
    watches.last().map(|(_, label)| label)
}

/// Returns the longest time between a change by the user and the next request for the object.
fn staleness(history: &History) -> Duration {
    let mut generations: HashMap<&str, (u64, bool)> = HashMap::new();
    let mut unnoticed: HashMap<String, Duration> = HashMap::new();
    let mut longest = Duration::ZERO;
    for event in &history.events {
        match &event.what {
            What::Version(version) if version.is_removed => {
                unnoticed.remove(&version.name());
            }
            What::Version(version) => {
                let is_deleting = version.object["metadata"]["deletionTimestamp"].is_string();
                let now = (version.generation(), is_deleting);
                if generations.insert(version.uid(), now) != Some(now) {
                    unnoticed.entry(version.name()).or_insert(event.at);
                }
            }
            What::Request(label) => {
                if let Some(since) = unnoticed.remove(&label.object) {
                    longest = longest.max(event.at.saturating_sub(since));
                }
            }
            _ => {}
        }
    }
    let end = history.events.last().map_or(Duration::ZERO, |it| it.at);
    let never = unnoticed
        .values()
        .map(|since| end.saturating_sub(*since))
        .max();
    longest.max(never.unwrap_or_default())
}
