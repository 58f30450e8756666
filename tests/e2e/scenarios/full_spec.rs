//! The biggest specs there can be: one write to create, one to edit, none at rest, two to delete.

use super::{
    lifecycle::identity,
    stage::{Stage, condition},
};
use cloudfront_simulator::{JournalEntry, Switch};
use std::time::Duration;

const EDGE: &str =
    "apiVersion: v1\nkind: Secret\nmetadata: {name: edge}\nstringData: {first: one, second: two}\n";

/// The other words for which the edit changes these.
const EDIT: [(&str, &str); 7] = [
    ("first", "second"),
    ("PriceClass_100", "PriceClass_200"),
    ("http3", "http2and3"),
    ("[DE, AT]", "[CH]"),
    ("\"200\"", "\"404\""),
    ("TLSv1.2_2021", "TLSv1.3_2025"),
    ("redirect-to-https", "allow-all"),
];

/// A world that has what the specs name.
fn prepared(name: &str) -> Stage {
    let stage = Stage::with_deploy_delay(name, Duration::from_secs(1));
    stage
        .control()
        .set_switch(Switch::AcceptUnknownReferences, true);
    stage.apply(EDGE);
    stage.apply(&identity("reads"));
    stage.until_ready("cfoai/site");
    stage
}

/// The names of the writes that CloudFront was asked for after a point, none of which it refused.
fn writes(stage: &Stage, since: u64) -> Vec<String> {
    let calls = stage.writes_since(since);
    let is_good = |call: &JournalEntry| call.committed && call.code.is_none();
    assert!(calls.iter().all(is_good), "{calls:?}");
    calls.into_iter().map(|call| call.operation).collect()
}

/// `kubectl apply` of what is there already changes nothing. That it says `configured` rather than `unchanged` where items of a list have
/// defaults is kubectl's: it compares such lists as a whole, with what it last applied.
fn applies_unchanged(stage: &Stage, object: &str, manifest: &str) {
    let version = || stage.get(object).expect("it is there")["metadata"]["resourceVersion"].clone();
    let before = version();
    stage.apply(manifest);
    assert_eq!(version(), before);
}

/// Waits until the operator has compared several times more.
fn rests(stage: &Stage, list: &str) {
    let since = stage.now();
    stage.eventually("it was compared several times", || {
        let calls = stage.control().journal_since(since);
        let lists = calls.iter().filter(|call| call.operation == list).count();
        (lists >= 3).then_some(())
    });
    assert_eq!(writes(stage, since), [""; 0], "at rest");
}

fn lives(stage: &Stage, object: &str, kind: &str, manifest: &str) {
    let edited = EDIT
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
        let before = stage.now();
        stage.apply(manifest);
        generation += 1;
        let ready = stage.until(object, "is ready", |it| {
            it["status"]["observedGeneration"] == generation
                && condition(it, "Ready") == ("True".into(), "InSync".into())
        });
        assert_eq!(ready["metadata"]["generation"], generation);
        rests(stage, &list);
        assert_eq!(writes(stage, before), [write]);
        applies_unchanged(stage, object, manifest);
    }
    let before = stage.now();
    stage.kubectl(&["delete", object]);
    assert_eq!(
        writes(stage, before),
        [format!("Update{kind}"), format!("Delete{kind}")]
    );
}

#[test]
fn a_distribution_that_says_all_it_can_is_created_edited_and_deleted_by_as_few_writes_as_can_be() {
    let stage = prepared("whole");
    let manifest = include_str!("full_spec/distribution.yaml");
    lives(&stage, "cfd/whole", "Distribution", manifest);
}

#[test]
fn a_streaming_distribution_that_says_all_it_can_is_created_edited_and_deleted_by_as_few_writes_as_can_be()
 {
    let stage = prepared("whole-streaming");
    let manifest = include_str!("full_spec/streaming_distribution.yaml");
    lives(&stage, "cfsd/whole", "StreamingDistribution", manifest);
}
