//! What runs without faults show: the configuration of each spec, and the end of each scenario.

use super::end::EndState;
use crate::{
    harness::Run,
    history::{History, Resource, Version, What},
    scenario::Scenario,
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The fields of a spec that do not change the configuration.
const MANAGEMENT: [&str; 2] = ["adoptId", "deletionPolicy"];

/// A configuration, and what other requests than its own write.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Configuration {
    pub(super) config: String,
    pub(super) tags: BTreeMap<String, String>,
    pub(super) pairs: BTreeMap<String, String>,
}

/// What runs without faults show.
#[derive(Clone, Debug, Default)]
pub struct Reference {
    /// The configurations of the resources whose objects had finished, by kind and spec.
    configurations: BTreeMap<String, BTreeSet<Configuration>>,
    ends: BTreeMap<String, EndState>,
}

impl Reference {
    /// Adds a run without faults.
    pub fn add(&mut self, scenario: &Scenario, run: &Run) {
        self.ends
            .insert(scenario.name.clone(), EndState::of(&run.history));
        let events = run.history.events.iter().enumerate();
        let steps = events.filter(|(_, event)| matches!(event.what, What::Step(_) | What::Quiet));
        for (at, _) in steps {
            self.add_state(&run.history, at);
        }
    }

    /// Adds the configurations of the objects that have finished at a point of a history.
    fn add_state(&mut self, history: &History, at: usize) {
        let before = history
            .resources()
            .take_while(|(position, _)| *position < at);
        let Some((_, resources)) = before.last() else {
            return;
        };
        let mut last: BTreeMap<&str, &Version> = BTreeMap::new();
        for (_, version) in history
            .versions()
            .take_while(|(position, _)| *position < at)
        {
            last.insert(version.uid(), version);
        }
        for version in last.values().filter(|it| !it.is_removed) {
            let resource = resources
                .iter()
                .find(|it| version.id().as_ref() == Some(&it.id));
            let is_ready = version.true_condition("Ready") == Some(version.generation());
            if let Some(resource) = resource.filter(|_| is_ready) {
                let configurations = self.configurations.entry(spec_key(version)).or_default();
                configurations.insert(configuration(resource));
            }
        }
    }

    /// Returns the configurations that a version may have, if a run without faults had its spec.
    pub(super) fn configurations(&self, version: &Version) -> Option<&BTreeSet<Configuration>> {
        self.configurations.get(&spec_key(version))
    }

    pub(super) fn end(&self, scenario: &str) -> Option<&EndState> {
        self.ends.get(scenario)
    }
}

pub(super) fn configuration(resource: &Resource) -> Configuration {
    Configuration {
        config: resource.config.clone(),
        tags: resource.tags.clone(),
        pairs: resource.pairs.clone(),
    }
}

/// Returns the kind and the spec, without the fields that do not change the configuration.
fn spec_key(version: &Version) -> String {
    let mut spec = version.object["spec"].clone();
    if let Value::Object(fields) = &mut spec {
        fields.retain(|name, _| !MANAGEMENT.contains(&name.as_str()));
    }
    format!("{} {spec}", version.plural)
}
