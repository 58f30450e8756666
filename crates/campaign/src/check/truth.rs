//! I8: `Ready=True` means that CloudFront has, or had since the generation exists, the configuration of its spec, deployed, its tags
//! and its pairs.

use super::{
    Violation,
    reference::{Configuration, Reference},
};
use crate::history::{History, Resource, Version};

pub(super) fn check(history: &History, reference: &Reference, violations: &mut Vec<Violation>) {
    for (at, version) in history.versions() {
        let is_deleting = version.object["metadata"]["deletionTimestamp"].is_string();
        let is_ready = version.true_condition("Ready") == Some(version.generation());
        if is_ready && !is_deleting && !version.is_removed {
            check_ready(history, reference, (at, version), violations);
        }
    }
}

fn check_ready(
    history: &History,
    reference: &Reference,
    (at, version): (usize, &Version),
    violations: &mut Vec<Violation>,
) {
    let (Some(allowed), Some(id)) = (reference.configurations(version), version.id()) else {
        return;
    };
    let is_same = |other: &Version| {
        other.uid() == version.uid() && other.generation() == version.generation()
    };
    let since = history.versions().find(|(_, other)| is_same(other));
    let since = since.map_or(0, |(since, _)| since);
    // The state at the time of the spec, and all later ones until the report.
    let mut states: Vec<&[Resource]> = vec![];
    for (position, resources) in history.resources() {
        if position < since {
            states.clear();
        }
        if position < at {
            states.push(resources);
        }
    }
    let own = || states.iter().copied().flatten().filter(|it| it.id == id);
    // The configuration, the tags and the pairs are read by requests of their own, and no ETag covers two of them. So no client can know what
    // they were at one instant.
    let is_true = |allowed: &Configuration| {
        own().any(|it| it.is_deployed && it.config == allowed.config)
            && own().any(|it| it.tags == allowed.tags)
            && own().any(|it| it.pairs == allowed.pairs)
    };
    if !allowed.iter().any(is_true) {
        let generation = version.generation();
        let detail = format!(
            "{} is Ready for generation {generation}, which CloudFront did not have",
            version.name()
        );
        violations.push(Violation::new("I8", detail));
    }
}
