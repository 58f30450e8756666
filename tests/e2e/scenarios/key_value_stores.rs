//! Key-value stores, for which functions wait.

use crate::support::{TestEnv, message};
use cloudfront_simulator::Edit;
use std::time::Duration;

const STORE: &str = "apiVersion: cloudfront-operator.dev/v1alpha1
kind: KeyValueStore
metadata: {name: redirects}
spec:
  name: shop-redirects
  tags: {team: web}
";

/// Returns a function that reads a store, whose association is in YAML.
fn function(name: &str, association: &str) -> String {
    format!(
        "apiVersion: cloudfront-operator.dev/v1alpha1
kind: Function
metadata: {{name: {name}}}
spec:
  functionCode: \"function handler(event) {{ return event.request; }}\"
  functionConfig:
    keyValueStoreAssociations: [{association}]
"
    )
}

/// Sets CloudFront's status of the store.
fn set_status(env: &TestEnv, value: &str) {
    let edit = Edit::Set {
        path: "Status".into(),
        value: value.into(),
    };
    env.change_out_of_band("shop-redirects", edit);
}

#[test]
fn a_function_waits_until_its_store_is_ready_and_the_store_until_no_function_uses_it() {
    let env = TestEnv::with_deploy_delay("key-value-stores", Duration::from_hours(1));
    env.apply(&function(
        "by-name",
        "{keyValueStoreRef: {name: redirects}}",
    ));
    let waiting = env.wait_for_condition("cffn/by-name", "Ready", "False", "ReferenceNotReady");
    assert_eq!(
        message(&waiting, "Ready"),
        "Waits for KeyValueStore redirects, which does not exist in this namespace."
    );
    env.apply(STORE);
    let store = env.wait_for_condition("cfkvs/redirects", "Ready", "False", "Deploying");
    assert_eq!(store["status"]["status"], "PROVISIONING");
    env.wait_until("cffn/by-name", "waits for the deployment", |function| {
        let expected = "Waits for KeyValueStore redirects, which is not ready yet.";
        message(function, "Ready") == expected
    });

    set_status(&env, "IMPORT_FAILED");
    env.wait_for_condition("cfkvs/redirects", "Stalled", "True", "ResourceFailed");
    set_status(&env, "READY");
    let store = env.wait_until_ready("cfkvs/redirects");
    let arn = store["status"]["arn"].as_str().expect("an ARN");
    assert!(!arn.ends_with("/shop-redirects"), "{arn}");
    env.wait_until_ready("cffn/by-name");
    assert!(env.state_contains(&format!("<KeyValueStoreARN>{arn}</KeyValueStoreARN>")));
    env.apply(&function(
        "by-arn",
        &format!("{{keyValueStoreARN: \"{arn}\"}}"),
    ));
    env.wait_until_ready("cffn/by-arn");

    env.kubectl(&["delete", "cfkvs/redirects", "--wait=false"]);
    let used = env.wait_for_condition("cfkvs/redirects", "Ready", "False", "InUse");
    let used = message(&used, "Ready");
    assert!(
        used.starts_with("In use by Function by-arn and Function by-name."),
        "{used}"
    );
    env.kubectl(&["delete", "cffn/by-name", "cffn/by-arn"]);
    env.wait_until_gone("cfkvs/redirects");
    assert!(!env.state_contains("shop-redirects"));
}
