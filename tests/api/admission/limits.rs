//! The API server accepts the largest invalidation and the largest distribution, and all rules stay within the cost budget.

use super::kubectl::{assert_success, create_namespace, kubectl};
use serde_json::{Value, json};

/// CloudFront's limits.
const PATHS: usize = 3_000;
const WILDCARDS: usize = 15;

/// Invalid paths in one object. Each causes several messages, and the API server needs seconds for thousands of them.
const INVALID: usize = 300;

/// Different paths of 100 characters, some of which are wildcards.
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

/// A distribution with `count` origins and `count` behaviors, all with long names and with references to objects of each kind. CloudFront
/// accepts this many if the quotas are raised.
fn distribution(count: usize) -> Value {
    let long = |beginning: &str, at: usize, length: usize| format!("{beginning}{at:x<length$}");
    let id = |at: usize| long("", at, 128);
    let reference = |beginning| json!({"name": long(beginning, 0, 252)});
    let origin = |at| {
        json!({
            "id": id(at),
            "domainName": long("a", at, 60) + ".s3.amazonaws.com",
            "originAccessControlRef": reference("a"),
        })
    };
    let groups = ["a", "b", "c", "d"].map(reference);
    let settings = json!({
        "targetOriginId": id(count - 1),
        "viewerProtocolPolicy": "https-only",
        "allowedMethods": {"items": ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]},
        "cachePolicyRef": reference("a"),
        "fieldLevelEncryptionRef": reference("a"),
        "originRequestPolicyRef": reference("a"),
        "responseHeadersPolicyRef": reference("a"),
        "trustedKeyGroups": {"enabled": true, "itemRefs": groups},
    });
    let behavior = |at| {
        let mut behavior = settings.clone();
        behavior["pathPattern"] = long("/", at, 254).into();
        behavior
    };
    json!({
        "apiVersion": "cloudfront-operator.dev/v1alpha1",
        "kind": "Distribution",
        "metadata": {"name": "large"},
        "spec": {
            "continuousDeploymentPolicyRef": reference("a"),
            "origins": (0..count).map(origin).collect::<Vec<_>>(),
            "defaultCacheBehavior": settings,
            "cacheBehaviors": (0..count).map(behavior).collect::<Vec<_>>(),
        },
    })
}

#[track_caller]
fn assert_rejected(arguments: &[&str], manifest: &Value, message: &str) {
    let output = kubectl(arguments, manifest);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "{message}");
    // No rule exceeds the cost budget.
    assert!(
        stderr.contains(message) && !stderr.contains("budget"),
        "{stderr}"
    );
}

#[test]
fn an_invalidation_with_the_maximum_of_paths_can_be_created_and_updated() {
    let namespace = format!("--namespace={}", create_namespace("admission-large"));
    let mut paths = paths(PATHS, WILDCARDS);
    assert!(paths.iter().all(|path| path.len() == 100));
    let large = invalidation(&paths);
    assert_success(&kubectl(&["create", &namespace], &large));
    assert_success(&kubectl(&["replace", &namespace], &large));
    let status = r#"--patch={"status": {"id": "I1"}}"#;
    let patch = [
        "patch",
        &namespace,
        "--subresource=status",
        "--type=merge",
        status,
    ];
    assert_success(&kubectl(&patch, &large));

    paths[PATHS - 1] = "/another".into();
    assert_rejected(
        &["replace", &namespace],
        &invalidation(&paths),
        "only ttlSecondsAfterFinished can be changed",
    );
}

#[test]
fn one_path_more_than_the_maximum_is_rejected() {
    let namespace = format!("--namespace={}", create_namespace("admission-too-large"));
    assert_rejected(
        &["create", &namespace],
        &invalidation(&paths(PATHS + 1, 0)),
        "spec.paths: Too many: 3001: must have at most 3000 items",
    );
}

#[test]
fn the_message_has_the_number_of_wildcards() {
    let namespace = format!("--namespace={}", create_namespace("admission-wildcards"));
    assert_rejected(
        &["create", &namespace],
        &invalidation(&paths(PATHS, PATHS)),
        "3000 of the paths are wildcards, and CloudFront accepts 15",
    );
}

#[test]
fn the_messages_have_every_invalid_path() {
    let namespace = format!("--namespace={}", create_namespace("admission-wrong-paths"));
    let invalid: Vec<String> = paths(INVALID, 0)
        .iter()
        .map(|path| path.replace('/', "*"))
        .collect();
    assert_rejected(
        &["create", &namespace],
        &invalidation(&invalid),
        &format!("path \"{}\" begins with neither", invalid[INVALID - 1]),
    );
}

#[test]
fn a_distribution_with_the_maximum_of_origins_and_behaviors_can_be_created() {
    let namespace = format!("--namespace={}", create_namespace("admission-behaviors"));
    for count in [120, 250] {
        assert_success(&kubectl(
            &["create", "--dry-run=server", &namespace],
            &distribution(count),
        ));
    }
}

#[test]
fn the_message_names_the_behavior_without_an_origin_among_the_maximum() {
    let namespace = format!("--namespace={}", create_namespace("admission-targets"));
    let mut distribution = distribution(250);
    distribution["spec"]["cacheBehaviors"][249]["targetOriginId"] = "missing".into();
    assert_rejected(
        &["create", &namespace],
        &distribution,
        "targets origin \"missing\"; there are 250 origins",
    );
}
