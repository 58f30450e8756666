//! The pairs of key-value stores: their sources, other clients, confidential values, and many batches.

use crate::support::{TestEnv, message};
use cloudfront_simulator::{Edit, FaultMode};
use serde_json::{Value, json};
use std::{collections::BTreeMap, time::Duration};

const UPDATE: &str = "cloudfront-keyvaluestore:UpdateKeys";

/// Part of each value.
const CANARY: &str = "canary-4e7d";

/// Returns a ConfigMap and a Secret with pairs.
fn sources(old_path: &str) -> String {
    format!(
        "apiVersion: v1
kind: ConfigMap
metadata: {{name: edge}}
data:
  redirects.json: '{{\"/old\": \"{CANARY}-{old_path}\", \"/both\": \"{CANARY}-map\"}}'
---
apiVersion: v1
kind: Secret
metadata: {{name: tokens}}
stringData:
  tokens.json: '{{\"token\": \"{CANARY}-token\", \"/both\": \"{CANARY}-secret\"}}'
---
apiVersion: v1
kind: ConfigMap
metadata: {{name: flags}}
data: {{beta: {CANARY}-on}}
---
apiVersion: v1
kind: Secret
metadata: {{name: keys}}
stringData: {{signer: {CANARY}-signer}}
"
    )
}

/// Returns a store with pairs of all sources. A later source replaces the values of an earlier one.
fn store(policy: &str) -> String {
    format!(
        "apiVersion: cloudfront-operator.dev/v1alpha1
kind: KeyValueStore
metadata: {{name: redirects}}
spec:
  name: shop-redirects
  driftPolicy: {policy}
  items: {{/own: {CANARY}-item, /both: {CANARY}-item}}
  itemsFrom:
  - configMapKeyRef: {{name: edge, key: redirects.json}}
  - secretKeyRef: {{name: tokens, key: tokens.json}}
  - configMapRef: {{name: flags}}
  - secretRef: {{name: keys}}
"
    )
}

/// Returns the pairs of the first store in CloudFront that has some.
fn pairs(env: &TestEnv) -> BTreeMap<String, String> {
    let state: Value = serde_json::from_str(&env.control().state().to_string()).expect("JSON");
    let accounts = state["accounts"].as_object().into_iter().flatten();
    let stores =
        accounts.flat_map(|(_, it)| it["key_value_stores"].as_array().into_iter().flatten());
    let mut found = stores.filter(|it| it["pairs"].is_object());
    let found = found
        .next()
        .map(|it| it["pairs"].clone())
        .unwrap_or(json!({}));
    serde_json::from_value(found).expect("the values are texts")
}

fn expected(old_path: &str) -> BTreeMap<String, String> {
    let pairs = [
        ("/own", "item"),
        ("/old", old_path),
        ("/both", "secret"),
        ("token", "token"),
        ("beta", "on"),
        ("signer", "signer"),
    ];
    let pairs = pairs.map(|(key, value)| (key.to_owned(), format!("{CANARY}-{value}")));
    pairs.into()
}

/// Changes a pair, and adds one, as another client does.
fn change(env: &TestEnv) {
    let puts = ["/old", "/theirs"].map(|key| (key.to_owned(), format!("{CANARY}-theirs")));
    let edit = Edit::Pairs {
        puts: puts.into(),
        deletes: vec![],
    };
    env.change_out_of_band("shop-redirects", edit);
}

fn wait_for_pairs(env: &TestEnv, old_path: &str) {
    env.eventually("CloudFront has the pairs of the spec", || {
        (pairs(env) == expected(old_path)).then_some(())
    });
}

#[test]
fn pairs_come_from_the_spec_a_config_map_and_a_secret_and_are_kept_confidential() {
    let env = TestEnv::with_deploy_delay("pairs", Duration::ZERO);
    env.apply(&sources("first"));
    env.apply(&store("Revert"));
    let ready = env.wait_until_ready("cfkvs/redirects");
    assert_eq!(ready["status"]["itemCount"], 6);
    assert!(ready["status"]["totalSizeInBytes"].as_i64() > Some(40));
    assert_eq!(pairs(&env), expected("first"));
    assert_eq!(env.committed_count(UPDATE), 1);

    env.apply(&sources("second"));
    wait_for_pairs(&env, "second");
    change(&env);
    wait_for_pairs(&env, "second");
    let ready = env.wait_until_ready("cfkvs/redirects");
    assert_eq!(ready["status"]["itemCount"], 6);
    env.eventually("an event has the key", || {
        let events = env.kubectl(&["get", "events", "--output", "yaml"]);
        events.contains("items[/theirs]").then_some(())
    });

    env.apply(&store("Report"));
    env.wait_until("cfkvs/redirects", "has the policy", |it| {
        it["status"]["observedGeneration"] == it["metadata"]["generation"]
    });
    change(&env);
    let drifted = env.wait_for_condition("cfkvs/redirects", "Ready", "False", "Drifted");
    let paths = json!([{ "path": "items[/old]" }, { "path": "items[/theirs]" }]);
    assert_eq!(drifted["status"]["drift"], paths);
    let shown = message(&drifted, "Ready");
    assert!(shown.contains("items[/old]"), "{shown}");
    assert_eq!(pairs(&env)["/theirs"], format!("{CANARY}-theirs"));

    let events = env.kubectl(&["get", "events", "--output", "yaml"]);
    let status = env.get("cfkvs/redirects").expect("it exists")["status"].to_string();
    for (place, text) in [("event", events), ("status", status), ("log", env.log())] {
        assert!(!text.contains(CANARY), "a value is in the {place}: {text}");
    }
    env.kubectl(&["delete", "cfkvs/redirects"]);
    assert!(!env.state_contains("shop-redirects"));
}

#[test]
fn each_batch_of_pairs_is_written_once_although_the_operator_is_killed() {
    let mut env = TestEnv::with_deploy_delay("batches", Duration::ZERO);
    let items: BTreeMap<String, String> = (0..600)
        .map(|number| (format!("/old/{number}"), format!("/new/{number}")))
        .collect();
    let object = json!({
        "apiVersion": "cloudfront-operator.dev/v1alpha1",
        "kind": "KeyValueStore",
        "metadata": { "name": "redirects" },
        "spec": { "name": "shop-redirects", "items": items },
    });
    env.apply(&object.to_string());
    env.wait_for_calls(UPDATE, 4, 0);
    env.inject(UPDATE, FaultMode::Hold);
    env.wait_for_held_response();
    env.kill_operator();
    let written = env.committed_count(UPDATE);
    assert!((5..12).contains(&written), "{written} batches");
    assert_eq!(pairs(&env).len(), 50 * written);
    env.start_operator();
    let ready = env.wait_until_ready("cfkvs/redirects");
    assert_eq!(ready["status"]["itemCount"], 600);
    assert_eq!(pairs(&env), items);
    assert_eq!(env.committed_count(UPDATE), 12, "one write for 50 pairs");
}
