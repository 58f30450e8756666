//! What a run on the real servers has shown.

use super::{Environment, load::Load, replica::Replica};
use crate::{label::PAIR_SERVICE, parents::is_identified_by_parent};
use cloudfront_simulator::JournalEntry;
use std::{collections::BTreeMap, fmt::Display};

/// What a run has violated, and its figures.
#[derive(Debug, Default)]
pub struct Verdict {
    /// A sentence for each invariant that does not hold.
    pub violations: Vec<String>,
    /// The figures, by name.
    pub figures: Vec<(String, String)>,
    /// The runs that were checked.
    pub runs: usize,
    /// The resources without an object, and the keys with more than one resource, of all runs.
    pub orphans_and_duplicates: usize,
}

impl Verdict {
    /// Adds a figure.
    pub(super) fn add(&mut self, name: &str, value: &dyn Display) {
        self.figures.push((name.into(), format!("{value}")));
    }

    /// Adds what another run has shown.
    pub(super) fn extend(&mut self, other: Self) {
        self.violations.extend(other.violations);
        self.figures.extend(other.figures);
        self.runs += other.runs;
        self.orphans_and_duplicates += other.orphans_and_duplicates;
    }

    /// Adds a violation if there is one.
    pub(super) fn check(&mut self, result: Result<(), String>) {
        self.violations.extend(result.err());
    }

    /// Brings every object to its end after all faults: each becomes ready, each is deleted, and nothing is left in CloudFront.
    pub(super) async fn finish(
        &mut self,
        environment: &Environment,
        load: &mut Load<'_>,
        replicas: &[Replica],
    ) -> Result<(), super::Error> {
        load.apply_all().await?;
        self.check(load.wait_until_ready().await);
        self.check(load.delete_all().await);
        self.check_end(environment, replicas);
        Ok(())
    }

    /// Checks what must hold after all objects are deleted.
    pub(super) fn check_end(&mut self, environment: &Environment, replicas: &[Replica]) {
        self.check_writes(environment);
        for replica in replicas {
            self.check(match replica.panics() {
                0 => Ok(()),
                count => Err(format!("{count} panics in the log")),
            });
            if replica.log().contains(&replica.credential.secret_key) {
                self.check(Err("a secret is in the log".into()));
            }
        }
        if !self.violations.is_empty() {
            let logs = replicas.iter().map(Replica::log_tail);
            self.violations.extend(logs);
        }
    }

    /// No orphan, no duplicate, and no write to a resource that the operator did not create.
    fn check_writes(&mut self, environment: &Environment) {
        let writes = environment.committed_writes();
        let mut created: BTreeMap<String, usize> = BTreeMap::new();
        let mut ids = vec![];
        let mut strangers = 0;
        // A write of pairs names the store by an id that its creation does not show.
        let on_resources = writes
            .iter()
            .filter(|it| !it.operation.starts_with(PAIR_SERVICE));
        for call in on_resources {
            if call.operation.starts_with("Create") {
                // A resource that its parent identifies is updated by a repeated create.
                if !is_identified_by_parent(&call.operation) {
                    let key = call.caller_reference.clone().unwrap_or_default();
                    *created.entry(key).or_default() += 1;
                }
                ids.extend(call.id.clone());
            } else if call.id.as_ref().is_none_or(|id| !ids.contains(id)) {
                strangers += 1;
            }
        }
        let duplicates = created.iter().filter(|(_, count)| **count > 1);
        let duplicates: Vec<&String> = duplicates.map(|(key, _)| key).collect();
        let calls = duplicates.iter().map(|key| calls_of(key, &writes));
        self.violations.extend(calls);
        let duplicates = duplicates.len();
        let orphans = environment.resource_count();
        self.runs += 1;
        self.orphans_and_duplicates += orphans + duplicates;
        self.add("writes to CloudFront", &writes.len());
        self.add("resources created", &created.len());
        self.add("orphans", &orphans);
        self.add("duplicates", &duplicates);
        for (count, what) in [
            (orphans, "resources without an object"),
            (duplicates, "keys with more than one resource"),
            (
                strangers,
                "writes to resources that the operator did not create",
            ),
        ] {
            if count > 0 {
                self.violations.push(format!("{count} {what}"));
            }
        }
    }
}

/// Returns the calls that have created, changed or deleted the resources with a caller reference.
fn calls_of(key: &str, writes: &[JournalEntry]) -> String {
    let is_create = |call: &JournalEntry| call.caller_reference.as_deref() == Some(key);
    let ids = writes.iter().filter(|it| is_create(it)).map(|it| &it.id);
    let calls = writes
        .iter()
        .filter(|call| is_create(call) || ids.clone().any(|id| id.is_some() && *id == call.id));
    let calls = calls.map(|call| {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let (id, access_key) = (text(&call.id), text(&call.access_key));
        format!("{} {} {id} by {access_key}", call.time, call.operation)
    });
    format!("{key}: {}", calls.collect::<Vec<_>>().join(", "))
}
