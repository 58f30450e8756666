//! The cases, tried.

use super::cases::{self, Case};
use cloudfront_operator::operator::kinds;
use serde_json::{Value, json};
use std::{
    io::Write,
    process::{Output, Stdio},
};

/// kubectl with these arguments, and a document to read.
pub(super) fn kubectl(arguments: &[&str], document: &Value) -> Output {
    let mut command = cluster::shared().unwrap().kubectl();
    let mut child = command
        .args(arguments)
        .arg("--filename=-")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(document.to_string().as_bytes())
        .unwrap();
    child.wait_with_output().unwrap()
}

#[track_caller]
pub(super) fn succeeds(output: &Output) {
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// A namespace of a cluster that knows our kinds.
pub(super) fn prepared(prefix: &str) -> String {
    for kind in kinds() {
        let definition = serde_json::to_value((kind.crd)()).unwrap();
        succeeds(&kubectl(
            &["apply", "--server-side", "--force-conflicts"],
            &definition,
        ));
        succeeds(&kubectl(
            &["wait", "--for=condition=Established", "--timeout=60s"],
            &definition,
        ));
    }
    cluster::shared().unwrap().create_namespace(prefix).unwrap()
}

/// Tries many manifests at once, because each kubectl takes its time to start.
#[track_caller]
fn all_succeed(verb: &[&str], namespace: &str, manifests: &[Value]) {
    if !manifests.is_empty() {
        let list = json!({"apiVersion": "v1", "kind": "List", "items": manifests});
        succeeds(&kubectl(&[verb, &[namespace]].concat(), &list));
    }
}

/// Tries what should be refused; nothing, or what was wrong.
fn wrong(case: &Case, verb: &str, namespace: &str) -> Option<String> {
    let output = kubectl(&[verb, "--dry-run=server", namespace], &case.refused());
    let says = String::from_utf8_lossy(&output.stderr);
    let refused = !output.status.success() && says.contains(&case.message);
    (!refused).then(|| {
        format!(
            "{} should be refused with {:?}: {says}",
            case.name, case.message
        )
    })
}

#[track_caller]
fn all_hold(folder: &str, prefix: &str) {
    let namespace = format!("--namespace={}", prepared(prefix));
    let (edits, creations): (Vec<Case>, Vec<Case>) = cases::of(folder)
        .into_iter()
        .partition(|case| case.before().is_some());
    let befores: Vec<Value> = edits.iter().filter_map(Case::before).collect();
    all_succeed(&["create"], &namespace, &befores);
    let mut surprises = vec![];
    for (verb, cases) in [("create", creations), ("replace", edits)] {
        let accepted: Vec<Value> = cases.iter().map(Case::accepted).collect();
        all_succeed(&[verb, "--dry-run=server"], &namespace, &accepted);
        surprises.extend(
            cases
                .iter()
                .filter_map(|case| wrong(case, verb, &namespace)),
        );
    }
    assert_eq!(surprises, Vec::<String>::new());
}

#[test]
fn manifests_of_distributions_are_accepted_or_refused_as_the_tables_say() {
    all_hold("distribution", "admission-distribution");
}

#[test]
fn manifests_of_identities_are_accepted_or_refused_as_the_tables_say() {
    all_hold("origin_access_identity", "admission-identity");
}

#[test]
fn manifests_of_invalidations_are_accepted_or_refused_as_the_tables_say() {
    all_hold("invalidation", "admission-invalidation");
}

#[test]
fn manifests_of_streaming_distributions_are_accepted_or_refused_as_the_tables_say() {
    all_hold("streaming_distribution", "admission-streaming");
}
