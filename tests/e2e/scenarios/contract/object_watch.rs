//! A watch that keeps every version of every object.

use super::fixture::KINDS;
use crate::scenarios::stage::{Stage, control_plane};
use k8s_openapi::jiff::Timestamp;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader},
    process::{Child, Stdio},
    sync::{Arc, Mutex},
    thread,
};

/// One version of an object, and when it was seen.
#[derive(Clone, Debug)]
pub(super) struct Version {
    pub(super) at: Timestamp,
    pub(super) object: Value,
}

/// The versions of all objects of a namespace, from its beginning on.
pub(super) struct Watch {
    children: Vec<Child>,
    seen: Arc<Mutex<Vec<Version>>>,
}

impl Watch {
    pub(super) fn start(stage: &Stage) -> Self {
        let seen = Arc::new(Mutex::new(vec![]));
        let children = KINDS
            .iter()
            .map(|(_, plural, _)| follow(&stage.namespace, plural, &seen))
            .collect();
        Self { children, seen }
    }

    /// All versions so far, by the object's uid and in order.
    pub(super) fn versions(&self) -> BTreeMap<String, Vec<Version>> {
        let mut all: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for version in self.seen.lock().expect("nobody panics with it").iter() {
            let uid = version.object["metadata"]["uid"].as_str();
            let uid = uid.expect("every object has a uid").to_owned();
            all.entry(uid).or_default().push(version.clone());
        }
        all
    }
}

/// The version of a list that is still empty: a watch from there misses nothing, however late it begins.
fn beginning(path: &str) -> String {
    let listed = control_plane()
        .kubectl()
        .args(["get", "--raw", path])
        .output()
        .expect("kubectl can be run");
    let list: Value = serde_json::from_slice(&listed.stdout).expect("a list is JSON");
    let version = list["metadata"]["resourceVersion"].as_str();
    version.expect("a list has a version").to_owned()
}

/// Reads what the API server tells, one event a line. kubectl's own `--watch` would poll what it shows; this is what it reads.
fn follow(namespace: &str, plural: &str, seen: &Arc<Mutex<Vec<Version>>>) -> Child {
    let path = format!("/apis/cloudfront-operator.dev/v1alpha1/namespaces/{namespace}/{plural}");
    let version = beginning(&path);
    let path = format!("{path}?watch=true&timeoutSeconds=3600&resourceVersion={version}");
    let mut child = control_plane()
        .kubectl()
        .args(["get", "--raw", &path])
        .stdout(Stdio::piped())
        .spawn()
        .expect("kubectl can be run");
    let lines = BufReader::new(child.stdout.take().expect("it was asked for"));
    let seen = seen.clone();
    thread::spawn(move || {
        for line in lines.lines().map_while(Result::ok) {
            let mut event: Value = serde_json::from_str(&line).expect("an event is JSON");
            let version = Version {
                at: Timestamp::now(),
                object: event["object"].take(),
            };
            seen.lock().expect("nobody panics with it").push(version);
        }
    });
    child
}

impl Drop for Watch {
    fn drop(&mut self) {
        for child in &mut self.children {
            // It may have ended by itself; either way it is gone afterwards.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
