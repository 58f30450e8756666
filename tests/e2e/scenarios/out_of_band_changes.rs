//! Changes of the spec, the finalizer, the status or a Secret between two reconciliations.

use crate::support::{TestEnv, distribution, distribution_with_secret_header, secret, with_field};
use cloudfront_simulator::{Edit, JournalEntry};
use serde_json::json;
use std::{thread, time::Duration};

#[test]
fn an_edit_after_a_lost_create_response_is_applied_with_drift_policy_report() {
    let mut env = TestEnv::with_deploy_delay("behind", Duration::ZERO);
    let manifest = |comment: &str| with_field(&distribution("www", comment), "driftPolicy: Report");
    env.apply_with_held_response("CreateDistribution", &manifest("first"));
    env.kill_operator();
    env.apply(&manifest("second"));
    env.start_operator();
    env.wait_until_ready("cfd/www");
    let committed = env.writes_since(0).into_iter();
    let committed: Vec<_> = committed.filter(|call| call.committed).collect();
    assert_eq!(
        TestEnv::operations(&committed),
        ["CreateDistribution", "UpdateDistribution"]
    );
    let state = env.control().state().to_string();
    assert!(state.contains("<Comment>second</Comment>"), "{state}");
}

#[test]
fn a_removed_finalizer_is_added_again_whether_the_object_is_idle_or_suspended() {
    let mut env = TestEnv::with_deploy_delay("stripped", Duration::ZERO);
    env.apply(&distribution("www", "first"));
    let id = env.ready_id("cfd/www");
    let remove_finalizer = |env: &TestEnv| {
        let before = (env.journal_end(), env.kubernetes_writes().len());
        env.patch("cfd/www", r#"{"metadata":{"finalizers":null}}"#);
        env.wait_until("cfd/www", "has the finalizer again", |object| {
            object["metadata"]["finalizers"] == json!(["cloudfront-operator.dev/finalizer"])
        });
        before
    };
    remove_finalizer(&env);
    env.stop_operator();
    restart_idle(&mut env);
    let (calls, writes) = remove_finalizer(&env);
    // The write of the finalizer causes one more reconciliation.
    thread::sleep(Duration::from_secs(1));
    assert_eq!(env.kubernetes_writes().len(), writes + 1, "one write");
    let calls = env.control().journal_since(calls);
    let is_list = |call: &JournalEntry| call.operation == "ListDistributions";
    assert!(calls.iter().all(is_list), "no other call: {calls:?}");

    env.patch("cfd/www", r#"{"spec":{"suspend":true}}"#);
    env.wait_for_condition("cfd/www", "Synced", "Unknown", "Suspended");
    remove_finalizer(&env);
    env.patch("cfd/www", r#"{"spec":{"suspend":false}}"#);
    env.kubectl(&["delete", "cfd/www"]);
    assert!(!env.state_contains(&id));
}

#[test]
fn tags_changed_out_of_band_are_only_reported_with_drift_policy_report() {
    let mut env = TestEnv::with_deploy_delay("idle-tags", Duration::ZERO);
    let manifest = with_field(&distribution("www", "first"), "tags: {team: web}");
    env.apply(&with_field(&manifest, "driftPolicy: Report"));
    let id = env.ready_id("cfd/www");
    env.stop_operator();
    restart_idle(&mut env);
    let before = env.journal_end();
    let tags = [("team".to_owned(), "external".to_owned())].into();
    env.change_out_of_band(&id, Edit::Tags { tags });
    tag_calls(&env, before);
    let object = env.wait_for_condition("cfd/www", "Stalled", "True", "Drifted");
    assert_eq!(object["status"]["drift"][0]["path"], "tags[team]");
    assert_eq!(env.writes_since(before), []);
}

#[test]
fn managed_tags_removed_from_a_status_are_restored_at_the_restart() {
    let mut env = TestEnv::with_deploy_delay("lost-tags", Duration::ZERO);
    env.apply(&with_field(
        &distribution("www", "first"),
        "tags: {team: web}",
    ));
    env.wait_until_ready("cfd/www");
    env.stop_operator();
    env.patch_status("cfd/www", r#"{"status":{"managedTags":null}}"#);
    // Without a change, the operator compares tags once in five resync intervals.
    env.start_operator_with_flags(&["--resync-period", "1h"]);
    env.wait_until("cfd/www", "has its managed tags", |object| {
        object["status"]["managedTags"] == json!(["team"])
    });
}

#[test]
fn a_forged_arn_in_the_status_of_an_idle_object_changes_no_other_tags() {
    let mut env = TestEnv::with_deploy_delay("forged-arn", Duration::ZERO);
    let thief = with_field(&distribution("thief", "thief"), "tags: {team: web}");
    env.apply(&thief);
    env.apply(&distribution("victim", "victim"));
    let own = env.ready_id("cfd/thief");
    let victim = env.wait_until_ready("cfd/victim");
    env.stop_operator();
    let forged =
        json!({ "status": { "arn": victim["status"]["arn"], "managedTags": ["team", "cost"] } });
    env.patch_status("cfd/thief", &forged.to_string());
    let before = env.journal_end();
    restart_idle(&mut env);
    for call in tag_calls(&env, before) {
        assert!(call.path.contains(&own), "{call:?}");
    }
    assert_eq!(env.writes_since(before), []);
}

#[test]
fn a_changed_secret_value_is_applied_with_drift_policy_report() {
    let env = TestEnv::with_deploy_delay("rotated", Duration::ZERO);
    env.apply(&secret("first-value"));
    env.apply(&with_field(
        &distribution_with_secret_header("first"),
        "driftPolicy: Report",
    ));
    let id = env.ready_id("cfd/www");
    env.edit_out_of_band(&id, "Comment", "by hand");
    env.wait_for_condition("cfd/www", "Stalled", "True", "Drifted");
    let before = env.journal_end();
    reconcile_now(&env, "unchanged");
    assert_eq!(env.writes_since(before), [], "the drift is not corrected");
    env.apply(&secret("second-value"));
    reconcile_now(&env, "rotated");
    env.wait_until_ready("cfd/www");
    assert_eq!(
        TestEnv::operations(&env.writes_since(before)),
        ["UpdateDistribution"]
    );
    let state = env.control().state().to_string();
    assert!(state.contains("second-value"), "{state}");
}

/// Requests a reconciliation, and waits until the operator has handled it.
fn reconcile_now(env: &TestEnv, value: &str) {
    env.request_reconcile("cfd/www", value);
    env.wait_until_handled("cfd/www", value);
}

#[test]
fn the_first_kubernetes_write_after_a_create_stores_the_id() {
    let env = TestEnv::with_deploy_delay("idfirst", Duration::ZERO);
    env.apply(&distribution("www", "first"));
    let writes = env.eventually("the audit log has the event of the create", || {
        let writes = env.kubernetes_writes();
        let has_event = writes.iter().any(|write| write.contains("/events"));
        has_event.then_some(writes)
    });
    let path = writes[0].split('?').next();
    let path = path.expect("the operator adds the finalizer").to_owned();
    assert!(
        path.starts_with("patch ") && path.ends_with("/distributions/www"),
        "{path}"
    );
    assert!(
        writes[1].starts_with(&format!("{path}/status?")),
        "{writes:?}"
    );
}

/// Waits for calls about tags since a point in the journal, and returns them.
fn tag_calls(env: &TestEnv, since: u64) -> Vec<JournalEntry> {
    env.eventually("the operator compares tags", || {
        let calls = env.control().journal_since(since).into_iter();
        let tag_calls: Vec<_> = calls
            .filter(|call| call.path.contains("/tagging"))
            .collect();
        (!tag_calls.is_empty()).then_some(tag_calls)
    })
}

/// Starts the operator, and waits until it has compared the list twice.
fn restart_idle(env: &mut TestEnv) {
    let before = env.journal_end();
    env.start_operator();
    env.eventually("the list was compared twice", || {
        let calls = env.control().journal_since(before);
        let lists = calls
            .iter()
            .filter(|call| call.operation == "ListDistributions");
        (lists.count() >= 2).then_some(())
    });
}
