//! Fairness: while a change of one object waits for its write to CloudFront, each other object has at most a few turns.

use super::Violation;
use crate::history::{History, What, is_of};
use std::collections::BTreeMap;

/// The most turns of another object while one waits: create, update, disable and delete, if the other object is edited and deleted
/// meanwhile. In the scenarios, whose objects change one after the other, it has at most one.
const MAX_TURNS: usize = 4;

/// The conditions of an object that does not wait for a write.
const ENDS: [&str; 4] = ["Ready", "Complete", "Failed", "Stalled"];

/// The changes that wait.
#[derive(Default)]
struct Waiting<'a> {
    /// The writes of the other objects since the change, by the uid of the object that waits.
    turns: BTreeMap<&'a str, BTreeMap<&'a str, usize>>,
    generations: BTreeMap<&'a str, u64>,
    names: BTreeMap<&'a str, String>,
    /// The uids of the objects that created the resources, by their ids.
    creators: BTreeMap<&'a str, &'a str>,
}

pub(super) fn check(history: &History, violations: &mut Vec<Violation>) {
    let mut waiting = Waiting::default();
    for event in &history.events {
        match &event.what {
            What::Version(version) => {
                let (uid, generation) = (version.uid(), version.generation());
                waiting.names.entry(uid).or_insert_with(|| version.name());
                let is_new = waiting.generations.insert(uid, generation) != Some(generation);
                let mut ends = ENDS.iter().map(|it| version.true_condition(it));
                if is_new {
                    waiting.turns.insert(uid, BTreeMap::new());
                } else if ends.any(|it| it == Some(generation)) {
                    waiting.turns.remove(uid);
                }
            }
            What::CloudFront(entry) if entry.committed => {
                let Some(id) = entry.id.as_deref() else {
                    continue;
                };
                if let Some(key) = entry.caller_reference.as_deref() {
                    let mut uids = waiting.generations.keys();
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
        for (waiting, turns) in &mut self.turns {
            if *waiting != uid {
                *turns.entry(uid).or_default() += 1;
            }
        }
        let turns = self.turns.remove(uid)?;
        let (other, most) = turns.into_iter().max_by_key(|(_, count)| *count)?;
        let name = |uid| self.names.get(uid).cloned().unwrap_or_default();
        (most > MAX_TURNS).then(|| {
            let detail = format!("{} waited for {most} writes of {}", name(uid), name(other));
            Violation::new("fairness", detail)
        })
    }
}
