//! The check at the end of each scenario finds defects: these scenarios make one, as a faulty operator would.

use crate::support::{TestEnv, identity, secret};
use serde_json::json;
use std::time::Duration;

const IDENTITY: &str = "cfoai/site";

/// Returns an environment in which the operator has created an identity and was killed.
fn killed_after_create(name: &str) -> TestEnv {
    let mut env = TestEnv::with_deploy_delay(name, Duration::ZERO);
    env.apply(&identity("first"));
    env.wait_until_ready(IDENTITY);
    env.kill_operator();
    env
}

#[test]
#[should_panic(expected = "I1: no object has")]
fn a_resource_whose_object_is_gone_fails_the_scenario() {
    let env = killed_after_create("orphaned");
    env.patch(IDENTITY, r#"{"metadata":{"finalizers":null}}"#);
    env.kubectl(&["delete", IDENTITY]);
}

#[test]
#[should_panic(expected = "I12: a secret value is in OriginAccessIdentity/site")]
fn a_secret_value_in_a_status_fails_the_scenario() {
    const VALUE: &str = "canary-5a6b7c8d";
    let env = killed_after_create("shown");
    env.apply(&secret(VALUE));
    let shown = json!({ "status": { "etag": format!("not {VALUE}") } });
    env.patch_status(IDENTITY, &shown.to_string());
}
