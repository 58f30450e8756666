use super::*;
use serde_json::json;

fn observe_json(kind: TriggerKind, object: Value) -> Observation {
    let target = Target {
        kind,
        name: "web".into(),
    };
    let object: DynamicObject = serde_json::from_value(object).expect("an object");
    observe(&target, &object)
}

/// Returns the version of a complete observation.
fn version(observation: Observation) -> Option<String> {
    match observation {
        Observation::Complete(it) => Some(it.version),
        _ => None,
    }
}

/// A Deployment of three replicas whose rollout is complete.
fn deployment() -> Value {
    json!({
        "metadata": {
            "name": "web", "uid": "u1", "generation": 7,
            "annotations": { REVISION: "4" },
        },
        "spec": { "replicas": 3 },
        "status": {
            "observedGeneration": 7, "replicas": 3, "updatedReplicas": 3, "availableReplicas": 3,
            "conditions": [{ "type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable" }],
        },
    })
}

fn deployment_with(pointer: &str, value: Value) -> Observation {
    let mut object = deployment();
    *object.pointer_mut(pointer).expect("it has the field") = value;
    observe_json(TriggerKind::Deployment, object)
}

#[test]
fn a_rollout_is_complete_when_kubectl_says_so() {
    let complete = observe_json(TriggerKind::Deployment, deployment());
    assert_eq!(version(complete.clone()).as_deref(), Some("4"));
    let Observation::Complete(it) = complete else {
        unreachable!("the line above");
    };
    assert_eq!((it.kind.as_str(), it.uid.as_str()), ("Deployment", "u1"));
    for (pointer, value) in [
        ("/metadata/generation", json!(8)),
        ("/status/updatedReplicas", json!(2)),
        ("/status/replicas", json!(4)),
        ("/status/availableReplicas", json!(2)),
    ] {
        let observation = deployment_with(pointer, value);
        assert_eq!(observation, Observation::InProgress, "{pointer}");
    }
}

#[test]
fn a_rollout_beyond_its_deadline_has_failed() {
    let failed = json!("ProgressDeadlineExceeded");
    let observation = deployment_with("/status/conditions/0/reason", failed);
    assert_eq!(observation, Observation::Failed);
}

#[test]
fn scaling_keeps_the_version_and_no_replicas_are_complete_at_once() {
    let mut scaled = deployment();
    scaled["spec"]["replicas"] = json!(0);
    scaled["status"] = json!({ "observedGeneration": 7 });
    let observation = observe_json(TriggerKind::Deployment, scaled);
    assert_eq!(version(observation).as_deref(), Some("4"));
}

#[test]
fn the_version_of_a_config_map_is_that_of_its_data_in_any_order() {
    let observe = |object: Value| {
        let mut object = object;
        object["metadata"] = json!({ "name": "web", "uid": "u1" });
        version(observe_json(TriggerKind::ConfigMap, object)).expect("it is complete")
    };
    let first = observe(json!({ "data": { "a": "1", "b": "2" } }));
    assert_eq!(first, "a9cab31ac1edc488", "the same in each build");
    assert_eq!(observe(json!({ "data": { "b": "2", "a": "1" } })), first);
    assert_ne!(observe(json!({ "data": { "a": "1", "b": "3" } })), first);
    assert_ne!(
        observe(json!({ "binaryData": { "a": "1", "b": "2" } })),
        first
    );
}

#[test]
fn a_resource_in_cloudfront_counts_when_it_is_ready_for_its_generation() {
    let object = |generation: i64, ready: &str| {
        json!({
            "metadata": { "name": "web", "uid": "u1", "generation": generation },
            "status": {
                "observedGeneration": 2, "etag": "E1", "liveETag": "E2",
                "conditions": [{ "type": "Ready", "status": ready }],
            },
        })
    };
    for (kind, etag) in [
        (TriggerKind::Distribution, "E1"),
        (TriggerKind::Function, "E2"),
    ] {
        let version_of = |generation, ready| version(observe_json(kind, object(generation, ready)));
        assert_eq!(version_of(2, "True").as_deref(), Some(etag));
        assert_eq!(version_of(3, "True"), None);
        assert_eq!(version_of(2, "False"), None);
    }
}
