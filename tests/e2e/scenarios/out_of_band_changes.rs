//! What somebody changed while the operator was not looking: the spec, the finalizer, the status, a Secret.

use super::{
    lifecycle::distribution,
    policies::with,
    secret::{secret, with_secret_header},
    stage::Stage,
};
use cloudfront_simulator::{Edit, JournalEntry};
use serde_json::json;
use std::{thread, time::Duration};

#[test]
fn an_edit_of_what_was_created_without_an_answer_is_sent_though_drift_is_only_reported() {
    let mut stage = Stage::with_deploy_delay("behind", Duration::ZERO);
    let reporting = |comment: &str| with(&distribution("www", comment), "driftPolicy: Report");
    stage.apply_unanswered("CreateDistribution", &reporting("first"));
    stage.kill_operator();
    stage.apply(&reporting("second"));
    stage.start_operator();
    stage.until_ready("cfd/www");
    let committed = stage.writes_since(0).into_iter();
    let committed: Vec<_> = committed.filter(|call| call.committed).collect();
    assert_eq!(
        Stage::operations(&committed),
        ["CreateDistribution", "UpdateDistribution"]
    );
    let state = stage.control().state().to_string();
    assert!(state.contains("<Comment>second</Comment>"), "{state}");
}

#[test]
fn a_finalizer_that_was_taken_off_is_put_back_whether_the_object_rests_or_is_suspended() {
    let mut stage = Stage::with_deploy_delay("stripped", Duration::ZERO);
    stage.apply(&distribution("www", "first"));
    let id = stage.id_of("cfd/www");
    let strip = |stage: &Stage| {
        let before = (stage.now(), stage.kubernetes_writes().len());
        patch(stage, r#"{"metadata":{"finalizers":null}}"#);
        stage.until("cfd/www", "is held again", |object| {
            object["metadata"]["finalizers"] == json!(["cloudfront-operator.dev/remote"])
        });
        before
    };
    strip(&stage);
    stage.stop_operator();
    start_at_rest(&mut stage);
    let (calls, writes) = strip(&stage);
    // The pass that our own write causes is over by then.
    thread::sleep(Duration::from_secs(1));
    assert_eq!(stage.kubernetes_writes().len(), writes + 1, "one write");
    let calls = stage.control().journal_since(calls);
    let list = |call: &JournalEntry| call.operation == "ListDistributions";
    assert!(calls.iter().all(list), "no call: {calls:?}");

    patch(&stage, r#"{"spec":{"suspend":true}}"#);
    stage.until_condition("cfd/www", "Synced", "Unknown", "Suspended");
    strip(&stage);
    patch(&stage, r#"{"spec":{"suspend":false}}"#);
    stage.kubectl(&["delete", "cfd/www"]);
    assert!(!stage.control().state().to_string().contains(&id));
}

#[test]
fn tags_that_others_changed_while_an_object_rests_are_only_reported_where_drift_is() {
    let mut stage = Stage::with_deploy_delay("resttags", Duration::ZERO);
    let manifest = with(&distribution("www", "first"), "tags: {team: web}");
    stage.apply(&with(&manifest, "driftPolicy: Report"));
    let id = stage.id_of("cfd/www");
    stage.stop_operator();
    start_at_rest(&mut stage);
    let before = stage.now();
    let tags = [("team".to_owned(), "theirs".to_owned())].into();
    let edited = stage.control().edit(&id, Edit::Tags { tags });
    edited.expect("tags can be edited");
    tag_calls(&stage, before);
    let object = stage.until_condition("cfd/www", "Stalled", "True", "Drifted");
    assert_eq!(object["status"]["drift"][0]["path"], "tags[team]");
    assert_eq!(stage.writes_since(before), []);
}

#[test]
fn tags_that_a_status_has_lost_are_found_out_again_at_once() {
    let mut stage = Stage::with_deploy_delay("losttags", Duration::ZERO);
    stage.apply(&with(&distribution("www", "first"), "tags: {team: web}"));
    stage.until_ready("cfd/www");
    stage.stop_operator();
    let lost = r#"{"status":{"managedTags":null}}"#;
    let arguments = ["patch", "cfd/www", "--subresource=status", "--type=merge"];
    stage.kubectl(&[&arguments[..], &["--patch", lost]].concat());
    // Tags are compared once in five such intervals.
    stage.start_operator_with(&["--resync-interval", "1h"]);
    stage.until("cfd/www", "knows its tags", |object| {
        object["status"]["managedTags"] == json!(["team"])
    });
}

#[test]
fn a_forged_arn_in_the_status_of_an_object_at_rest_leads_to_no_tags_of_others() {
    let mut stage = Stage::with_deploy_delay("forgedarn", Duration::ZERO);
    let thief = with(&distribution("thief", "thief"), "tags: {team: web}");
    stage.apply(&thief);
    stage.apply(&distribution("victim", "victim"));
    let own = stage.id_of("cfd/thief");
    let victim = stage.until_ready("cfd/victim");
    stage.stop_operator();
    let forged =
        json!({ "status": { "arn": victim["status"]["arn"], "managedTags": ["team", "cost"] } });
    let arguments = [
        "patch",
        "cfd/thief",
        "--subresource=status",
        "--type=merge",
        "--patch",
    ];
    stage.kubectl(&[&arguments[..], &[&forged.to_string()]].concat());
    let before = stage.now();
    start_at_rest(&mut stage);
    for call in tag_calls(&stage, before) {
        assert!(call.path.contains(&own), "{call:?}");
    }
    assert_eq!(stage.writes_since(before), []);
}

#[test]
fn another_value_in_a_secret_is_sent_though_drift_is_only_reported() {
    let stage = Stage::with_deploy_delay("rotated", Duration::ZERO);
    stage.apply(&secret("first-value"));
    stage.apply(&with(&with_secret_header("first"), "driftPolicy: Report"));
    let id = stage.id_of("cfd/www");
    stage.edit_by_hand(&id, "Comment", "by hand");
    stage.until_condition("cfd/www", "Stalled", "True", "Drifted");
    let before = stage.now();
    look_now(&stage, "unchanged");
    assert_eq!(stage.writes_since(before), [], "drift stays");
    stage.apply(&secret("second-value"));
    look_now(&stage, "rotated");
    stage.until_ready("cfd/www");
    assert_eq!(
        Stage::operations(&stage.writes_since(before)),
        ["UpdateDistribution"]
    );
    let state = stage.control().state().to_string();
    assert!(state.contains("second-value"), "{state}");
}

/// Asks for a look, and waits until it was taken.
fn look_now(stage: &Stage, when: &str) {
    let asked = format!("cloudfront-operator.dev/reconcile-requested-at={when}");
    stage.kubectl(&["annotate", "--overwrite", "cfd/www", &asked]);
    stage.until("cfd/www", "has answered", |object| {
        object["status"]["lastHandledReconcileAt"] == when
    });
}

#[test]
fn the_first_write_to_kubernetes_after_a_creation_stores_the_id() {
    let stage = Stage::with_deploy_delay("idfirst", Duration::ZERO);
    stage.apply(&distribution("www", "first"));
    let writes = stage.eventually("the creation is told and logged", || {
        let writes = stage.kubernetes_writes();
        let told = writes.iter().any(|write| write.contains("/events"));
        told.then_some(writes)
    });
    let path = writes[0].split('?').next();
    let path = path.expect("it takes hold").to_owned();
    assert!(
        path.starts_with("patch ") && path.ends_with("/distributions/www"),
        "{path}"
    );
    assert!(
        writes[1].starts_with(&format!("{path}/status?")),
        "{writes:?}"
    );
}

/// The calls for tags since a moment, once there are some.
fn tag_calls(stage: &Stage, since: u64) -> Vec<JournalEntry> {
    stage.eventually("tags are compared", || {
        let calls = stage.control().journal_since(since).into_iter();
        let of_tags: Vec<_> = calls
            .filter(|call| call.path.contains("/tagging"))
            .collect();
        (!of_tags.is_empty()).then_some(of_tags)
    })
}

/// Starts the operator again, and waits until it has seen that nothing has changed.
fn start_at_rest(stage: &mut Stage) {
    let before = stage.now();
    stage.start_operator();
    stage.eventually("the list was compared twice", || {
        let calls = stage.control().journal_since(before);
        let lists = calls
            .iter()
            .filter(|call| call.operation == "ListDistributions");
        (lists.count() >= 2).then_some(())
    });
}

/// Changes the one distribution.
fn patch(stage: &Stage, patch: &str) {
    stage.kubectl(&["patch", "cfd/www", "--type=merge", "--patch", patch]);
}
