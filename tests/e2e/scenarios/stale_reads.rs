//! Reads of CloudFront that return an earlier version, while a user edits an object back to an earlier spec.

use crate::support::{AS_SHIPPED, TestEnv, distribution, identity, streaming_distribution};
use cloudfront_simulator::FaultMode;
use serde_json::Value;
use std::time::Duration;

/// A read that lags behind by one write.
const ONE_WRITE_BEHIND: FaultMode = FaultMode::StaleRead { lag: 1 };

/// Applies two specs, edits back to the first one while the operator is stopped, and lets its first read be stale.
fn edit_back_across_a_restart(
    env: &mut TestEnv,
    object: &str,
    read: &str,
    manifest: impl Fn(&str) -> String,
) -> Value {
    env.start_operator_with_flags(&AS_SHIPPED);
    for comment in ["first", "second"] {
        env.apply(&manifest(comment));
        env.wait_until_ready(object);
    }
    env.kill_operator();
    env.apply(&manifest("first"));
    env.inject(read, ONE_WRITE_BEHIND);
    env.start_operator_with_flags(&AS_SHIPPED);
    env.wait_until_ready(object)
}

/// Asserts that CloudFront has the first spec of an object that reports it as in sync.
fn assert_has_first_spec(env: &TestEnv, object: &Value) {
    assert!(
        env.state_contains("<Comment>first</Comment>"),
        "the object is ready, and CloudFront has the second spec: {}",
        object["status"]
    );
}

#[test]
fn a_stale_read_after_a_restart_does_not_end_the_edit_of_a_distribution() {
    let mut env = TestEnv::without_operator("stale-restart", Duration::ZERO);
    let object = edit_back_across_a_restart(&mut env, "cfd/www", "GetDistribution", |comment| {
        distribution("www", comment)
    });
    assert_has_first_spec(&env, &object);
}

#[test]
fn a_stale_read_after_a_restart_does_not_end_the_edit_of_a_streaming_distribution() {
    let mut env = TestEnv::without_operator("stale-streaming", Duration::ZERO);
    let read = "GetStreamingDistribution";
    let object = edit_back_across_a_restart(&mut env, "cfsd/live", read, |comment| {
        streaming_distribution("live", &format!("comment: {comment}"))
    });
    assert_has_first_spec(&env, &object);
}

#[test]
fn a_stale_read_after_a_restart_does_not_end_the_edit_of_an_identity() {
    let mut env = TestEnv::without_operator("stale-identity", Duration::ZERO);
    let read = "GetCloudFrontOriginAccessIdentity";
    let object = edit_back_across_a_restart(&mut env, "cfoai/site", read, identity);
    assert_has_first_spec(&env, &object);
}

/// Edits an object back after the response to its second update was lost, while reads are stale.
fn edit_back_after_a_lost_response(
    env: &mut TestEnv,
    object: &str,
    api_name: &str,
    manifest: impl Fn(&str) -> String,
) -> Value {
    env.start_operator_with_flags(&AS_SHIPPED);
    env.apply(&manifest("first"));
    env.wait_until_ready(object);
    let (read, update) = (format!("Get{api_name}"), format!("Update{api_name}"));
    env.inject(&update, FaultMode::ResetAfterCommit);
    env.inject_times(&read, ONE_WRITE_BEHIND, 3);
    env.apply(&manifest("second"));
    env.eventually("the update is committed", || {
        (env.committed_count(&update) == 1).then_some(())
    });
    env.apply(&manifest("first"));
    env.wait_until_ready(object)
}

#[test]
fn a_stale_read_after_a_lost_response_does_not_end_the_edit_of_a_distribution() {
    let mut env = TestEnv::without_operator("stale-lost", Duration::ZERO);
    let object = edit_back_after_a_lost_response(&mut env, "cfd/www", "Distribution", |comment| {
        distribution("www", comment)
    });
    assert_has_first_spec(&env, &object);
}

#[test]
fn a_stale_read_after_a_lost_response_does_not_end_the_edit_of_an_identity() {
    let mut env = TestEnv::without_operator("stale-lost-oai", Duration::ZERO);
    let kind = "CloudFrontOriginAccessIdentity";
    let object = edit_back_after_a_lost_response(&mut env, "cfoai/site", kind, identity);
    assert_has_first_spec(&env, &object);
}

#[test]
fn a_forged_modification_time_in_the_future_delays_an_edit_only_for_the_consistency_window() {
    let mut env = TestEnv::with_deploy_delay("stale-forged", Duration::ZERO);
    env.apply(&distribution("www", "first"));
    env.wait_until_ready("cfd/www");
    env.stop_operator();
    let forged = r#"{"status":{"lastModifiedTime":"2999-01-01T00:00:00Z"}}"#;
    env.patch_status("cfd/www", forged);
    env.apply(&distribution("www", "second"));
    env.start_operator();
    let object = env.wait_until_ready("cfd/www");
    let time = object["status"]["lastModifiedTime"].as_str();
    assert!(time.is_some_and(|time| time < "2999"), "{time:?}");
    assert!(env.state_contains("<Comment>second</Comment>"));
}
