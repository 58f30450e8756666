//! Repeated events.

use crate::support::{TestEnv, distribution, id_of};
use cloudfront_simulator::FaultMode;
use serde_json::Value;
use std::time::Duration;

/// Rejects the next update with this message, edits the distribution, and then lets the same update succeed.
fn reject_once(env: &TestEnv, comment: &str, message: &str) {
    let rejected = FaultMode::error(400, "InvalidArgument", message);
    env.inject("UpdateDistribution", rejected);
    env.apply(&distribution("www", comment));
    env.wait_until_faults_are_used();
    env.request_reconcile("cfd/www", comment);
    env.wait_until_ready("cfd/www");
}

/// Returns all events of the namespace.
fn events(env: &TestEnv) -> Vec<Value> {
    let events = ["get", "events.events.k8s.io", "--output=json"];
    let events: Value = serde_json::from_str(&env.kubectl(&events)).expect("kubectl prints JSON");
    events["items"].as_array().expect("a list").clone()
}

/// Returns the warnings about the distribution, as note and count, in alphabetical order.
fn warnings(env: &TestEnv) -> Vec<(String, u64)> {
    let events = events(env);
    let mut warnings: Vec<(String, u64)> = events
        .iter()
        .filter(|event| event["type"] == "Warning")
        .map(|event| {
            let note = event["note"].as_str().expect("an event has a note");
            (note.into(), event["series"]["count"].as_u64().unwrap_or(1))
        })
        .collect();
    warnings.sort();
    warnings
}

#[test]
fn a_repeated_warning_is_counted_and_another_message_is_an_event_of_its_own() {
    let env = TestEnv::with_deploy_delay("series", Duration::ZERO);
    env.apply(&distribution("www", "first"));
    env.wait_until_ready("cfd/www");
    for (comment, message) in [
        ("second", "A is invalid"),
        ("third", "A is invalid"),
        ("fourth", "B is invalid"),
        ("fifth", "A is invalid"),
    ] {
        reject_once(&env, comment, message);
    }
    let counts = env.eventually("the last event is published", || {
        let warnings = warnings(&env);
        let sum: u64 = warnings.iter().map(|(_, count)| count).sum();
        (sum == 4).then_some(warnings)
    });
    let counts: Vec<(bool, u64)> = counts
        .iter()
        .map(|(note, count)| (note.contains("A is invalid"), *count))
        .collect();
    assert_eq!(counts, [(true, 3), (false, 1)]);
}

#[test]
fn a_warning_is_published_again_after_its_event_was_deleted() {
    let env = TestEnv::with_deploy_delay("series-lost", Duration::ZERO);
    env.apply(&distribution("www", "first"));
    env.wait_until_ready("cfd/www");
    reject_once(&env, "second", "A is invalid");
    env.eventually("the event is published", || {
        (warnings(&env).len() == 1).then_some(())
    });
    env.kubectl(&["delete", "events.events.k8s.io", "--all"]);
    reject_once(&env, "third", "A is invalid");
    env.eventually("the event is published again", || {
        let warnings = warnings(&env);
        (warnings.len() == 1 && warnings[0].1 == 1).then_some(())
    });
}

#[test]
fn without_the_events_of_expected_writes_only_warnings_and_corrections_of_drift_are_published() {
    let mut env = TestEnv::without_operator("series-warnings", Duration::ZERO);
    env.start_operator_with_flags(&["--events=warnings"]);
    env.apply(&distribution("www", "first"));
    let id = id_of(&env.wait_until_ready("cfd/www"));
    env.apply(&distribution("www", "second"));
    env.wait_until_ready("cfd/www");
    env.edit_out_of_band(&id, "Comment", "by hand");
    let published = env.eventually("the correction is published", || {
        let events = events(&env);
        let is_correction = |event: &Value| event["reason"] == "DriftCorrected";
        events.iter().any(is_correction).then_some(events)
    });
    let reasons: Vec<_> = published.iter().map(|it| it["reason"].clone()).collect();
    assert_eq!(reasons, ["DriftCorrected"]);
}
