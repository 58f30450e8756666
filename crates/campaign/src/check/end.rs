//! I9: a run with faults ends as the run without faults does, with as many changes of resources.

use super::{
    Violation, content::hides_foreign_element, ownership::last_versions, reference::configuration,
    repetition::repetitions_after_stale_reads,
};
use crate::{
    history::{History, Resource, Version, has_created, name_of},
    scenario::Scenario,
};
use cloudfront_simulator::JournalEntry;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The end of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct EndState {
    /// The spec and the conditions of each object, by `Kind/name`.
    objects: BTreeMap<String, String>,
    /// The collection, the owner, the configuration, the tags and the pairs of each resource.
    resources: BTreeSet<String>,
    /// The number of changes by operation.
    writes: BTreeMap<String, usize>,
}

/// What two ends can differ in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Objects,
    Resources,
    Writes,
}

impl EndState {
    pub(crate) fn of(history: &History) -> Self {
        let last = last_versions(history).into_values();
        let (removed, live): (Vec<&Version>, Vec<&Version>) = last.partition(|it| it.is_removed);
        let objects = |versions: Vec<&Version>| -> Vec<Value> {
            let objects = versions.into_iter().map(|it| (*it.object).clone());
            objects.collect()
        };
        let (live, removed) = (objects(live), objects(removed));
        let journal = history.journal().map(|(_, entry)| entry);
        Self::new(&live, &removed, history.last_resources(), journal)
    }

    /// Returns the end with these objects, these resources, and these requests to CloudFront.
    pub(crate) fn new<'a>(
        live: &[Value],
        removed: &[Value],
        resources: &[Resource],
        journal: impl Iterator<Item = &'a JournalEntry>,
    ) -> Self {
        let owner = |resource: &Resource| {
            let mut owners = live.iter().chain(removed);
            let owner = owners.find(|it| has_created(it, &resource.caller_reference));
            owner.map(name_of).unwrap_or_default()
        };
        let resources = resources.iter().map(|resource| {
            let (collection, owner) = (&resource.collection, owner(resource));
            format!(
                "{collection} of {owner}: {} {:?} {:?}",
                resource.config, resource.tags, resource.pairs
            )
        });
        let mut writes: BTreeMap<String, usize> = BTreeMap::new();
        for entry in journal.filter(|it| it.committed) {
            *writes.entry(entry.operation.clone()).or_default() += 1;
        }
        Self {
            objects: live.iter().map(|it| (name_of(it), summary(it))).collect(),
            resources: resources.collect(),
            writes,
        }
    }

    /// Returns the end of a run with faults, in which an update after a stale read counts once with the one that it repeats.
    pub(super) fn with_faults(history: &History) -> Self {
        let mut end = Self::of(history);
        for operation in repetitions_after_stale_reads(history) {
            if let Some(count) = end.writes.get_mut(operation) {
                *count -= 1;
            }
        }
        end
    }

    /// Returns a sentence for each part that differs from the end of another run.
    pub(crate) fn differences(&self, expected: &Self) -> Vec<(Part, String)> {
        let parts = [
            (
                Part::Objects,
                self.objects == expected.objects,
                format!("{:?} instead of {:?}", self.objects, expected.objects),
            ),
            (
                Part::Resources,
                self.resources == expected.resources,
                format!("{:?} instead of {:?}", self.resources, expected.resources),
            ),
            (
                Part::Writes,
                self.writes == expected.writes,
                format!("{:?} instead of {:?}", self.writes, expected.writes),
            ),
        ];
        let differing = parts.into_iter().filter(|(_, is_equal, _)| !is_equal);
        let sentences =
            differing.map(|(part, _, sentence)| (part, format!("{part:?}: {sentence}")));
        sentences.collect()
    }
}

/// Returns the spec, and the type, the status and the reason of each condition.
fn summary(object: &Value) -> String {
    let conditions = object["status"]["conditions"].as_array();
    let conditions = conditions
        .into_iter()
        .flatten()
        .map(|it| format!("{}={} {}", it["type"], it["status"], it["reason"]));
    let conditions: Vec<String> = conditions.collect();
    let mut spec = object["spec"].clone();
    if let Value::Object(fields) = &mut spec {
        // The id of the resource differs between runs.
        fields.remove("adoptId");
    }
    format!("{spec} {}", conditions.join(", "))
}

pub(super) fn check(
    history: &History,
    scenario: &Scenario,
    reference: &super::Reference,
    violations: &mut Vec<Violation>,
) {
    let Some(expected) = reference.end(&scenario.name) else {
        return check_configurations(history, reference, violations);
    };
    for (part, detail) in EndState::with_faults(history).differences(expected) {
        let is_expected = match part {
            Part::Objects => false,
            Part::Resources => hides_foreign_element(history),
            // The number of writes of overlapping steps depends on the time. A change that is hidden is corrected, and then once more.
            Part::Writes => scenario.overlaps || hides_foreign_element(history),
        };
        if !is_expected {
            violations.push(Violation::new("I9", detail));
        }
    }
}

/// Compares the configuration of each resource with that of its object's spec, at the end of a scenario that has no run without faults.
fn check_configurations(
    history: &History,
    reference: &super::Reference,
    violations: &mut Vec<Violation>,
) {
    let last = last_versions(history).into_values();
    for version in last.filter(|it| !it.is_removed) {
        let Some(allowed) = reference.configurations(version) else {
            continue;
        };
        let mut resources = history.last_resources().iter();
        let resource = resources.find(|it| version.id().as_ref() == Some(&it.id));
        let found = resource.map(configuration);
        if !found.as_ref().is_some_and(|it| allowed.contains(it)) {
            let detail = format!("{} ends with {found:?}", version.name());
            violations.push(Violation::new("I9", detail));
        }
    }
}
