//! The cases of the tables.

use super::{
    kubectl::{assert_success, create_namespace, kubectl},
    tables::{self, Case},
};
use cloudfront_operator::{engine::Kind, for_each_kind};
use serde_json::{Value, json};
use std::thread;

/// Sends many manifests with one kubectl, which takes a while to start.
#[track_caller]
fn assert_all_accepted(verb: &[&str], namespace: &str, manifests: &[Value]) {
    if !manifests.is_empty() {
        let list = json!({"apiVersion": "v1", "kind": "List", "items": manifests});
        assert_success(&kubectl(&[verb, &[namespace]].concat(), &list));
    }
}

/// Checks that manifests are rejected with the expected messages. Returns the problems.
///
/// One kubectl sends all of them. Its sentence about an object begins with the name of the object, except for an unknown field: a manifest whose
/// message is not found is sent again alone.
fn problems(cases: &[Case], verb: &str, namespace: &str) -> Vec<String> {
    let manifests: Vec<Value> = cases.iter().map(Case::rejected).collect();
    let list = json!({"apiVersion": "v1", "kind": "List", "items": manifests});
    let output = kubectl(&[verb, "--dry-run=server", namespace], &list);
    let errors = String::from_utf8_lossy(&output.stderr);
    let unclear = cases
        .iter()
        .filter(|case| !errors_about(case, &errors).contains(&case.message));
    unclear
        .filter_map(|case| problem(case, verb, namespace))
        .collect()
}

/// Returns the sentence about the object of a case.
fn errors_about<'a>(case: &Case, errors: &'a str) -> &'a str {
    let begin = format!("\"{}\" is invalid: ", case.name);
    let Some((_, rest)) = errors.split_once(&begin) else {
        return "";
    };
    rest.split("\" is invalid: ").next().unwrap_or_default()
}

/// Sends a manifest, which must be rejected with the expected message. Returns the problem.
fn problem(case: &Case, verb: &str, namespace: &str) -> Option<String> {
    let output = kubectl(&[verb, "--dry-run=server", namespace], &case.rejected());
    let stderr = String::from_utf8_lossy(&output.stderr);
    let is_rejected = !output.status.success() && stderr.contains(&case.message);
    (!is_rejected).then(|| {
        format!(
            "{} should be rejected with {:?}: {stderr}",
            case.name, case.message
        )
    })
}

#[track_caller]
fn assert_cases<K: Kind>(namespace: &str) {
    let namespace = format!("--namespace={namespace}");
    let (edits, creations): (Vec<Case>, Vec<Case>) = tables::cases::<K>()
        .into_iter()
        .partition(|case| case.existing().is_some());
    let existing: Vec<Value> = edits.iter().filter_map(Case::existing).collect();
    assert_all_accepted(&["create"], &namespace, &existing);
    let mut found = vec![];
    for (verb, cases) in [("create", creations), ("replace", edits)] {
        let accepted: Vec<Value> = cases.iter().map(Case::accepted).collect();
        assert_all_accepted(&[verb, "--dry-run=server"], &namespace, &accepted);
        found.extend(problems(&cases, verb, &namespace));
    }
    assert_eq!(found, Vec::<String>::new());
}

/// Sends the cases of a kind. Panics with the problems.
fn started<K: Kind>(namespace: &str) -> thread::JoinHandle<()> {
    let namespace = namespace.to_owned();
    thread::spawn(move || assert_cases::<K>(&namespace))
}

#[test]
fn manifests_of_each_kind_are_accepted_or_rejected_as_in_the_tables() {
    let namespace = create_namespace("admission-tables");
    let results = for_each_kind!(started, &namespace).map(thread::JoinHandle::join);
    assert!(results.iter().all(Result::is_ok));
}
