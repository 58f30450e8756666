//! The fields that are the operator's own.

use super::{
    lifecycle::distribution,
    stage::{Stage, condition, message},
};
use cloudfront_simulator::{Edit, Fault, FaultMode};
use std::time::Duration;

pub(super) fn with(manifest: &str, field: &str) -> String {
    manifest.replace("spec:\n", &format!("spec:\n  {field}\n"))
}

#[test]
fn reported_drift_is_shown_and_left_until_the_spec_is_edited() {
    let stage = Stage::with_deploy_delay("report", Duration::ZERO);
    stage.apply(&with(&distribution("www", "first"), "driftPolicy: Report"));
    let id = stage.id_of("cfd/www");
    stage.edit_by_hand(&id, "Comment", "by hand");
    let before = stage.now();
    let object = stage.until_condition("cfd/www", "Stalled", "True", "Drifted");
    assert_eq!(
        object["status"]["drift"],
        serde_json::json!([{"path": "comment", "desired": "first", "observed": "by hand"}])
    );
    assert_eq!(condition(&object, "Ready").0, "False");
    assert_eq!(stage.writes_since(before), []);
    stage.apply(&with(&distribution("www", "second"), "driftPolicy: Report"));
    let mended = stage.until_ready("cfd/www");
    assert!(mended["status"]["drift"].is_null(), "{mended}");
}

#[test]
fn a_suspended_object_is_left_alone_until_it_is_resumed() {
    let stage = Stage::with_deploy_delay("suspend", Duration::ZERO);
    stage.apply(&distribution("www", "first"));
    let id = stage.id_of("cfd/www");
    stage.kubectl(&[
        "patch",
        "cfd/www",
        "--type=merge",
        "--patch",
        r#"{"spec":{"suspend":true}}"#,
    ]);
    let object = stage.until_condition("cfd/www", "Synced", "Unknown", "Suspended");
    assert_eq!(
        condition(&object, "Ready").0,
        "True",
        "nothing but suspend was edited"
    );
    assert!(message(&object, "Synced").starts_with("Suspended since "));

    let suspended = stage.now();
    stage.edit_by_hand(&id, "Comment", "by hand");
    stage.kubectl(&[
        "patch",
        "cfd/www",
        "--type=merge",
        "--patch",
        r#"{"spec":{"comment":"second"}}"#,
    ]);
    stage.until_condition("cfd/www", "Stalled", "True", "Suspended");
    assert_eq!(
        stage.control().journal_since(suspended),
        [],
        "not one call while suspended"
    );

    stage.kubectl(&[
        "patch",
        "cfd/www",
        "--type=merge",
        "--patch",
        r#"{"spec":{"suspend":false}}"#,
    ]);
    stage.until_ready("cfd/www");
    assert!(
        stage
            .control()
            .state()
            .to_string()
            .contains("<Comment>second</Comment>")
    );
}

#[test]
fn a_retained_remote_stays_and_is_adopted_by_another_object() {
    let stage = Stage::with_deploy_delay("adopt", Duration::ZERO);
    stage.apply(&with(
        &distribution("www", "first"),
        "deletionPolicy: Retain",
    ));
    let id = stage.id_of("cfd/www");
    let before = stage.now();
    stage.kubectl(&["delete", "cfd/www"]);
    assert_eq!(stage.writes_since(before), [], "the remote is not touched");

    stage.apply(&with(
        &distribution("watcher", "other"),
        &format!("adoptId: {id}\n  managementPolicy: Observe"),
    ));
    let observed = stage.until_condition("cfd/watcher", "Stalled", "True", "Drifted");
    assert_eq!(observed["status"]["drift"][0]["path"], "comment");
    assert_eq!(stage.writes_since(before), [], "an observer writes nothing");
    stage.kubectl(&["delete", "cfd/watcher"]);

    stage.apply(&with(
        &distribution("owner", "mine"),
        &format!("adoptId: {id}"),
    ));
    assert_eq!(stage.id_of("cfd/owner"), id);
    assert_eq!(
        Stage::operations(&stage.writes_since(before)),
        ["UpdateDistribution"]
    );

    stage.apply(&with(
        &distribution("rival", "mine"),
        &format!("adoptId: {id}"),
    ));
    let refused = stage.until_condition("cfd/rival", "Stalled", "True", "OwnedElsewhere");
    assert!(
        message(&refused, "Ready").contains(&format!("{}/owner", stage.namespace)),
        "{}",
        message(&refused, "Ready")
    );
    stage.kubectl(&["delete", "cfd/owner", "cfd/rival"]);
    assert!(
        stage.control().state().to_string().contains(&id),
        "an adopted remote is retained unless asked otherwise"
    );
}

#[test]
fn a_forged_id_is_refused_and_never_written_to() {
    let stage = Stage::with_deploy_delay("forged", Duration::ZERO);
    stage.apply(&distribution("victim", "victim"));
    let victim = stage.id_of("cfd/victim");
    stage.apply(&distribution("thief", "thief"));
    stage.until_ready("cfd/thief");
    let before = stage.now();
    let patch = format!(r#"{{"status":{{"id":"{victim}"}}}}"#);
    stage.kubectl(&[
        "patch",
        "cfd/thief",
        "--subresource=status",
        "--type=merge",
        "--patch",
        &patch,
    ]);
    stage.until_condition("cfd/thief", "Stalled", "True", "OwnedElsewhere");
    assert_eq!(stage.writes_since(before), []);
    let own = r#"{"status":{"id":null}}"#;
    stage.kubectl(&[
        "patch",
        "cfd/thief",
        "--subresource=status",
        "--type=merge",
        "--patch",
        own,
    ]);
    stage.until_ready("cfd/thief");
    let made = stage
        .writes_since(before)
        .iter()
        .filter(|call| call.committed)
        .count();
    assert_eq!(
        made,
        0,
        "its own remote was found again: {:?}",
        stage.writes_since(before)
    );
}

#[test]
fn a_fresh_look_is_taken_when_asked_for_and_answered() {
    let stage = Stage::with_deploy_delay("fresh", Duration::ZERO);
    stage.apply(&distribution("www", "first"));
    stage.until_ready("cfd/www");
    stage.kubectl(&[
        "annotate",
        "cfd/www",
        "cloudfront-operator.dev/reconcile-requested-at=now-1",
    ]);
    stage.until("cfd/www", "has answered", |object| {
        object["status"]["lastHandledReconcileAt"] == "now-1"
    });
}

#[test]
fn tags_are_set_by_the_create_itself_and_kept_in_step_beside_those_of_others() {
    let stage = Stage::with_deploy_delay("tags", Duration::ZERO);
    let tags = |simulator: &Stage, id: &str| {
        let state = simulator.control().state();
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
    stage.apply(&with(
        &distribution("www", "first"),
        "tags: {team: web, env: test}",
    ));
    let id = stage.id_of("cfd/www");
    assert_eq!(
        Stage::operations(&stage.writes_since(0)),
        ["CreateDistributionWithTags"]
    );
    assert_eq!(
        tags(&stage, &id),
        serde_json::json!({"team": "web", "env": "test"})
    );

    let theirs = [("team", "other"), ("env", "test"), ("cost", "42")]
        .map(|(k, v)| (k.to_owned(), v.to_owned()));
    stage
        .control()
        .edit(
            &id,
            Edit::Tags {
                tags: theirs.into(),
            },
        )
        .expect("tags can be edited");
    stage.eventually("the tag is set back", || {
        (tags(&stage, &id)["team"] == "web").then_some(())
    });
    stage.apply(&with(&distribution("www", "first"), "tags: {team: site}"));
    let wanted = serde_json::json!({"team": "site", "cost": "42"});
    stage.eventually("the tags follow the spec", || {
        (tags(&stage, &id) == wanted).then_some(())
    });
    let object = stage.until_ready("cfd/www");
    assert_eq!(object["status"]["managedTags"], serde_json::json!(["team"]));
}

#[test]
fn a_deletion_that_may_not_write_says_so_and_goes_on_once_it_may() {
    let mut stage = Stage::with_deploy_delay("heldup", Duration::ZERO);
    stage.apply(&distribution("www", "first"));
    stage.until_ready("cfd/www");
    stage.kubectl(&[
        "patch",
        "cfd/www",
        "--type=merge",
        "--patch",
        r#"{"spec":{"suspend":true}}"#,
    ]);
    let before = stage.now();
    stage.kubectl(&["delete", "cfd/www", "--wait=false"]);
    let held = stage.until_condition("cfd/www", "Stalled", "True", "Suspended");
    assert!(message(&held, "Ready").starts_with("The deletion waits, since spec.suspend is set"));

    stage.stop_operator();
    stage.start_operator_with(&["--mode", "observe"]);
    stage.kubectl(&[
        "patch",
        "cfd/www",
        "--type=merge",
        "--patch",
        r#"{"spec":{"suspend":false}}"#,
    ]);
    stage.until_condition("cfd/www", "Stalled", "True", "Withheld");
    assert_eq!(stage.writes_since(before), []);

    stage.stop_operator();
    stage.start_operator();
    stage.until_gone("cfd/www");
}

#[test]
fn an_operator_that_only_observes_tells_what_it_would_do_and_writes_nothing() {
    let mut stage = Stage::without_operator("observe", Duration::ZERO);
    stage.start_operator_with(&["--mode", "observe"]);
    stage.apply(&distribution("www", "first"));
    let object = stage.until_condition("cfd/www", "Ready", "Unknown", "Withheld");
    assert!(message(&object, "Ready").starts_with("Would create a Distribution"));
    assert!(
        object["metadata"]["finalizers"].is_null(),
        "nothing keeps it from being deleted"
    );
    assert_eq!(stage.control().journal(), []);
    stage.kubectl(&["delete", "cfd/www"]);
}

#[test]
fn reported_drift_stays_reported_after_trouble_and_an_edit_carries_out_tags_as_well() {
    let stage = Stage::with_deploy_delay("reports", Duration::ZERO);
    let tagged = |comment: &str, tags: &str| {
        let manifest = with(&distribution("www", comment), &format!("tags: {tags}"));
        with(&manifest, "driftPolicy: Report")
    };
    stage.apply(&tagged("first", "{team: web}"));
    let id = stage.id_of("cfd/www");
    let denied = FaultMode::error(403, "AccessDenied", "injected");
    for operation in ["GetDistribution", "ListDistributions"] {
        let fault = Fault::on(operation, denied.clone());
        stage.control().inject(fault.times(100_000));
    }
    stage.until_condition("cfd/www", "Stalled", "True", "Denied");
    stage.edit_by_hand(&id, "Comment", "by hand");
    let before = stage.now();
    stage.control().clear_faults();
    stage.until_condition("cfd/www", "Stalled", "True", "Drifted");
    assert_eq!(stage.writes_since(before), []);

    stage.apply(&tagged("second", "{env: prod}"));
    stage.until_ready("cfd/www");
    let state = stage.control().state().to_string();
    assert!(
        state.contains("<Comment>second</Comment>") && state.contains(r#"{"env":"prod"}"#),
        "{state}"
    );
}

#[test]
fn an_object_that_has_a_resource_cannot_adopt_another_and_a_retained_one_is_told() {
    let stage = Stage::with_deploy_delay("second", Duration::ZERO);
    stage.apply(&with(
        &distribution("www", "first"),
        "deletionPolicy: Retain",
    ));
    let id = stage.id_of("cfd/www");
    let patch = r#"{"spec":{"adoptId":"EWRONG"}}"#;
    let arguments = ["patch", "cfd/www", "--type=merge", "--patch", patch];
    let refused = stage.try_kubectl(&arguments, "");
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    let wanted = format!("adoptId is \"EWRONG\", and this object has \"{id}\" already");
    assert!(told.contains(&wanted), "{told}");
    stage.kubectl(&["delete", "cfd/www"]);
    let wanted = format!("left Distribution {id} in CloudFront as it is");
    stage.eventually("an event tells that it was left", || {
        let events = stage.kubectl(&["get", "events", "--output", "jsonpath={.items[*].message}"]);
        events.contains(&wanted).then_some(())
    });
}

#[test]
fn every_write_has_an_event_of_its_own_with_its_own_request() {
    let stage = Stage::with_deploy_delay("events", Duration::ZERO);
    stage.apply(&distribution("www", "first"));
    for comment in ["second", "third"] {
        stage.until_ready("cfd/www");
        stage.apply(&distribution("www", comment));
    }
    stage.until_ready("cfd/www");
    for call in stage.writes_since(0) {
        stage.eventually("an event names the request", || {
            let events =
                stage.kubectl(&["get", "events", "--output", "jsonpath={.items[*].message}"]);
            events.contains(&call.request_id).then_some(())
        });
    }
}
