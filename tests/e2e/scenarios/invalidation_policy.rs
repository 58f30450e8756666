//! InvalidationPolicies: one Invalidation for each change and distribution, also if the operator is killed.

use crate::support::{TestEnv, condition, distribution, message};
use serde_json::{Value, json};
use std::{collections::BTreeSet, thread, time::Duration};

mod cases;
mod crash;
mod limits;
mod refusals;

const POLICY: &str = "cfinvpol/release";

/// Returns policy `release` with these triggers, distributions and further fields.
fn policy(triggers: &str, distributions: &[&str], fields: &str) -> String {
    let distributions = distributions.iter().map(|name| format!("{{name: {name}}}"));
    let distributions = distributions.collect::<Vec<_>>().join(", ");
    format!(
        "apiVersion: cloudfront-operator.dev/v1alpha1
kind: InvalidationPolicy
metadata: {{name: release}}
spec:
  triggers: [{triggers}]
  distributionRefs: [{distributions}]
  paths: [/index.html, '/assets/*']
{fields}"
    )
}

const ON_DEPLOYMENT: &str = "{deploymentRef: {name: web}}";
const ON_CONFIG_MAP: &str = "{configMapRef: {name: content}}";

/// Returns Deployment `web` with an image.
fn deployment(image: &str) -> String {
    format!(
        "apiVersion: apps/v1
kind: Deployment
metadata: {{name: web}}
spec:
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec: {{containers: [{{name: web, image: 'web:{image}'}}]}}
"
    )
}

/// Returns ConfigMap `content`.
fn config_map(text: &str) -> String {
    format!(
        "{{apiVersion: v1, kind: ConfigMap, metadata: {{name: content}}, data: {{text: {text:?}}}}}"
    )
}

/// Writes what the Deployment controller writes when a rollout begins: the revision of the new ReplicaSet.
fn begin_rollout(env: &TestEnv, image: &str, revision: &str) {
    env.apply(&deployment(image));
    let annotation = format!("deployment.kubernetes.io/revision={revision}");
    env.kubectl(&["annotate", "--overwrite", "deployment/web", &annotation]);
    set_status(
        env,
        json!({ "updatedReplicas": 0, "readyReplicas": 1, "availableReplicas": 1, "replicas": 1, "conditions": [] }),
    );
}

/// Writes what the Deployment controller writes when a rollout is complete.
fn complete_rollout(env: &TestEnv) {
    set_status(
        env,
        json!({ "updatedReplicas": 1, "readyReplicas": 1, "availableReplicas": 1, "replicas": 1, "conditions": [] }),
    );
}

fn roll_out(env: &TestEnv, image: &str, revision: &str) {
    begin_rollout(env, image, revision);
    complete_rollout(env);
}

fn set_status(env: &TestEnv, mut status: Value) {
    let deployment = env.get("deployment/web").expect("the Deployment exists");
    status["observedGeneration"] = deployment["metadata"]["generation"].clone();
    env.patch_status("deployment/web", &json!({ "status": status }).to_string());
}

/// Waits until the policy has handled this version of its first trigger.
fn wait_for_version(env: &TestEnv, version: &str) -> Value {
    env.wait_until(POLICY, &format!("has handled {version}"), |policy| {
        let status = &policy["status"];
        status["triggers"][0]["version"] == version && status["pending"].is_null()
    })
}

/// Waits until condition `Ready` of the policy reports this.
fn wait_for_message(env: &TestEnv, reason: &str, part: &str) -> Value {
    env.wait_until(POLICY, &format!("reports {part}"), |policy| {
        condition(policy, "Ready").1 == reason && message(policy, "Ready").contains(part)
    })
}

/// Returns the names of the Invalidations.
fn names(env: &TestEnv) -> BTreeSet<String> {
    let names = env.kubectl(&["get", "cfinv", "--output=name"]);
    names.lines().map(str::to_owned).collect()
}

/// Returns the number of invalidations in CloudFront.
fn invalidation_count(env: &TestEnv) -> usize {
    env.committed_count("CreateInvalidation")
}

/// Waits until CloudFront has this number of invalidations, and all objects are complete.
fn wait_for_invalidations(env: &TestEnv, count: usize) {
    env.eventually(&format!("CloudFront has {count} invalidations"), || {
        (invalidation_count(env) >= count).then_some(())
    });
    env.kubectl(&[
        "wait",
        "--for=condition=Complete",
        "cfinv",
        "--all",
        "--timeout=60s",
    ]);
    assert_eq!(invalidation_count(env), count);
}

/// Starts an environment with distributions that are deployed.
fn env_with(name: &str, distributions: &[&str]) -> TestEnv {
    let env = TestEnv::with_deploy_delay(name, Duration::ZERO);
    for name in distributions {
        env.apply(&distribution(name, "first"));
    }
    for name in distributions {
        env.wait_until_ready(&format!("cfd/{name}"));
    }
    env
}
