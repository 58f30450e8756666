//! Fairness: while a change of one object waits for its write to CloudFront, each other object of its namespace has at most a few turns,
//! and each other namespace at most a few more than its own.

use super::Violation;
use crate::history::{History, What, is_of};
use std::collections::BTreeMap;

/// The most turns of another object while one waits: create, update, disable and delete, if the other object is edited and deleted
/// meanwhile. In the scenarios of one tenant, whose objects change one after the other, it has at most one. Also the most turns that another
/// namespace has more than that of the object.
const MAX_TURNS: usize = 4;

/// The conditions of an object that does not wait for a write.
const ENDS: [&str; 4] = ["Ready", "Complete", "Failed", "Stalled"];

/// The changes that wait.
#[derive(Default)]
struct Waiting<'a> {
    /// The writes since the change, by the uid of the object that waits.
    turns: BTreeMap<&'a str, Turns<'a>>,
    objects: BTreeMap<&'a str, Object<'a>>,
    /// The uids of the objects that created the resources, by their ids.
    creators: BTreeMap<&'a str, &'a str>,
}

/// The writes of others while an object waits.
#[derive(Default)]
struct Turns<'a> {
    /// Those of the same namespace, by their uids.
    objects: BTreeMap<&'a str, usize>,
    /// Those of other namespaces, by the namespaces.
    namespaces: BTreeMap<&'a str, usize>,
}

struct Object<'a> {
    name: String,
    namespace: &'a str,
    generation: u64,
}

pub(super) fn check(history: &History, violations: &mut Vec<Violation>) {
    let mut waiting = Waiting::default();
    for event in &history.events {
        match &event.what {
            What::Version(version) => {
                let (uid, generation) = (version.uid(), version.generation());
                let object = Object {
                    name: version.name(),
                    namespace: version.namespace(),
                    generation,
                };
                let before = waiting.objects.insert(uid, object);
                let is_new = before.is_none_or(|it| it.generation != generation);
                let mut ends = ENDS.iter().map(|it| version.true_condition(it));
                if is_new {
                    waiting.turns.insert(uid, Turns::default());
                } else if ends.any(|it| it == Some(generation)) {
                    waiting.turns.remove(uid);
                }
            }
            What::CloudFront(entry) if entry.committed => {
                let Some(id) = entry.id.as_deref() else {
                    continue;
                };
                if let Some(key) = entry.caller_reference.as_deref() {
                    let mut uids = waiting.objects.keys();
                    let uid = uids.find(|uid| is_of(uid, key)).copied();
                    waiting.creators.extend(uid.map(|uid| (id, uid)));
                }
                if let Some(uid) = waiting.creators.get(id).copied() {
                    violations.extend(waiting.write(uid));
                }
            }
            _ => {}
        }
    }
}

impl<'a> Waiting<'a> {
    /// Takes a write of an object. Returns a violation if others had more than their share before it.
    fn write(&mut self, uid: &'a str) -> Option<Violation> {
        let namespace = self.objects.get(uid)?.namespace;
        for (waiting, turns) in &mut self.turns {
            let own = self.objects.get(waiting).map(|it| it.namespace);
            let count = if own == Some(namespace) {
                turns.objects.entry(uid).or_default()
            } else {
                turns.namespaces.entry(namespace).or_default()
            };
            *count += 1;
        }
        let (other, count) = self.turns.remove(uid)?.excess(uid)?;
        let name = |key: &str| {
            let object = self.objects.get(key);
            object.map_or_else(|| format!("namespace {key}"), |it| it.name.clone())
        };
        let detail = format!("{} waited for {count} writes of {}", name(uid), name(other));
        Some(Violation::new("fairness", detail))
    }
}

impl<'a> Turns<'a> {
    /// Returns another object or namespace that has had more than its share while an object waited, and how many turns it has had.
    fn excess(mut self, uid: &str) -> Option<(&'a str, usize)> {
        self.objects.remove(uid);
        let own: usize = self.objects.values().sum();
        let mut objects = self.objects.into_iter();
        let mut namespaces = self.namespaces.into_iter();
        let object = objects.find(|(_, count)| *count > MAX_TURNS);
        object.or_else(|| namespaces.find(|(_, count)| *count > MAX_TURNS + own))
    }
}
