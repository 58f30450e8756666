//! The policy by which the API server adds the finalizer to new objects.

use crate::support::{TestEnv, condition, distribution, id_of, identity, message};
use serde_json::{Value, json};
use std::{fs, path::Path, time::Duration};

const FINALIZERS: [&str; 1] = ["cloudfront-operator.dev/finalizer"];

/// Installs the shipped policy in the namespace of the scenario, and returns its manifest.
fn install(env: &TestEnv) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies/finalizer.yaml");
    let text = fs::read_to_string(path).expect("the policy is readable");
    let (name, namespace) = ("finalizer.cloudfront-operator.dev", &env.namespace);
    let selector = format!(
        "matchConstraints:\n    namespaceSelector: {{matchLabels: {{kubernetes.io/metadata.name: {namespace}}}}}\n"
    );
    let manifest = text
        .replace(name, &format!("{namespace}.{name}"))
        .replace("matchConstraints:\n", &selector);
    env.apply(&manifest);
    wait_for_finalizers(env, &json!(FINALIZERS));
    manifest
}

fn remove(env: &TestEnv, manifest: &str) {
    let removed = env.try_kubectl(&["delete", "--filename=-"], manifest);
    assert!(removed.status.success(), "{removed:?}");
    wait_for_finalizers(env, &Value::Null);
}

/// Waits until new objects get these finalizers: the API server applies and removes a policy after a delay.
fn wait_for_finalizers(env: &TestEnv, expected: &Value) {
    env.eventually(&format!("new objects have {expected}"), || {
        let created = created(env, &identity("probe"))?;
        (finalizers(&created) == *expected).then_some(())
    });
}

/// Returns an object as the API server would create it. `None`: it refuses the object.
fn created(env: &TestEnv, manifest: &str) -> Option<Value> {
    let create = [
        "create",
        "--dry-run=server",
        "--output=json",
        "--filename=-",
    ];
    let created = env.try_kubectl(&create, manifest);
    serde_json::from_slice(&created.stdout).ok()
}

fn finalizers(object: &Value) -> Value {
    object["metadata"]["finalizers"].clone()
}

fn tagged(name: &str) -> String {
    let manifest = distribution(name, "first");
    manifest.replace("spec:\n", "spec:\n  tags: {team: web}\n")
}

/// Returns the operator's patches of this object, without those of its status.
fn patches(env: &TestEnv, object: &str) -> usize {
    let path = format!("/{object}?");
    let writes = env.kubernetes_writes().into_iter();
    writes.filter(|write| write.contains(&path)).count()
}

#[test]
fn a_new_object_needs_no_request_for_its_finalizer() {
    let env = TestEnv::with_deploy_delay("policed", Duration::ZERO);
    install(&env);
    env.apply(&tagged("www"));
    let object = env.wait_until_ready("cfd/www");
    assert_eq!(finalizers(&object), json!(FINALIZERS));
    assert_eq!(
        patches(&env, "distributions/www"),
        0,
        "{:?}",
        env.kubernetes_writes()
    );
    env.kubectl(&["delete", "cfd/www"]);
    assert_eq!(
        patches(&env, "distributions/www"),
        1,
        "the finalizer is removed"
    );
    assert_eq!(env.distribution_count(), 0, "{}", env.control().state());
}

#[test]
fn an_object_that_is_made_and_deleted_without_an_operator_is_released_later() {
    let mut env = TestEnv::without_operator("policed-early", Duration::ZERO);
    let policy = install(&env);
    env.apply(&distribution("early", "first"));
    env.apply(&distribution("www", "first"));
    env.kubectl(&["delete", "cfd/early", "--wait=false"]);
    assert!(env.get("cfd/early").is_some(), "the finalizer keeps it");
    env.start_operator();
    env.wait_until_gone("cfd/early");
    env.wait_until_ready("cfd/www");
    assert_eq!(
        TestEnv::operations(&env.writes_since(0)),
        ["CreateDistribution"]
    );

    remove(&env, &policy);
    env.apply(&distribution("later", "first"));
    let object = env.wait_until_ready("cfd/later");
    assert_eq!(finalizers(&object), json!(FINALIZERS));
    assert_eq!(patches(&env, "distributions/later"), 1);
}

#[test]
fn an_object_whose_name_is_taken_loses_the_finalizer() {
    let env = TestEnv::with_deploy_delay("policed-taken", Duration::ZERO);
    install(&env);
    let store = |name: &str| {
        format!(
            "apiVersion: cloudfront-operator.dev/v1alpha1
kind: KeyValueStore
metadata: {{name: {name}}}
spec: {{name: redirects}}
"
        )
    };
    env.apply(&store("first"));
    env.wait_until_ready("cfkvs/first");
    env.apply(&store("second"));
    let object = env.eventually("the second object has no finalizer", || {
        let object = env.get("cfkvs/second")?;
        let is_released = finalizers(&object).is_null();
        (condition(&object, "Ready").1 == "OwnershipConflict" && is_released).then_some(object)
    });
    assert!(object["status"]["id"].is_null(), "{object}");
    env.kubectl(&["delete", "cfkvs/second"]);
    env.wait_until_ready("cfkvs/first");
    assert_eq!(env.committed_count("CreateKeyValueStore"), 1);
}

#[test]
fn a_deletion_of_an_object_without_a_resource_waits_for_an_operator_that_is_not_read_only() {
    let mut env = TestEnv::without_operator("policed-read-only", Duration::ZERO);
    let policy = install(&env);
    env.apply(&distribution("www", "first"));
    remove(&env, &policy);
    env.start_operator_with_flags(&["--read-only"]);
    env.wait_for_condition("cfd/www", "Ready", "Unknown", "ReadOnly");
    env.kubectl(&["delete", "cfd/www", "--wait=false"]);
    env.wait_until("cfd/www", "waits for another operator", |object| {
        message(object, "Ready").contains("restart it without this flag")
    });
    env.stop_operator();
    env.start_operator();
    env.wait_until_gone("cfd/www");
    assert_eq!(env.writes_since(0), []);
}

#[test]
fn an_adopting_object_gets_the_finalizer_with_its_resource() {
    let env = TestEnv::with_deploy_delay("policed-adopting", Duration::ZERO);
    install(&env);
    let retained = identity("first").replace("spec: {", "spec: {deletionPolicy: Retain, ");
    env.apply(&retained);
    let id = id_of(&env.wait_until_ready("cfoai/site"));
    env.kubectl(&["delete", "cfoai/site"]);
    let adopting = identity("first").replace("spec: {", &format!("spec: {{adoptId: {id}, "));
    let object = created(&env, &adopting).expect("it is valid");
    assert!(finalizers(&object).is_null(), "{object}");
    env.apply(&adopting);
    let object = env.wait_until_ready("cfoai/site");
    assert_eq!(finalizers(&object), json!(FINALIZERS));
}
