//! The check of a scenario on the real servers finds violations, and accepts that the scenario ends before its objects have finished.

use campaign::{
    Event, History, Plan, Resource, Version, Violation, What, check_scenario, run, scenarios,
};
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};

/// Returns the history of a run that creates an identity.
fn created() -> History {
    let name = "OriginAccessIdentity: create";
    let mut all = scenarios().expect("each kind has an example").into_iter();
    let scenario = all.find(|it| it.name == name).expect("the scenario exists");
    let run = run(&scenario, &Plan::without_faults(name, 1)).expect("the plan runs");
    run.history
}

fn push(history: &mut History, what: What) {
    let at = Duration::ZERO;
    history.events.push(Event { at, what });
}

/// Adds a version in which the last object is changed.
fn push_version(history: &mut History, is_removed: bool, change: impl FnOnce(&mut Value)) {
    let (_, last) = history.versions().last().expect("a version");
    let mut object = last.object.as_ref().clone();
    change(&mut object);
    let version = Version {
        is_removed,
        object: Arc::new(object),
        ..last.clone()
    };
    push(history, What::Version(version));
}

fn set_resources(history: &mut History, resources: &[Resource]) {
    push(history, What::Resources(resources.into()));
}

#[track_caller]
fn assert_violates(history: &History, invariant: &str, detail: &str) {
    let found = check_scenario(history);
    let is_expected = |it: &Violation| it.invariant == invariant && it.detail.contains(detail);
    assert!(found.iter().any(is_expected), "{found:?}");
}

#[test]
fn a_run_without_faults_violates_nothing() {
    assert_eq!(check_scenario(&created()), []);
}

#[test]
fn a_resource_without_an_object_is_an_orphan() {
    let mut history = created();
    push_version(&mut history, true, |_| ());
    assert_violates(&history, "I1", "no object has");
}

#[test]
fn the_resource_of_a_removed_object_may_stay_if_its_policy_is_to_retain_it() {
    for (spec, policy) in [
        (json!({ "deletionPolicy": "Retain" }), "Retain"),
        (
            json!({ "adoptId": "E1" }),
            "the default of an adopted resource",
        ),
    ] {
        let mut history = created();
        push_version(&mut history, true, |object| object["spec"] = spec);
        assert_eq!(check_scenario(&history), [], "{policy}");
    }
    let mut history = created();
    let spec = json!({ "adoptId": "E1", "deletionPolicy": "Delete" });
    push_version(&mut history, true, |object| object["spec"] = spec);
    assert_violates(&history, "I1", "no object has");
}

#[test]
fn the_resource_of_a_ready_object_exists() {
    let mut history = created();
    set_resources(&mut history, &[]);
    assert_violates(&history, "I1", "does not exist");
    push_version(&mut history, false, |object| {
        object["status"]["conditions"] = json!([]);
    });
    assert_eq!(check_scenario(&history), [], "an object that is not ready");
}

#[test]
fn a_second_resource_of_an_object_is_a_duplicate() {
    let mut history = created();
    let mut resources = history.last_resources().to_vec();
    let mut second = resources[0].clone();
    second.id = "E2".into();
    resources.push(second);
    set_resources(&mut history, &resources);
    assert_violates(&history, "I2", "2 resources at the same time");
}

#[test]
fn a_write_to_the_resource_of_no_object_is_found() {
    let mut history = created();
    let (_, create) = history.journal().next().expect("a request");
    let mut update = create.clone();
    update.operation = "UpdateCloudFrontOriginAccessIdentity".into();
    update.id = Some("E2".into());
    push(&mut history, What::CloudFront(Box::new(update)));
    assert_violates(&history, "I3", "E2");
}

#[test]
fn a_status_that_goes_back_is_found() {
    let mut history = created();
    push_version(&mut history, false, |object| {
        object["status"]["observedGeneration"] = json!(0);
    });
    assert_violates(&history, "monotone", "observedGeneration went back");
}

#[test]
fn a_secret_in_an_event_is_found() {
    let mut history = created();
    push(&mut history, What::Secret("canary-7d1f".into()));
    let text = "Updated canary-7d1f".into();
    let place = "event";
    push(&mut history, What::Output { place, text });
    assert_violates(&history, "I12", "event");
}
