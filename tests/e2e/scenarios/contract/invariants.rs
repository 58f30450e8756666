//! Judging what was seen: each version by the table, each step by the rules of change, each `Ready` by what CloudFront had.

use super::{
    fixture::Thing,
    object_watch::{Version, Watch},
    random_walk::{DELAY, Walker},
    revision_history::{Page, remotes},
};
use crate::{
    contract::{check_transition, find, row_of},
    scenarios::rights,
};
use cloudfront_simulator::JournalEntry;
use k8s_openapi::jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, thread,
    time::Duration,
};

/// What was found, in numbers.
pub(super) struct Judge {
    seed: u64,
    versions: usize,
    statuses: usize,
    readies: usize,
    writes: usize,
    rows: BTreeMap<&'static str, usize>,
}

impl Judge {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            seed,
            versions: 0,
            statuses: 0,
            readies: 0,
            writes: 0,
            rows: BTreeMap::new(),
        }
    }

    /// Judges a whole walk.
    pub(super) fn hear(&mut self, walker: &Walker, watch: &Watch) {
        // The watch and the audit log tell a moment later what is already over.
        thread::sleep(Duration::from_secs(1));
        let pages = walker.ledger.pages();
        let objects = watch.versions();
        let mut found: Vec<String> = vec![];
        for versions in objects.values() {
            self.versions += versions.len();
            found.extend(versions.iter().filter_map(|v| self.row(v).err()));
            found.extend(versions.windows(2).filter_map(|two| self.step(two).err()));
            let readies = versions.iter().filter(|v| is_ready(v));
            for version in readies {
                self.readies += 1;
                found.extend(deserved(version, versions, &pages, walker).err());
            }
        }
        found.extend(no_write_says_nothing(walker, &objects));
        let journal = walker.stage.control().journal();
        self.writes = journal.iter().filter(|call| call.committed).count();
        found.extend(nothing_twice(&journal, &pages));
        assert!(
            found.is_empty(),
            "CONTRACT_SEED={}\n{}\n{}",
            self.seed,
            walker.told(),
            found.join("\n")
        );
    }

    fn row(&mut self, version: &Version) -> Result<(), String> {
        let row = row_of(&version.object).map_err(|why| told(&why, &[version]))?;
        *self.rows.entry(row).or_default() += 1;
        Ok(())
    }

    fn step(&mut self, two: &[Version]) -> Result<(), String> {
        let (before, after) = (&two[0].object, &two[1].object);
        if before["status"] != after["status"] {
            self.statuses += 1;
        }
        check_transition(before, after).map_err(|why| told(&why, &[&two[0], &two[1]]))
    }
}

impl fmt::Display for Judge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} versions, {} statuses, {} ready, {} writes to CloudFront, {:?}",
            self.versions, self.statuses, self.readies, self.writes, self.rows
        )
    }
}

fn told(why: &str, versions: &[&Version]) -> String {
    let shown = versions.iter().map(|version| {
        let object = &version.object;
        format!(
            "  {} {} generation {}: {}",
            version.at,
            object["metadata"]["name"],
            object["metadata"]["generation"],
            object["status"]
        )
    });
    format!("{why}\n{}", shown.collect::<Vec<_>>().join("\n"))
}

/// `Ready=True` of a remote that is looked at: a suspended one is as it was.
fn is_ready(version: &Version) -> bool {
    let says = |type_: &str, key: &str, what: &str| {
        find(&version.object, type_).is_some_and(|condition| condition[key] == what)
    };
    says("Ready", "status", "True")
        && says("Ready", "reason", "InSync")
        && !says("Synced", "reason", "Suspended")
}

/// Whether the remote was as this generation asks, and deployed, at some instant after the generation was written.
fn deserved(
    version: &Version,
    all: &[Version],
    pages: &[Page],
    walker: &Walker,
) -> Result<(), String> {
    let status = &version.object["status"];
    let fail = |why: &str| Err(told(&format!("Ready=True, and {why}"), &[version]));
    let generation = &status["observedGeneration"];
    let written = all
        .iter()
        .find(|one| one.object["metadata"]["generation"] == *generation);
    let written = written.expect("each generation was seen");
    let page = pages
        .iter()
        .find(|page| status["id"] == *page.id && status["etag"] == *page.etag);
    let Some(page) = page else {
        return fail("CloudFront never had this version");
    };
    let comment = written.object["spec"]["comment"].as_str();
    let comment = format!("<Comment>{}</Comment>", comment.unwrap_or_default());
    if !page.config.contains(&comment) {
        return fail(&format!("CloudFront had {}", page.config));
    }
    // The generation was seen after it was written; it was written after the user set about it.
    let acts = walker.diary.iter().map(|(at, _)| *at);
    let begun = acts.filter(|at| *at <= written.at).max();
    // A look may lag behind the console, and nothing tells the operator so.
    if !page.undone && page.until < begun.unwrap_or(Timestamp::MIN) {
        return fail("CloudFront had this version only before this generation was written");
    }
    let deploys = status["status"].is_string();
    let delay = SignedDuration::try_from(DELAY).expect("a short time");
    if deploys && (status["status"] != "Deployed" || version.at < page.modified + delay) {
        return fail("it was not deployed");
    }
    Ok(())
}

/// Checks that each status write changed the status: the API server stores no new version for a patch that changes nothing, so an
/// object has as many status writes as changes of its status.
fn no_write_says_nothing(walker: &Walker, objects: &BTreeMap<String, Vec<Version>>) -> Vec<String> {
    let mut writes = status_writes(&walker.stage.namespace);
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
    let mut found = vec![];
    for (name, changes) in changes {
        let writes = writes.remove(&name).unwrap_or_default();
        if writes.len() != changes.len() {
            found.push(format!(
                "{name}: the status was written at {writes:?}, and became another at {changes:?}"
            ));
        }
    }
    found.extend(writes.into_iter().map(|(name, writes)| {
        format!(
            "{name}: the status was written at {writes:?}, and the watch did not see the object"
        )
    }));
    found
}

/// The times at which the status of an object changed.
fn status_changes(versions: &[Version]) -> impl Iterator<Item = Timestamp> {
    let pairs = versions.windows(2);
    pairs
        .filter(|pair| pair[0].object["status"] != pair[1].object["status"])
        .map(|pair| pair[1].at)
}

/// The times at which the operator wrote the status of each object, by the object's name.
fn status_writes(namespace: &str) -> BTreeMap<String, Vec<String>> {
    let mut times: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for request in rights::requests(namespace) {
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

/// No update that changes nothing, and no two creates under one key.
fn nothing_twice(journal: &[JournalEntry], pages: &[Page]) -> Vec<String> {
    let mut found = vec![];
    let mut last: BTreeMap<&str, &Page> = BTreeMap::new();
    for page in pages {
        if let Some(before) = last.insert(&page.id, page)
            && before.config == page.config
        {
            found.push(format!("an update changed nothing: {before:?}\n{page:?}"));
        }
    }
    let mut keys = BTreeSet::new();
    for call in journal {
        let creates = call.committed && call.operation.starts_with("Create");
        if creates && !keys.insert((&call.operation, &call.caller_reference)) {
            found.push(format!("created twice: {call:?}"));
        }
    }
    found
}

/// Whether each object has one remote, as it asks, and CloudFront has no other.
pub(super) fn each_has_one_remote(walker: &Walker) -> bool {
    let remotes = remotes(&walker.stage.control());
    let fits = |thing: &Thing| {
        let object = walker.stage.get(&thing.address()).unwrap_or_default();
        let id = &object["status"]["id"];
        remotes.iter().any(|(_, remote)| {
            let key = remote["caller_reference"].as_str().unwrap_or_default();
            let uid = object["metadata"]["uid"].as_str().unwrap_or_default();
            let comment = format!("<Comment>{}</Comment>", thing.comment);
            remote["id"] == *id
                && (key.starts_with(uid) || thing.adopt.is_some())
                && remote["config"].to_string().contains(&comment)
                && remote["tags"]["team"].as_str() == thing.team.as_deref()
        })
    };
    remotes.len() == walker.things().len() && walker.things().iter().all(fits)
}
