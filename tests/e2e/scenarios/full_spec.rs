//! Specs with every field: one write for a create, one for an edit, none while idle, two for a deletion.

use crate::support::{TestEnv, condition, identity};
use cloudfront_simulator::{JournalEntry, Switch};
use std::time::Duration;

const SECRET: &str =
    "apiVersion: v1\nkind: Secret\nmetadata: {name: edge}\nstringData: {first: one, second: two}\n";

/// The texts that the edit replaces, with their replacements.
const EDITS: [(&str, &str); 6] = [
    ("first", "second"),
    ("PriceClass_100", "PriceClass_200"),
    ("[DE, AT]", "[CH]"),
    ("\"200\"", "\"404\""),
    ("TLSv1.2_2021", "TLSv1.3_2025"),
    ("redirect-to-https", "https-only"),
];

/// Starts an environment with the objects that the specs refer to.
fn env_with_references(name: &str) -> TestEnv {
    let env = TestEnv::with_deploy_delay(name, Duration::from_secs(1));
    env.control()
        .set_switch(Switch::AcceptUnknownReferences, true);
    env.apply(SECRET);
    env.apply(&identity("reads"));
    env.wait_until_ready("cfoai/site");
    env
}

/// Returns the operations of the writes after a point in the journal, and checks that all succeeded.
fn successful_writes(env: &TestEnv, since: u64) -> Vec<String> {
    let calls = env.writes_since(since);
    let is_success = |call: &JournalEntry| call.committed && call.code.is_none();
    assert!(calls.iter().all(is_success), "{calls:?}");
    calls.into_iter().map(|call| call.operation).collect()
}

/// Checks that a second `kubectl apply` of a manifest changes nothing. It may print `configured`, as kubectl compares lists whose items
/// have defaults as a whole with the last applied manifest.
fn assert_apply_changes_nothing(env: &TestEnv, object: &str, manifest: &str) {
    let version =
        || env.get(object).expect("the object exists")["metadata"]["resourceVersion"].clone();
    let before = version();
    env.apply(manifest);
    assert_eq!(version(), before);
}

/// Waits for three more list calls, and checks that no write follows.
fn assert_idle(env: &TestEnv, list: &str) {
    let since = env.journal_end();
    env.wait_for_calls(list, 3, since);
    assert_eq!(
        successful_writes(env, since),
        [""; 0],
        "no write while idle"
    );
}

/// Creates, edits and deletes an object, and checks the writes of each step.
fn run_lifecycle(env: &TestEnv, object: &str, kind: &str, manifest: &str) {
    let edited = EDITS
        .iter()
        .fold(manifest.to_owned(), |manifest, (old, new)| {
            manifest.replace(old, new)
        });
    let list = format!("List{kind}s");
    let mut generation = 0;
    for (manifest, write) in [
        (manifest, format!("Create{kind}WithTags")),
        (&edited, format!("Update{kind}")),
    ] {
        let before = env.journal_end();
        env.apply(manifest);
        generation += 1;
        let ready = env.wait_until(object, "is ready", |found| {
            found["status"]["observedGeneration"] == generation
                && condition(found, "Ready") == ("True".into(), "InSync".into())
        });
        assert_eq!(ready["metadata"]["generation"], generation);
        assert_idle(env, &list);
        assert_eq!(successful_writes(env, before), [write]);
        assert_apply_changes_nothing(env, object, manifest);
    }
    let before = env.journal_end();
    env.kubectl(&["delete", object]);
    assert_eq!(
        successful_writes(env, before),
        [format!("Update{kind}"), format!("Delete{kind}")]
    );
}

#[test]
fn a_distribution_with_every_field_takes_the_minimum_of_writes() {
    let env = env_with_references("full-spec");
    let manifest = include_str!("full_spec/distribution.yaml");
    run_lifecycle(&env, "cfd/full", "Distribution", manifest);
}

#[test]
fn a_streaming_distribution_with_every_field_takes_the_minimum_of_writes() {
    let env = env_with_references("full-spec-streaming");
    let manifest = include_str!("full_spec/streaming_distribution.yaml");
    run_lifecycle(&env, "cfsd/full", "StreamingDistribution", manifest);
}
