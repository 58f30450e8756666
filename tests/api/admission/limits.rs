//! The largest invalidation that CloudFront takes: the API server has to take it too, and to afford every rule of it.

use super::server::{kubectl, prepared, succeeds};
use serde_json::{Value, json};

/// What CloudFront takes at once.
const PATHS: usize = 3_000;
const WILDCARDS: usize = 15;

/// Wrong paths in one object. Each is told by several sentences, and the server takes seconds to write thousands of them.
const WRONG: usize = 300;

/// Different paths of 100 characters, this many of which are wildcards.
fn paths(count: usize, wildcards: usize) -> Vec<String> {
    let path = |at: usize| {
        let end = if at < wildcards { "*" } else { "x" };
        format!("/{at:x<98}{end}")
    };
    (0..count).map(path).collect()
}

fn invalidation(paths: &[String]) -> Value {
    json!({
        "apiVersion": "cloudfront-operator.dev/v1alpha1",
        "kind": "Invalidation",
        "metadata": {"name": "large"},
        "spec": {"distributionRef": {"name": "www"}, "paths": paths},
    })
}

#[track_caller]
fn is_refused(arguments: &[&str], manifest: &Value, message: &str) {
    let output = kubectl(arguments, manifest);
    let says = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "{message}");
    // Whatever else is said, it is not that a rule was too dear to be tried.
    assert!(says.contains(message) && !says.contains("budget"), "{says}");
}

#[test]
fn an_invalidation_with_all_the_paths_that_cloudfront_takes_is_stored_and_gets_a_status() {
    let namespace = format!("--namespace={}", prepared("admission-large"));
    let mut paths = paths(PATHS, WILDCARDS);
    assert!(paths.iter().all(|path| path.len() == 100));
    let large = invalidation(&paths);
    succeeds(&kubectl(&["create", &namespace], &large));
    succeeds(&kubectl(&["replace", &namespace], &large));
    let status = r#"--patch={"status": {"id": "I1"}}"#;
    let patch = [
        "patch",
        &namespace,
        "--subresource=status",
        "--type=merge",
        status,
    ];
    succeeds(&kubectl(&patch, &large));

    paths[PATHS - 1] = "/another".into();
    is_refused(
        &["replace", &namespace],
        &invalidation(&paths),
        "an Invalidation cannot be changed",
    );
}

#[test]
fn one_path_more_than_cloudfront_takes_is_refused() {
    let namespace = format!("--namespace={}", prepared("admission-too-large"));
    is_refused(
        &["create", &namespace],
        &invalidation(&paths(PATHS + 1, 0)),
        "spec.paths: Too many: 3001: must have at most 3000 items",
    );
}

#[test]
fn wildcards_are_counted_however_many_there_are() {
    let namespace = format!("--namespace={}", prepared("admission-wildcards"));
    is_refused(
        &["create", &namespace],
        &invalidation(&paths(PATHS, PATHS)),
        "3000 of the paths are wildcards, and CloudFront takes 15",
    );
}

#[test]
fn each_wrong_path_is_named_however_many_there_are() {
    let namespace = format!("--namespace={}", prepared("admission-wrong-paths"));
    let wrong: Vec<String> = paths(WRONG, 0)
        .iter()
        .map(|path| path.replace('/', "*"))
        .collect();
    is_refused(
        &["create", &namespace],
        &invalidation(&wrong),
        &format!("path \"{}\" begins with neither", wrong[WRONG - 1]),
    );
}
