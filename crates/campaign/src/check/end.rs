//! I9: a run with faults ends as the run without faults does, with as many changes of resources.

use super::{Violation, ownership::last_versions, reference::configuration};
use crate::{
    history::{History, is_of},
    scenario::Scenario,
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The end of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct EndState {
    /// The spec and the conditions of each object, by `Kind/name`.
    objects: BTreeMap<String, String>,
    /// The collection, the owner, the configuration and the tags of each resource.
    resources: BTreeSet<String>,
    /// The number of changes by operation.
    writes: BTreeMap<String, usize>,
}

impl EndState {
    pub(super) fn of(history: &History) -> Self {
        let last = last_versions(history);
        let live = last.values().filter(|it| !it.is_removed);
        let objects = live.map(|it| (it.name(), summary(&it.object))).collect();
        let resources = history.last_resources().iter().map(|resource| {
            let owner = last
                .values()
                .find(|it| is_of(it.uid(), &resource.caller_reference));
            let owner = owner.map(|it| it.name()).unwrap_or_default();
            let collection = &resource.collection;
            format!(
                "{collection} of {owner}: {} {:?}",
                resource.config, resource.tags
            )
        });
        let mut writes: BTreeMap<String, usize> = BTreeMap::new();
        for (_, entry) in history.journal().filter(|(_, it)| it.committed) {
            *writes.entry(entry.operation.clone()).or_default() += 1;
        }
        Self {
            objects,
            resources: resources.collect(),
            writes,
        }
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
    let found = EndState::of(history);
    let mut compare = |what: &str, is_equal: bool, found: String, expected: String| {
        if !is_equal {
            let detail = format!("{what}: {found} instead of {expected}");
            violations.push(Violation::new("I9", detail));
        }
    };
    let EndState {
        objects,
        resources,
        writes,
    } = expected;
    compare(
        "objects",
        found.objects == *objects,
        format!("{:?}", found.objects),
        format!("{objects:?}"),
    );
    compare(
        "resources",
        found.resources == *resources,
        format!("{:?}", found.resources),
        format!("{resources:?}"),
    );
    compare(
        "writes",
        scenario.overlaps || found.writes == *writes,
        format!("{:?}", found.writes),
        format!("{writes:?}"),
    );
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
        let resource = resources.find(|it| version.id() == Some(&it.id));
        let found = resource.map(configuration);
        if !found.as_ref().is_some_and(|it| allowed.contains(it)) {
            let detail = format!("{} ends with {found:?}", version.name());
            violations.push(Violation::new("I9", detail));
        }
    }
}
