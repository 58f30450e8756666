//! Ownership: a resource belongs to the object that created it, regardless of what a status says.

use crate::support::{TestEnv, distribution, message, with_field};
use serde_json::json;
use std::{thread, time::Duration};

/// Starts an environment with a distribution whose creator is younger than object `adopter`, which adopts it with a forged status.
fn with_adopted_resource(name: &str) -> (TestEnv, u64) {
    let env = TestEnv::with_deploy_delay(name, Duration::ZERO);
    let adopter = distribution("adopter", "adopted");
    env.apply(&with_field(&adopter, "suspend: true"));
    env.wait_for_condition("cfd/adopter", "Synced", "Unknown", "Suspended");
    // Creation times have whole seconds.
    thread::sleep(Duration::from_millis(1_100));
    env.apply(&distribution("creator", "mine"));
    let id = env.ready_id("cfd/creator");
    let before = env.journal_end();
    env.patch_status(
        "cfd/adopter",
        &json!({ "status": { "id": id } }).to_string(),
    );
    let adopts = format!("adoptId: {id}\n  deletionPolicy: Delete");
    env.apply(&with_field(&adopter, &adopts));
    (env, before)
}

#[test]
fn the_creator_keeps_its_resource_although_an_older_object_has_its_id_in_a_forged_status() {
    let (env, before) = with_adopted_resource("creator");
    let refused = env.wait_for_condition("cfd/adopter", "Stalled", "True", "OwnershipConflict");
    let text = message(&refused, "Ready");
    let name = format!("{}/creator", env.namespace);
    assert!(text.contains(&name), "{text}");
    assert_eq!(env.writes_since(before), []);
    env.apply(&distribution("creator", "edited"));
    env.wait_until_ready("cfd/creator");
    assert!(env.state_contains("<Comment>edited</Comment>"));
}

#[test]
fn the_deletion_of_an_object_that_does_not_own_its_resource_ends_without_a_write() {
    let (env, before) = with_adopted_resource("rival");
    env.wait_for_condition("cfd/adopter", "Stalled", "True", "OwnershipConflict");
    env.kubectl(&["delete", "cfd/adopter", "--wait=false"]);
    env.wait_until_gone("cfd/adopter");
    assert_eq!(env.writes_since(before), []);
}

#[test]
fn an_id_that_cannot_exist_in_a_forged_status_does_not_block_the_deletion() {
    for (name, id) in [("dots", ".."), ("text", "no id")] {
        let env = TestEnv::with_deploy_delay(name, Duration::ZERO);
        env.apply(&distribution("www", "first"));
        env.wait_until_ready("cfd/www");
        env.patch_status("cfd/www", &json!({ "status": { "id": id } }).to_string());
        env.kubectl(&["delete", "cfd/www", "--wait=false"]);
        env.wait_until_gone("cfd/www");
        assert_eq!(env.distribution_count(), 0, "{}", env.control().state());
    }
}

#[test]
fn a_forged_id_that_does_not_exist_creates_no_second_resource() {
    for (name, id) in [("absent", "E0123456789ABC"), ("invalid", "..")] {
        let mut env = TestEnv::with_deploy_delay(name, Duration::ZERO);
        env.apply(&distribution("www", "first"));
        let own = env.ready_id("cfd/www");
        env.stop_operator();
        env.patch_status("cfd/www", &json!({ "status": { "id": id } }).to_string());
        env.apply(&distribution("www", "second"));
        env.start_operator();
        assert_eq!(env.ready_id("cfd/www"), own);
        assert_eq!(env.committed_count("CreateDistribution"), 1);
    }
}
