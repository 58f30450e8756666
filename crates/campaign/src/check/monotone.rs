//! Monotony: what a status reports about time and order never goes back. Three causes are excepted: CloudFront returned an earlier state of
//! the resource, another client wrote the status, and a resource whose id is its name was created again. The first ETag of all functions is
//! the same in CloudFront.

use super::Violation;
use crate::history::{History, Version, What};
use cloudfront_operator::operator::kind;
use jiff::Timestamp;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The simulator's name of the fault in which a read returns an earlier state.
const STALE_READ: &str = "stale-read";

/// What the status of an object has reported so far.
#[derive(Default)]
struct Reported<'a> {
    observed_generation: u64,
    /// The status and the time of each condition.
    conditions: BTreeMap<&'a str, (&'a str, Timestamp)>,
    /// The id of the resource that the other fields describe.
    id: Option<&'a str>,
    last_modified: Option<Timestamp>,
    etag: Option<&'a str>,
    /// Whether each version has an ETag of its own. In a family without ETags, equal configurations have equal versions.
    has_etags: bool,
    /// The ETags that another one has replaced.
    replaced: BTreeSet<&'a str>,
    /// Whether CloudFront has returned an earlier state, or has another resource with the same id, since the last report of a revision.
    may_go_back: bool,
}

pub(super) fn check(history: &History, violations: &mut Vec<Violation>) {
    let mut objects: BTreeMap<&str, Reported> = BTreeMap::new();
    let mut forged: BTreeSet<&str> = BTreeSet::new();
    for event in &history.events {
        match &event.what {
            What::StatusForged(name) => {
                forged.insert(name);
            }
            What::CloudFront(entry) if entry.fault.as_deref() == Some(STALE_READ) => {
                // A list has no id, and can be about each of them.
                let read = |it: &&mut Reported| entry.id.is_none() || entry.id.as_deref() == it.id;
                let read = objects.values_mut().filter(read);
                read.for_each(|it| it.may_go_back = true);
            }
            What::CloudFront(entry) if entry.committed && entry.operation.starts_with("Create") => {
                let again = |it: &&mut Reported| it.id.is_some() && entry.id.as_deref() == it.id;
                let again = objects.values_mut().filter(again);
                again.for_each(|it| it.may_go_back = true);
            }
            What::Version(version) if !forged.contains(version.name().as_str()) => {
                let reported = objects.entry(version.uid()).or_insert_with(|| Reported {
                    has_etags: has_etags(version),
                    ..Reported::default()
                });
                for what in reported.update(version) {
                    let detail = format!("{}: {what}", version.name());
                    violations.push(Violation::new("monotone", detail));
                }
            }
            _ => {}
        }
    }
}

fn has_etags(version: &Version) -> bool {
    let kind = version.object["kind"].as_str().and_then(kind);
    kind.is_none_or(|it| it.api.has_etags())
}

impl<'a> Reported<'a> {
    /// Takes a version, and returns what went back with it.
    fn update(&mut self, version: &'a Version) -> Vec<String> {
        let status = &version.object["status"];
        let mut back = vec![];
        if let Some(generation) = status["observedGeneration"].as_u64() {
            if generation < self.observed_generation {
                back.push("observedGeneration went back".into());
            }
            self.observed_generation = generation;
        }
        back.extend(self.update_conditions(status));
        back.extend(self.update_revision(status));
        back
    }

    fn update_conditions(&mut self, status: &'a Value) -> Vec<String> {
        let mut back = vec![];
        let before = std::mem::take(&mut self.conditions);
        for condition in status["conditions"].as_array().into_iter().flatten() {
            let text = |member: &str| condition[member].as_str();
            let time = time_of(&condition["lastTransitionTime"]);
            let (Some(type_), Some(now), Some(time)) = (text("type"), text("status"), time) else {
                continue;
            };
            self.conditions.insert(type_, (now, time));
            let field = format!("lastTransitionTime of {type_}");
            match before.get(type_) {
                // The API server sets the time of the first condition to 1970.
                Some((_, last)) if *last == Timestamp::UNIX_EPOCH => {}
                Some((_, last)) if time < *last => back.push(format!("{field} went back")),
                Some((status, last)) if *status == now && time != *last => {
                    back.push(format!("{field} changed, and its status did not"));
                }
                _ => {}
            }
        }
        back
    }

    fn update_revision(&mut self, status: &'a Value) -> Vec<String> {
        let id = status["id"].as_str();
        let modified = time_of(&status["lastModifiedTime"]);
        let etag = status["etag"].as_str();
        let is_same = id == self.id && modified == self.last_modified && etag == self.etag;
        if id != self.id || (self.may_go_back && !is_same) {
            self.replaced.clear();
            (self.id, self.last_modified, self.etag) = (id, modified, etag);
            self.may_go_back = false;
            return vec![];
        }
        let mut back = vec![];
        if modified.is_some() && modified < self.last_modified {
            back.push("lastModifiedTime went back".into());
        }
        self.last_modified = modified.or(self.last_modified);
        if self.has_etags && etag.is_some_and(|it| self.replaced.contains(it)) {
            back.push("an earlier etag came back".into());
        }
        if etag.is_some() && etag != self.etag {
            self.replaced.extend(self.etag);
            self.etag = etag;
        }
        back
    }
}

fn time_of(value: &Value) -> Option<Timestamp> {
    value.as_str()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::Event;
    use cloudfront_simulator::JournalEntry;
    use serde_json::json;
    use std::{sync::Arc, time::Duration};

    /// Returns a version of an object whose status has this ETag.
    fn version(etag: &str) -> What {
        What::Version(Version {
            plural: "functions".into(),
            is_removed: false,
            object: Arc::new(
                json!({ "kind": "Function", "status": { "id": "index", "etag": etag } }),
            ),
        })
    }

    #[test]
    fn only_a_resource_that_is_created_again_with_its_id_has_an_earlier_etag_again() {
        for (operation, id, committed, violations) in [
            ("CreateFunction", "index", true, 0),
            ("CreateFunction", "index", false, 1),
            ("CreateFunction", "other", true, 1),
            ("UpdateFunction", "index", true, 1),
        ] {
            let request = What::CloudFront(Box::new(JournalEntry {
                operation: operation.into(),
                id: Some(id.into()),
                committed,
                ..JournalEntry::default()
            }));
            let events = [
                version("E1"),
                version("E2"),
                request,
                version("E2"),
                version("E1"),
                version("E3"),
            ];
            let at = Duration::ZERO;
            let events = events.map(|what| Event { at, what }).into();
            let mut found = vec![];
            check(&History { events }, &mut found);
            assert_eq!(found.len(), violations, "{operation} {id} {committed}");
        }
    }
}
