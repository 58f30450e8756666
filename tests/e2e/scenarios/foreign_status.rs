//! A status that another client writes.

use crate::support::{AS_SHIPPED, TestEnv, condition, distribution, identity, with_field};
use serde_json::json;
use std::{thread, time::Duration};

/// A patch that removes the id, and replaces the conditions by one that the operator never writes.
fn forged() -> String {
    json!({ "status": { "id": null, "appliedGeneration": null, "conditions": [{
        "type": "Ready", "status": "False", "reason": "Forged", "message": "by hand",
        "lastTransitionTime": "2026-01-01T00:00:00Z",
    }] } })
    .to_string()
}

#[test]
fn a_status_written_by_another_client_is_restored_without_a_call() {
    let mut env = TestEnv::without_operator("foreign", Duration::ZERO);
    env.start_operator_with_flags(&AS_SHIPPED);
    env.apply(&distribution("www", "first"));
    env.apply(&identity("first"));
    // The journal has the requests of both objects.
    let objects = ["cfd/www", "cfoai/site"].map(|it| (it, env.wait_until_ready(it)));
    for (object, ready) in objects {
        let before = ready["status"].clone();
        let calls = env.journal_end();
        env.patch_status(object, &forged());
        let restored = env.wait_until(object, "has its status again", |object| {
            condition(object, "Ready").1 == "InSync"
        });
        assert_eq!(restored["status"], before);
        let calls = env.control().journal_since(calls);
        let operations = TestEnv::operations(&calls);
        let is_list = |operation: &&str| operation.starts_with("List");
        assert!(operations.iter().all(is_list), "{operations:?}");
    }
}

#[test]
fn a_forged_status_does_not_revert_drift_that_is_only_reported() {
    let mut env = TestEnv::with_deploy_delay("foreign-drift", Duration::ZERO);
    let manifest = with_field(&distribution("www", "first"), "driftPolicy: Report");
    env.apply(&manifest);
    let id = env.ready_id("cfd/www");
    env.edit_out_of_band(&id, "Comment", "by hand");
    env.wait_for_condition("cfd/www", "Stalled", "True", "Drifted");
    let before = env.journal_end();
    env.patch_status("cfd/www", &forged());
    env.wait_for_condition("cfd/www", "Stalled", "True", "Drifted");
    assert_eq!(env.writes_since(before), []);
    env.stop_operator();
}

#[test]
fn one_status_of_another_client_costs_one_write() {
    let mut env = TestEnv::without_operator("own-status", Duration::ZERO);
    env.start_operator_with_flags(&AS_SHIPPED);
    env.apply(&distribution("www", "first"));
    env.wait_until_ready("cfd/www");
    // The audit log follows shortly after the response.
    thread::sleep(Duration::from_secs(1));
    let before = env.kubernetes_writes().len();
    env.patch_status("cfd/www", &forged());
    env.wait_until_ready("cfd/www");
    thread::sleep(Duration::from_secs(2));
    let writes = env.kubernetes_writes().split_off(before);
    assert!(
        writes.len() == 1 && writes[0].contains("/status?"),
        "{writes:?}"
    );
}
