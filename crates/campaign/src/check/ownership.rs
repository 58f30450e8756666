//! I1: each resource belongs to one live object. I2: each object creates one resource. I3: writes name the object's own resource.

use super::Violation;
use crate::{
    history::{History, Resource, Version, has_created, is_of},
    parents::{is_identified_by_other, is_identified_by_parent},
};
use std::{collections::BTreeMap, ops::Range};

pub(super) fn check(history: &History, violations: &mut Vec<Violation>) {
    let last = last_versions(history);
    check_orphans(history, &last, violations);
    check_existence(history, last.values().copied(), violations);
    check_creates(history, violations);
    check_duplicates(history, &last, violations);
    check_targets(history, violations);
}

/// Checks a history that can end before its objects have finished.
pub(super) fn check_scenario(history: &History, violations: &mut Vec<Violation>) {
    let last = last_versions(history);
    let is_ready = |it: &&Version| it.true_condition("Ready") == Some(it.generation());
    check_orphans(history, &last, violations);
    check_existence(history, last.values().copied().filter(is_ready), violations);
    check_creates(history, violations);
    check_duplicates(history, &last, violations);
    check_targets(history, violations);
}

/// Returns the last version of each object, by its uid.
pub(super) fn last_versions(history: &History) -> BTreeMap<&str, &Version> {
    let versions = history.versions();
    versions
        .map(|(_, version)| (version.uid(), version))
        .collect()
}

/// Whether a resource belongs to an object, which created or adopted it.
pub(super) fn belongs_to(resource: &Resource, version: &Version) -> bool {
    has_created(&version.object, &resource.caller_reference)
        || version.adopted_id().as_ref() == Some(&resource.id)
}

fn check_orphans(
    history: &History,
    last: &BTreeMap<&str, &Version>,
    violations: &mut Vec<Violation>,
) {
    for resource in history.last_resources() {
        let mut owners = last.values().filter(|it| belongs_to(resource, it));
        let is_kept = owners.any(|it| !it.is_removed || it.retains());
        if !is_kept {
            let Resource { collection, id, .. } = resource;
            let detail = format!("no object has {id} of {collection}");
            violations.push(Violation::new("I1", detail));
        }
    }
}

/// The resource of each object exists.
fn check_existence<'a>(
    history: &History,
    last: impl Iterator<Item = &'a Version>,
    violations: &mut Vec<Violation>,
) {
    for version in last.filter(|it| !it.is_removed) {
        let is_managed = version.object["metadata"]["finalizers"].is_array();
        let mut resources = history.last_resources().iter();
        let exists =
            resources.any(|it| version.id().as_ref() == Some(&it.id) && belongs_to(it, version));
        if is_managed && !exists {
            let detail = format!("the resource of {} does not exist", version.name());
            violations.push(Violation::new("I1", detail));
        }
    }
}

/// A caller reference creates at most one resource, unless other clients have removed all that was known of it.
fn check_creates(history: &History, violations: &mut Vec<Violation>) {
    let mut created = BTreeMap::new();
    for (at, entry) in history.journal() {
        let is_create = entry.committed
            && entry.operation.starts_with("Create")
            && !is_identified_by_parent(&entry.operation);
        let Some(key) = entry.caller_reference.as_deref().filter(|_| is_create) else {
            continue;
        };
        let before = created.insert((&entry.operation, key), at);
        if before.is_some_and(|before| !is_forgotten(history, key, before..at)) {
            let detail = format!("{} was executed twice for {key}", entry.operation);
            violations.push(Violation::new("I2", detail));
        }
    }
}

/// Whether the resource with this caller reference or name does not exist any more, and the status of its object does not have it: no client can
/// know of a resource that is neither recorded nor found. A name is used again, and a caller reference is not. `between`: the two creates.
fn is_forgotten(history: &History, key: &str, between: Range<usize>) -> bool {
    let at = between.end;
    let states = history
        .resources()
        .filter(|(state, _)| between.contains(state));
    let exists = |all: &[Resource]| all.iter().any(|it| it.caller_reference == key);
    let is_gone = states.last().is_some_and(|(_, all)| !exists(all));
    let versions = history.versions().take_while(|(version, _)| *version < at);
    let owner = versions
        .filter(|(_, it)| has_created(&it.object, key))
        .last();
    let is_recorded =
        |it: &Version| it.id().is_some() && it.object["status"]["callerReference"].is_string();
    is_gone && owner.is_some_and(|(_, it)| !is_recorded(it) || !key.starts_with(it.uid()))
}

/// An object never has two resources at the same time.
fn check_duplicates(
    history: &History,
    last: &BTreeMap<&str, &Version>,
    violations: &mut Vec<Violation>,
) {
    for (uid, version) in last {
        let count = |resources: &[Resource]| {
            let owned = resources
                .iter()
                .filter(|it| is_of(uid, &it.caller_reference));
            owned.count()
        };
        let most = history.resources().map(|(_, it)| count(it)).max();
        if let Some(most) = most.filter(|most| *most > 1) {
            let detail = format!("{} had {most} resources at the same time", version.name());
            violations.push(Violation::new("I2", detail));
        }
    }
}

/// An update or a deletion names a resource that belongs to an object at that time.
fn check_targets(history: &History, violations: &mut Vec<Violation>) {
    let mut created: BTreeMap<&str, &str> = BTreeMap::new();
    for (at, entry) in history.journal() {
        let Some(id) = entry.id.as_deref() else {
            continue;
        };
        if let Some(key) = entry
            .caller_reference
            .as_deref()
            .filter(|_| entry.committed)
        {
            created.entry(id).or_insert(key);
        }
        let is_write = ["Update", "Delete"]
            .iter()
            .any(|it| entry.operation.starts_with(it));
        let key = created.get(id).copied().unwrap_or_default();
        let versions = history.versions().take_while(|(version, _)| *version < at);
        let is_target = versions.into_iter().any(|(_, version)| {
            // A watch can show the other resource, and with it the key, only after the create.
            let has_status =
                is_identified_by_other(&entry.operation) && version.id().as_deref() == Some(id);
            has_created(&version.object, key)
                || has_status
                || version.adopted_id().as_deref() == Some(id)
        });
        if is_write && !is_target {
            let detail = format!("{} of {id}, which no object has", entry.operation);
            violations.push(Violation::new("I3", detail));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{Event, What};
    use cloudfront_simulator::JournalEntry;
    use serde_json::{Value, json};
    use std::{sync::Arc, time::Duration};

    const UID: &str = "00000002-0000-4000-8000-000000000002";

    #[test]
    fn a_caller_reference_is_used_again_only_if_the_status_does_not_have_it() {
        for (status, violations) in [
            (json!(null), 0),
            // Another client has cleared the status, and has written an id.
            (json!({ "id": "EFORGED" }), 0),
            (json!({ "id": "E1", "callerReference": UID }), 1),
        ] {
            let mut found = vec![];
            check_creates(&created_twice(&status), &mut found);
            assert_eq!(found.len(), violations, "{status}");
        }
    }

    #[test]
    fn a_resource_was_deleted_only_if_it_did_not_exist_after_its_first_create() {
        let mut history = created_twice(&json!(null));
        history.events.swap(0, 2);
        let mut found = vec![];
        check_creates(&history, &mut found);
        assert_eq!(found.len(), 1);
    }

    fn created_twice(status: &Value) -> History {
        let create = What::CloudFront(Box::new(JournalEntry {
            operation: "CreatePublicKey".into(),
            caller_reference: Some(UID.into()),
            committed: true,
            ..JournalEntry::default()
        }));
        let version = What::Version(Version {
            plural: "publickeys".into(),
            is_removed: false,
            object: Arc::new(json!({ "metadata": { "uid": UID }, "status": status })),
        });
        let gone = What::Resources([].into());
        let events = [create.clone(), version, gone, create];
        let at = Duration::ZERO;
        let events = events.map(|what| Event { at, what }).into();
        History { events }
    }
}
