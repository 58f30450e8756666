//! A watch that records every version of every object.

use super::fixture::KINDS;
use crate::support::{TestEnv, control_plane};
use k8s_openapi::jiff::Timestamp;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader},
    process::{Child, Stdio},
    sync::{Arc, Mutex},
    thread,
};

/// One version of an object, with the time at which the watch received it.
#[derive(Clone, Debug)]
pub(super) struct ObjectVersion {
    pub(super) at: Timestamp,
    pub(super) object: Value,
}

/// All versions of all objects of a namespace.
pub(super) struct ObjectWatch {
    children: Vec<Child>,
    received: Arc<Mutex<Vec<ObjectVersion>>>,
}

impl ObjectWatch {
    pub(super) fn start(env: &TestEnv) -> Self {
        let received = Arc::new(Mutex::new(vec![]));
        let children = KINDS
            .iter()
            .map(|(_, plural, _)| start_watch(&env.namespace, plural, &received))
            .collect();
        Self { children, received }
    }

    /// Returns the versions received so far, by the uid of the object and in order.
    pub(super) fn versions(&self) -> BTreeMap<String, Vec<ObjectVersion>> {
        let mut versions: BTreeMap<_, Vec<_>> = BTreeMap::new();
        let received = self.received.lock().expect("the lock is not poisoned");
        for version in received.iter() {
            let uid = version.object["metadata"]["uid"].as_str();
            let uid = uid.expect("every object has a uid").to_owned();
            versions.entry(uid).or_default().push(version.clone());
        }
        versions
    }
}

impl Drop for ObjectWatch {
    fn drop(&mut self) {
        for child in &mut self.children {
            // Both calls fail if the process has already exited.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Starts a watch through `kubectl get --raw`, which prints one event a line. `kubectl get --watch` is not used, as it prints a table.
fn start_watch(namespace: &str, plural: &str, received: &Arc<Mutex<Vec<ObjectVersion>>>) -> Child {
    let path = format!("/apis/cloudfront-operator.dev/v1alpha1/namespaces/{namespace}/{plural}");
    let version = resource_version_of_list(&path);
    let path = format!("{path}?watch=true&timeoutSeconds=3600&resourceVersion={version}");
    let mut child = control_plane()
        .kubectl()
        .args(["get", "--raw", &path])
        .stdout(Stdio::piped())
        .spawn()
        .expect("kubectl starts");
    let lines = BufReader::new(child.stdout.take().expect("standard output is piped"));
    let received = received.clone();
    thread::spawn(move || {
        for line in lines.lines().map_while(Result::ok) {
            let mut event: Value = serde_json::from_str(&line).expect("an event is JSON");
            let version = ObjectVersion {
                at: Timestamp::now(),
                object: event["object"].take(),
            };
            received
                .lock()
                .expect("the lock is not poisoned")
                .push(version);
        }
    });
    child
}

/// Returns the resource version of a list that is still empty. A watch from there receives every event, whenever it starts.
fn resource_version_of_list(path: &str) -> String {
    let output = control_plane()
        .kubectl()
        .args(["get", "--raw", path])
        .output()
        .expect("kubectl runs");
    let list: Value = serde_json::from_slice(&output.stdout).expect("a list is JSON");
    let version = list["metadata"]["resourceVersion"].as_str();
    version.expect("a list has a resource version").to_owned()
}
