//! Monotony: what a status reports about time and order never goes back. Two causes are excepted: CloudFront returned an earlier state of
//! the resource, and another client wrote the status.

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
    /// Whether CloudFront has returned an earlier state since the last report of a revision.
    has_stale_read: bool,
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
                read.for_each(|it| it.has_stale_read = true);
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
        if id != self.id || (self.has_stale_read && !is_same) {
            self.replaced.clear();
            (self.id, self.last_modified, self.etag) = (id, modified, etag);
            self.has_stale_read = false;
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
