//! What the API server accepts and rejects of an InvalidationPolicy.

use super::kubectl::{create_namespace, kubectl};
use serde_json::{Value, json};

/// Returns the error of the API server for a policy with these changes of a valid one; empty if it accepts the policy.
fn error(namespace: &str, name: &str, changes: &Value) -> String {
    let mut manifest = json!({
        "apiVersion": "cloudfront-operator.dev/v1alpha1", "kind": "InvalidationPolicy",
        "metadata": { "name": name },
        "spec": {
            "triggers": [{ "deploymentRef": { "name": "web" } }],
            "distributionRefs": [{ "name": "site" }],
            "paths": ["/index.html", "#release-7"],
        },
    });
    for (field, value) in changes.as_object().unwrap() {
        manifest["spec"][field] = value.clone();
    }
    let namespace = format!("--namespace={namespace}");
    let output = kubectl(&["create", "--dry-run=server", &namespace], &manifest);
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn a_policy_names_triggers_distributions_and_paths() {
    let namespace = create_namespace("admission-policy");
    let reference = json!({ "name": "web" });
    let one_of_each = json!([
        { "deploymentRef": reference }, { "configMapRef": reference },
        { "functionRef": reference }, { "distributionRef": reference },
    ]);
    let accepted =
        json!({ "triggers": one_of_each, "pathsPerMonth": 0, "historyLimit": 0, "suspend": true });
    assert_eq!(error(&namespace, &"p".repeat(63), &json!({})), "");
    assert_eq!(error(&namespace, "web", &accepted), "");

    let exactly_one = "deploymentRef: Invalid value: a trigger is exactly one of deploymentRef, configMapRef, functionRef and distributionRef";
    let two = json!([{ "deploymentRef": reference, "configMapRef": reference }]);
    let many = vec![json!({ "deploymentRef": reference }); 9];
    for (changes, message) in [
        (json!({ "triggers": [{}] }), exactly_one),
        (json!({ "triggers": two }), exactly_one),
        (
            json!({ "triggers": [] }),
            "spec.triggers in body should have at least 1 items",
        ),
        (
            json!({ "triggers": many }),
            "spec.triggers: Too many: 9: must have at most 8 items",
        ),
        (
            json!({ "distributionRefs": [] }),
            "spec.distributionRefs in body should have at least 1 items",
        ),
        (
            json!({ "distributionRefs": [reference, reference] }),
            "spec.distributionRefs[1]: Duplicate value",
        ),
        (
            json!({ "distributionRefs": [{ "name": "Site" }] }),
            "\"Site\" is not the name of an object",
        ),
        (
            json!({ "paths": ["index.html"] }),
            "begins with neither / nor #",
        ),
        (
            json!({ "pathsPerMonth": -1 }),
            "spec.pathsPerMonth: Invalid value: -1",
        ),
        (
            json!({ "historyLimit": 101 }),
            "spec.historyLimit: Invalid value: 101",
        ),
        (json!({ "trigger": [] }), "unknown field \"spec.trigger\""),
    ] {
        let error = error(&namespace, "web", &changes);
        assert!(error.contains(message), "{changes}: {error}");
    }
    let long = error(&namespace, &"p".repeat(64), &json!({}));
    let message =
        "the name has 64 characters, and a label of each Invalidation has it: use at most 63";
    assert!(long.contains(message), "{long}");
}
