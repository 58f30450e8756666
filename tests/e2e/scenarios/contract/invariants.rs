//! The invariants of a walk: each version of an object is a row of the state table, each change of a status is allowed, and CloudFront
//! deserves each `Ready=True`.

use super::{
    fixture::Fixture,
    object_watch::{ObjectVersion, ObjectWatch},
    random_walk::{DEPLOY_DELAY, RandomWalk},
    revision_history::{Revision, resources},
};
use crate::{
    status_contract::{check_transition, find, row_of},
    support::operator_requests,
};
use cloudfront_simulator::JournalEntry;
use k8s_openapi::jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, thread,
    time::Duration,
};

/// Checks the invariants, and counts what it has checked.
pub(super) struct Invariants {
    seed: u64,
    versions: usize,
    status_changes: usize,
    ready_versions: usize,
    writes: usize,
    rows: BTreeMap<&'static str, usize>,
}

impl Invariants {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            seed,
            versions: 0,
            status_changes: 0,
            ready_versions: 0,
            writes: 0,
            rows: BTreeMap::new(),
        }
    }

    /// Checks a finished walk, and panics with all violations.
    pub(super) fn check(&mut self, walk: &RandomWalk, watch: &ObjectWatch) {
        // The watch and the audit log lag shortly behind the API server.
        thread::sleep(Duration::from_secs(1));
        let revisions = walk.history.revisions();
        let objects = watch.versions();
        let mut violations: Vec<String> = vec![];
        for versions in objects.values() {
            self.versions += versions.len();
            violations.extend(versions.iter().filter_map(|one| self.check_row(one).err()));
            let pairs = versions.windows(2);
            violations.extend(pairs.filter_map(|pair| self.check_change(pair).err()));
            for version in versions.iter().filter(|one| is_ready(one)) {
                self.ready_versions += 1;
                violations.extend(check_ready(version, versions, &revisions, walk).err());
            }
        }
        violations.extend(redundant_status_writes(walk, &objects));
        let journal = walk.env.control().journal();
        self.writes = journal.iter().filter(|call| call.committed).count();
        violations.extend(redundant_calls(&journal, &revisions));
        assert!(
            violations.is_empty(),
            "CONTRACT_SEED={}\n{}\n{}",
            self.seed,
            walk.actions(),
            violations.join("\n")
        );
    }

    fn check_row(&mut self, version: &ObjectVersion) -> Result<(), String> {
        let row = row_of(&version.object).map_err(|error| violation(&error, &[version]))?;
        *self.rows.entry(row).or_default() += 1;
        Ok(())
    }

    fn check_change(&mut self, pair: &[ObjectVersion]) -> Result<(), String> {
        let (before, after) = (&pair[0].object, &pair[1].object);
        if before["status"] != after["status"] {
            self.status_changes += 1;
        }
        check_transition(before, after).map_err(|error| violation(&error, &[&pair[0], &pair[1]]))
    }
}

impl fmt::Display for Invariants {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} versions, {} statuses, {} ready, {} writes to CloudFront, {:?}",
            self.versions, self.status_changes, self.ready_versions, self.writes, self.rows
        )
    }
}

fn violation(error: &str, versions: &[&ObjectVersion]) -> String {
    let lines = versions.iter().map(|version| {
        let object = &version.object;
        format!(
            "  {} {} generation {}: {}",
            version.at,
            object["metadata"]["name"],
            object["metadata"]["generation"],
            object["status"]
        )
    });
    format!("{error}\n{}", lines.collect::<Vec<_>>().join("\n"))
}

/// Returns whether a version has `Ready=True` and is not suspended; a suspended object keeps its last `Ready`.
fn is_ready(version: &ObjectVersion) -> bool {
    let has = |type_: &str, key: &str, text: &str| {
        find(&version.object, type_).is_some_and(|condition| condition[key] == text)
    };
    has("Ready", "status", "True")
        && has("Ready", "reason", "InSync")
        && !has("Synced", "reason", "Suspended")
}

/// Checks that the resource matched the observed generation, and was deployed, at some time after the generation was written.
fn check_ready(
    version: &ObjectVersion,
    versions: &[ObjectVersion],
    revisions: &[Revision],
    walk: &RandomWalk,
) -> Result<(), String> {
    let status = &version.object["status"];
    let fail = |why: &str| Err(violation(&format!("Ready=True, and {why}"), &[version]));
    let generation = &status["observedGeneration"];
    let written = versions
        .iter()
        .find(|one| one.object["metadata"]["generation"] == *generation);
    let written = written.expect("the watch receives every generation");
    let revision = revisions
        .iter()
        .find(|one| status["id"] == *one.id && status["etag"] == *one.etag);
    let Some(revision) = revision else {
        return fail("CloudFront never had this version");
    };
    let comment = written.object["spec"]["comment"].as_str();
    let comment = format!("<Comment>{}</Comment>", comment.unwrap_or_default());
    if !revision.config.contains(&comment) {
        return fail(&format!("CloudFront had {}", revision.config));
    }
    // The write of the generation follows the logged start of its action, and precedes its arrival at the watch.
    let starts = walk.action_log.iter().map(|(at, _)| *at);
    let started = starts.filter(|at| *at <= written.at).max();
    // A read may lag behind an out-of-band change, which the operator cannot detect.
    if !revision.is_replaced_out_of_band
        && revision.current_until < started.unwrap_or(Timestamp::MIN)
    {
        return fail("CloudFront had this version only before this generation was written");
    }
    let has_deployments = status["status"].is_string();
    let delay = SignedDuration::try_from(DEPLOY_DELAY).expect("a short duration");
    if has_deployments && (status["status"] != "Deployed" || version.at < revision.modified + delay)
    {
        return fail("it was not deployed");
    }
    Ok(())
}

/// Returns the objects with a status write that changed nothing: the API server stores no new version for a patch that changes nothing, so a
/// correct object has as many status writes as changes of its status, apart from those whose client was killed.
fn redundant_status_writes(
    walk: &RandomWalk,
    objects: &BTreeMap<String, Vec<ObjectVersion>>,
) -> Vec<String> {
    let mut writes = status_writes(&walk.env.namespace);
    if writes.is_empty() {
        return vec!["the audit log has no status write of the operator".into()];
    }
    let mut changes: BTreeMap<String, Vec<Timestamp>> = BTreeMap::new();
    for versions in objects.values() {
        let name = versions[0].object["metadata"]["name"].as_str();
        let name = name.expect("every object has a name").to_owned();
        changes
            .entry(name)
            .or_default()
            .extend(status_changes(versions));
    }
    // A write whose client is killed changes the status, and has no successful response in the audit log.
    let unanswered = walk.kills();
    let mut violations = vec![];
    for (name, changes) in changes {
        let writes = writes.remove(&name).unwrap_or_default();
        if !(writes.len()..=writes.len() + unanswered).contains(&changes.len()) {
            violations.push(format!(
                "{name}: the status was written at {writes:?}, and changed at {changes:?}"
            ));
        }
    }
    violations.extend(writes.into_iter().map(|(name, writes)| {
        format!(
            "{name}: the status was written at {writes:?}, and the watch received no such object"
        )
    }));
    violations
}

/// The times at which the status of an object changed.
fn status_changes(versions: &[ObjectVersion]) -> impl Iterator<Item = Timestamp> {
    let pairs = versions.windows(2);
    pairs
        .filter(|pair| pair[0].object["status"] != pair[1].object["status"])
        .map(|pair| pair[1].at)
}

/// The times at which the operator wrote the status of each object, by the object's name.
fn status_writes(namespace: &str) -> BTreeMap<String, Vec<String>> {
    let mut times: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for request in operator_requests(namespace) {
        let is_status_write = request["verb"] == "patch"
            && request["objectRef"]["subresource"] == "status"
            && request["responseStatus"]["code"] == 200;
        if is_status_write {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let name = text(&request["objectRef"]["name"]);
            times
                .entry(name)
                .or_default()
                .push(text(&request["stageTimestamp"]));
        }
    }
    times
}

/// Returns the updates that changed nothing, and the creates with a caller reference that was used before.
fn redundant_calls(journal: &[JournalEntry], revisions: &[Revision]) -> Vec<String> {
    let mut violations = vec![];
    let mut last: BTreeMap<&str, &Revision> = BTreeMap::new();
    for revision in revisions {
        if let Some(before) = last.insert(&revision.id, revision)
            && before.config == revision.config
        {
            violations.push(format!(
                "an update changed nothing: {before:?}\n{revision:?}"
            ));
        }
    }
    let mut created = BTreeSet::new();
    for call in journal {
        let is_create = call.committed && call.operation.starts_with("Create");
        if is_create && !created.insert((&call.operation, &call.caller_reference)) {
            violations.push(format!("created twice: {call:?}"));
        }
    }
    violations
}

/// Returns whether each object has one resource that matches its spec, and CloudFront has no other resource.
pub(super) fn each_object_has_one_resource(walk: &RandomWalk) -> bool {
    let resources = resources(&walk.env.control());
    let matches = |fixture: &Fixture| {
        let object = walk.env.get(&fixture.kubectl_name()).unwrap_or_default();
        let id = &object["status"]["id"];
        resources.iter().any(|resource| {
            let caller_reference = resource["caller_reference"].as_str().unwrap_or_default();
            let uid = object["metadata"]["uid"].as_str().unwrap_or_default();
            let comment = format!("<Comment>{}</Comment>", fixture.comment);
            resource["id"] == *id
                && (caller_reference.starts_with(uid) || fixture.adopt_id.is_some())
                && resource["config"].to_string().contains(&comment)
                && resource["tags"]["team"].as_str() == fixture.team.as_deref()
        })
    };
    resources.len() == walk.fixtures().len() && walk.fixtures().iter().all(matches)
}
