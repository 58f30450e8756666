//! Public keys, which CloudFront cannot change.

use crate::support::{TestEnv, message};
use std::time::Duration;

fn config_map(line: &str) -> String {
    format!(
        "apiVersion: v1
kind: ConfigMap
metadata: {{name: signer}}
data:
  public.pem: |
    -----BEGIN PUBLIC KEY-----
    {line}
    -----END PUBLIC KEY-----
"
    )
}

fn public_key(name: &str, spec: &str) -> String {
    format!(
        "apiVersion: cloudfront-operator.dev/v1alpha1
kind: PublicKey
metadata: {{name: {name}}}
spec:
{spec}"
    )
}

const FROM_CONFIG_MAP: &str =
    "  encodedKeyFrom: {configMapKeyRef: {name: signer, key: public.pem}}\n";

#[test]
fn a_key_waits_for_its_config_map_and_is_not_changed_by_another_value() {
    let env = TestEnv::with_deploy_delay("public-key", Duration::ZERO);
    env.apply(&public_key("signer", FROM_CONFIG_MAP));
    let waiting = env.wait_for_condition("cfpk/signer", "Ready", "False", "ReferenceNotReady");
    assert_eq!(
        message(&waiting, "Ready"),
        "Waits for key public.pem of ConfigMap signer, which does not exist in this namespace."
    );
    env.apply(&config_map("PRIVATE"));
    env.wait_until_ready("cfpk/signer");
    let sent =
        "<EncodedKey>-----BEGIN PUBLIC KEY-----\nPRIVATE\n-----END PUBLIC KEY-----\n</EncodedKey>";
    let state = env.control().state().to_string();
    assert!(
        state.contains(&sent.replace('\n', "\\n")),
        "{sent} in {state}"
    );

    env.apply(&config_map("ROTATED"));
    let stalled = env.wait_for_condition("cfpk/signer", "Stalled", "True", "Immutable");
    let message = message(&stalled, "Ready");
    assert!(message.contains("encodedKeyFrom refers to"), "{message}");
    assert_eq!(
        TestEnv::operations(&env.writes_since(0)),
        ["CreatePublicKey"]
    );
}

#[test]
fn a_key_with_the_name_of_another_one_is_not_created_and_names_it() {
    let env = TestEnv::with_deploy_delay("key-name", Duration::ZERO);
    env.apply(&config_map("FIRST"));
    let spec = format!("  name: shop-signer\n{FROM_CONFIG_MAP}");
    env.apply(&public_key("first", &spec));
    env.wait_until_ready("cfpk/first");
    env.apply(&public_key("second", &spec));
    let refused = env.wait_for_condition("cfpk/second", "Stalled", "True", "OwnershipConflict");
    let message = message(&refused, "Ready");
    let holder = format!(
        "has the name \"shop-signer\" and is managed by {}/first. Choose another spec.name.",
        env.namespace
    );
    assert!(message.ends_with(&holder), "{message}");
    env.kubectl(&["delete", "cfpk/second"]);
    env.wait_until_ready("cfpk/first");
}
