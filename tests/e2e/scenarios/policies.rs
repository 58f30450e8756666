//! Spec fields that control the operator: policies, suspension, adoption and tags.

use crate::support::{TestEnv, condition, distribution, message, with_field};
use cloudfront_simulator::{Edit, Fault, FaultMode};
use std::time::Duration;

#[test]
fn drift_policy_report_shows_drift_and_keeps_it_until_the_spec_changes() {
    let env = TestEnv::with_deploy_delay("report", Duration::ZERO);
    env.apply(&with_field(
        &distribution("www", "first"),
        "driftPolicy: Report",
    ));
    let id = env.ready_id("cfd/www");
    env.edit_out_of_band(&id, "Comment", "by hand");
    let before = env.journal_end();
    let object = env.wait_for_condition("cfd/www", "Stalled", "True", "Drifted");
    assert_eq!(
        object["status"]["drift"],
        serde_json::json!([{"path": "comment", "desired": "first", "observed": "by hand"}])
    );
    assert_eq!(condition(&object, "Ready").0, "False");
    assert_eq!(env.writes_since(before), []);
    env.apply(&with_field(
        &distribution("www", "second"),
        "driftPolicy: Report",
    ));
    let corrected = env.wait_until_ready("cfd/www");
    assert!(corrected["status"]["drift"].is_null(), "{corrected}");
}

#[test]
fn a_suspended_object_causes_no_calls_until_it_is_resumed() {
    let env = TestEnv::with_deploy_delay("suspend", Duration::ZERO);
    env.apply(&distribution("www", "first"));
    let id = env.ready_id("cfd/www");
    env.patch("cfd/www", r#"{"spec":{"suspend":true}}"#);
    let object = env.wait_for_condition("cfd/www", "Synced", "Unknown", "Suspended");
    assert_eq!(
        condition(&object, "Ready").0,
        "True",
        "only suspend was edited"
    );
    assert!(message(&object, "Synced").starts_with("Suspended since "));

    let suspended = env.journal_end();
    env.edit_out_of_band(&id, "Comment", "by hand");
    env.patch("cfd/www", r#"{"spec":{"comment":"second"}}"#);
    env.wait_for_condition("cfd/www", "Stalled", "True", "Suspended");
    assert_eq!(
        env.control().journal_since(suspended),
        [],
        "no call while suspended"
    );

    env.patch("cfd/www", r#"{"spec":{"suspend":false}}"#);
    env.wait_until_ready("cfd/www");
    assert!(env.state_contains("<Comment>second</Comment>"));
}

#[test]
fn a_retained_resource_is_adopted_by_another_object() {
    let env = TestEnv::with_deploy_delay("adopt", Duration::ZERO);
    env.apply(&with_field(
        &distribution("www", "first"),
        "deletionPolicy: Retain",
    ));
    let id = env.ready_id("cfd/www");
    let before = env.journal_end();
    env.kubectl(&["delete", "cfd/www"]);
    assert_eq!(env.writes_since(before), [], "the resource is not changed");

    env.apply(&with_field(
        &distribution("watcher", "other"),
        &format!("adoptId: {id}\n  managementPolicy: Observe"),
    ));
    let observed = env.wait_for_condition("cfd/watcher", "Stalled", "True", "Drifted");
    assert_eq!(observed["status"]["drift"][0]["path"], "comment");
    assert_eq!(
        env.writes_since(before),
        [],
        "managementPolicy Observe writes nothing"
    );
    env.kubectl(&["delete", "cfd/watcher"]);

    env.apply(&with_field(
        &distribution("owner", "mine"),
        &format!("adoptId: {id}"),
    ));
    assert_eq!(env.ready_id("cfd/owner"), id);
    assert_eq!(
        TestEnv::operations(&env.writes_since(before)),
        ["UpdateDistribution"]
    );

    env.apply(&with_field(
        &distribution("rival", "mine"),
        &format!("adoptId: {id}"),
    ));
    let refused = env.wait_for_condition("cfd/rival", "Stalled", "True", "OwnershipConflict");
    assert!(
        message(&refused, "Ready").contains(&format!("{}/owner", env.namespace)),
        "{}",
        message(&refused, "Ready")
    );
    env.kubectl(&["delete", "cfd/owner", "cfd/rival"]);
    assert!(
        env.state_contains(&id),
        "an adopted resource is retained by default"
    );
}

#[test]
fn the_resource_of_a_forged_id_is_never_changed() {
    let mut env = TestEnv::with_deploy_delay("forged", Duration::ZERO);
    env.apply(&distribution("victim", "victim"));
    let victim = env.ready_id("cfd/victim");
    env.apply(&distribution("thief", "thief"));
    let own = env.ready_id("cfd/thief");
    let before = env.journal_end();
    let patch = format!(r#"{{"status":{{"id":"{victim}"}}}}"#);
    env.patch_status("cfd/thief", &patch);
    env.wait_until("cfd/thief", "has its own id again", |object| {
        object["status"]["id"] == own.as_str()
    });
    // What is written while no operator runs cannot be restored.
    env.stop_operator();
    env.patch_status("cfd/thief", &patch);
    env.start_operator();
    env.wait_for_condition("cfd/thief", "Stalled", "True", "OwnershipConflict");
    assert_eq!(env.writes_since(before), []);
    let patch = r#"{"status":{"id":null}}"#;
    env.patch_status("cfd/thief", patch);
    env.wait_until_ready("cfd/thief");
    let created = env
        .writes_since(before)
        .iter()
        .filter(|call| call.committed)
        .count();
    assert_eq!(
        created,
        0,
        "the object finds its own resource again: {:?}",
        env.writes_since(before)
    );
}

#[test]
fn a_requested_reconciliation_is_recorded_in_the_status() {
    let env = TestEnv::with_deploy_delay("fresh", Duration::ZERO);
    env.apply(&distribution("www", "first"));
    env.wait_until_ready("cfd/www");
    env.request_reconcile("cfd/www", "now-1");
    env.wait_until_handled("cfd/www", "now-1");
}

#[test]
fn the_create_call_sets_tags_and_later_syncs_keep_unmanaged_tags() {
    let env = TestEnv::with_deploy_delay("tags", Duration::ZERO);
    let tags = |env: &TestEnv, id: &str| {
        let state = env.control().state();
        let accounts = state["accounts"].as_object().cloned().unwrap_or_default();
        let all = accounts.values().flat_map(|account| {
            account["distributions"]
                .as_array()
                .cloned()
                .unwrap_or_default()
        });
        all.into_iter()
            .find(|one| one["id"] == id)
            .map(|one| one["tags"].clone())
            .unwrap_or_default()
    };
    env.apply(&with_field(
        &distribution("www", "first"),
        "tags: {team: web, env: test}",
    ));
    let id = env.ready_id("cfd/www");
    assert_eq!(
        TestEnv::operations(&env.writes_since(0)),
        ["CreateDistributionWithTags"]
    );
    assert_eq!(
        tags(&env, &id),
        serde_json::json!({"team": "web", "env": "test"})
    );

    let external = [("team", "other"), ("env", "test"), ("cost", "42")]
        .map(|(k, v)| (k.to_owned(), v.to_owned()));
    env.change_out_of_band(
        &id,
        Edit::Tags {
            tags: external.into(),
        },
    );
    env.eventually("the operator has corrected the tag", || {
        (tags(&env, &id)["team"] == "web").then_some(())
    });
    env.apply(&with_field(
        &distribution("www", "first"),
        "tags: {team: site}",
    ));
    let expected = serde_json::json!({"team": "site", "cost": "42"});
    env.eventually("the tags match the spec", || {
        (tags(&env, &id) == expected).then_some(())
    });
    let object = env.wait_until_ready("cfd/www");
    assert_eq!(object["status"]["managedTags"], serde_json::json!(["team"]));
}

#[test]
fn a_deletion_waits_while_writes_are_disabled() {
    let mut env = TestEnv::with_deploy_delay("heldup", Duration::ZERO);
    env.apply(&distribution("www", "first"));
    env.wait_until_ready("cfd/www");
    env.patch("cfd/www", r#"{"spec":{"suspend":true}}"#);
    let before = env.journal_end();
    env.kubectl(&["delete", "cfd/www", "--wait=false"]);
    let blocked = env.wait_for_condition("cfd/www", "Stalled", "True", "Suspended");
    assert!(
        message(&blocked, "Ready").starts_with("The deletion waits because spec.suspend is true")
    );

    env.stop_operator();
    env.start_operator_with_flags(&["--read-only"]);
    env.patch("cfd/www", r#"{"spec":{"suspend":false}}"#);
    env.wait_for_condition("cfd/www", "Stalled", "True", "ReadOnly");
    assert_eq!(env.writes_since(before), []);

    env.stop_operator();
    env.start_operator();
    env.wait_until_gone("cfd/www");
}

#[test]
fn a_read_only_operator_reports_the_necessary_write_and_writes_nothing() {
    let mut env = TestEnv::without_operator("observe", Duration::ZERO);
    env.start_operator_with_flags(&["--read-only"]);
    env.apply(&distribution("www", "first"));
    let object = env.wait_for_condition("cfd/www", "Ready", "Unknown", "ReadOnly");
    assert!(message(&object, "Ready").contains("--read-only and does not create the Distribution"));
    assert!(
        object["metadata"]["finalizers"].is_null(),
        "the object has no finalizer"
    );
    assert_eq!(env.control().journal(), []);
    env.kubectl(&["delete", "cfd/www"]);
}

#[test]
fn a_read_only_operator_shows_drift_and_edits_without_writing_them() {
    let mut env = TestEnv::with_deploy_delay("readonly", Duration::ZERO);
    env.apply(&distribution("www", "first"));
    let id = env.ready_id("cfd/www");
    env.stop_operator();
    env.start_operator_with_flags(&["--read-only"]);
    env.edit_out_of_band(&id, "Comment", "by hand");
    let before = env.journal_end();
    let object = env.wait_for_condition("cfd/www", "Stalled", "True", "ReadOnly");
    assert_eq!(object["status"]["drift"][0]["path"], "comment");
    assert!(message(&object, "Ready").contains("comment"), "{object}");
    env.apply(&distribution("www", "second"));
    env.eventually("the status shows the edit", || {
        let object = env.get("cfd/www")?;
        (object["status"]["drift"][0]["desired"] == "second").then_some(())
    });
    assert_eq!(env.writes_since(before), []);
    env.stop_operator();
    env.start_operator();
    env.wait_until_ready("cfd/www");
}

#[test]
fn drift_is_still_reported_after_an_error_and_an_edit_updates_tags_as_well() {
    let env = TestEnv::with_deploy_delay("reports", Duration::ZERO);
    let tagged = |comment: &str, tags: &str| {
        let manifest = with_field(&distribution("www", comment), &format!("tags: {tags}"));
        with_field(&manifest, "driftPolicy: Report")
    };
    env.apply(&tagged("first", "{team: web}"));
    let id = env.ready_id("cfd/www");
    let denied = FaultMode::error(403, "AccessDenied", "injected");
    for operation in ["GetDistribution", "ListDistributions"] {
        let fault = Fault::on(operation, denied.clone());
        env.control().inject(fault.times(100_000));
    }
    env.wait_for_condition("cfd/www", "Stalled", "True", "AccessDenied");
    env.edit_out_of_band(&id, "Comment", "by hand");
    let before = env.journal_end();
    env.control().clear_faults();
    env.wait_for_condition("cfd/www", "Stalled", "True", "Drifted");
    assert_eq!(env.writes_since(before), []);

    env.apply(&tagged("second", "{env: prod}"));
    env.wait_until_ready("cfd/www");
    let state = env.control().state().to_string();
    assert!(
        state.contains("<Comment>second</Comment>") && state.contains(r#"{"env":"prod"}"#),
        "{state}"
    );
}

#[test]
fn an_object_with_a_resource_cannot_adopt_another_and_a_retained_one_has_an_event() {
    let env = TestEnv::with_deploy_delay("second", Duration::ZERO);
    env.apply(&with_field(
        &distribution("www", "first"),
        "deletionPolicy: Retain",
    ));
    let id = env.ready_id("cfd/www");
    let patch = r#"{"spec":{"adoptId":"EWRONG"}}"#;
    let arguments = ["patch", "cfd/www", "--type=merge", "--patch", patch];
    let refused = env.try_kubectl(&arguments, "");
    let error = String::from_utf8_lossy(&refused.stderr).into_owned();
    let expected = format!("adoptId is \"EWRONG\", and this object has \"{id}\" already");
    assert!(error.contains(&expected), "{error}");
    env.kubectl(&["delete", "cfd/www"]);
    let expected = format!("Kept Distribution {id} in CloudFront");
    env.eventually("an event reports the retained resource", || {
        let events = env.kubectl(&["get", "events", "--output", "jsonpath={.items[*].message}"]);
        events.contains(&expected).then_some(())
    });
}

#[test]
fn every_write_has_an_event_with_its_request_id() {
    let env = TestEnv::with_deploy_delay("events", Duration::ZERO);
    env.apply(&distribution("www", "first"));
    for comment in ["second", "third"] {
        env.wait_until_ready("cfd/www");
        env.apply(&distribution("www", comment));
    }
    env.wait_until_ready("cfd/www");
    for call in env.writes_since(0) {
        env.eventually("an event has the request id", || {
            let events =
                env.kubectl(&["get", "events", "--output", "jsonpath={.items[*].message}"]);
            events.contains(&call.request_id).then_some(())
        });
    }
}
