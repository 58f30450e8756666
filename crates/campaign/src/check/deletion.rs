//! I6: the finalizer is on an object before its resource is created, and the object stays until the resource is deleted. I7: each
//! deletion ends. I4: each step reaches its state.

use super::{Violation, ownership::belongs_to};
use crate::history::{History, Version, What, has_created};

pub(super) fn check(history: &History, violations: &mut Vec<Violation>) {
    check_finalizers(history, violations);
    check_removals(history, violations);
    for event in &history.events {
        if let What::StepFailed(detail) = &event.what {
            violations.push(Violation::new("I4", detail.clone()));
        }
    }
    for version in super::ownership::last_versions(history).values() {
        let is_deleting = version.object["metadata"]["deletionTimestamp"].is_string();
        if is_deleting && !version.is_removed {
            let detail = format!("the deletion of {} does not end", version.name());
            violations.push(Violation::new("I7", detail));
        }
    }
}

/// Whether the resources of a kind are deleted with their objects, as those in the simulator's collections are.
fn is_managed(history: &History, id: &str) -> bool {
    history
        .resources()
        .any(|(_, all)| all.iter().any(|it| it.id == id))
}

fn check_finalizers(history: &History, violations: &mut Vec<Violation>) {
    for (at, entry) in history.journal() {
        let is_create = entry.committed && entry.operation.starts_with("Create");
        let (Some(key), Some(id)) = (&entry.caller_reference, &entry.id) else {
            continue;
        };
        if !is_create || !is_managed(history, id) {
            continue;
        }
        let versions = history.versions().take_while(|(version, _)| *version < at);
        let owner = versions
            .filter(|(_, it)| has_created(&it.object, key))
            .last();
        let finalizers = owner.map(|(_, it)| &it.object["metadata"]["finalizers"]);
        let has_finalizer = finalizers
            .and_then(|it| it.as_array())
            .is_some_and(|it| !it.is_empty());
        if !has_finalizer {
            let detail = format!("{} for {key} without a finalizer", entry.operation);
            violations.push(Violation::new("I6", detail));
        }
    }
}

fn check_removals(history: &History, violations: &mut Vec<Violation>) {
    let removed = history.versions().filter(|(_, version)| version.is_removed);
    for (at, version) in removed {
        let before = history
            .resources()
            .take_while(|(resources, _)| *resources < at);
        let mut left = before.last().map_or(&[][..], |(_, all)| all).iter();
        let is_left = left.any(|it| belongs_to(it, version)) && !is_adopted(history, version, at);
        if is_left && !version.retains() {
            let detail = format!("{} was removed before its resource", version.name());
            violations.push(Violation::new("I6", detail));
        }
    }
}

/// Whether another object had adopted the resource.
fn is_adopted(history: &History, version: &Version, at: usize) -> bool {
    let mut others = history.versions().take_while(|(other, _)| *other < at);
    others.any(|(_, other)| {
        let adopted = other.adopted_id();
        other.uid() != version.uid() && adopted.is_some() && adopted == version.id()
    })
}
