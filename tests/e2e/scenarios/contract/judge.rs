//! Judging what was seen: each version by the table, each step by the rules of change, each `Ready` by what CloudFront had.

use super::{
    ledger::{Page, remotes},
    things::Thing,
    walk::{DELAY, Walker},
    watch::{Version, Watch},
};
use crate::{
    contract::{check_transition, find, row_of},
    scenarios::stage::control_plane,
};
use cloudfront_simulator::JournalEntry;
use k8s_openapi::jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, fs, thread,
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

/// The API server makes no new version of a write that changes nothing: so each object has as many writes as versions.
fn no_write_says_nothing(walker: &Walker, objects: &BTreeMap<String, Vec<Version>>) -> Vec<String> {
    let patches = status_patches(&walker.stage.namespace);
    let mut found = vec![];
    for name in patches.keys() {
        let own = objects.values().filter(|all| {
            all.iter()
                .any(|version| version.object["metadata"]["name"] == **name)
        });
        let news: Vec<_> = own
            .flat_map(|all| all.windows(2))
            .filter(|two| two[0].object["status"] != two[1].object["status"])
            .map(|two| two[1].at)
            .collect();
        let writes = &patches[name];
        if writes.len() != news.len() {
            found.push(format!(
                "{name}: the status was written at {writes:?}, and became another at {news:?}"
            ));
        }
    }
    found
}

/// When the operator wrote the status of each object, by the object's name.
fn status_patches(namespace: &str) -> BTreeMap<String, Vec<String>> {
    let log = control_plane()
        .audit_log()
        .expect("the control plane keeps an audit log");
    let text = fs::read_to_string(log).expect("the audit log can be read");
    let user = format!("operator-{namespace}");
    let entries = text
        .lines()
        .filter(|line| line.contains(&user))
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|entry| {
            entry["verb"] == "patch"
                && entry["objectRef"]["subresource"] == "status"
                && entry["responseStatus"]["code"] == 200
        });
    let mut all: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for entry in entries {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let name = text(&entry["objectRef"]["name"]);
        let at = text(&entry["stageTimestamp"]);
        all.entry(name).or_default().push(at);
    }
    all
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
