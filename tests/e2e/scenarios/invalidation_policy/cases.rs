//! What is a change, and what is none.

use super::*;
use crate::support::control_plane;

#[test]
fn each_rollout_of_one_deployment_invalidates_three_distributions_once() {
    let env = env_with("policy-rollout", &["a", "b", "c"]);
    roll_out(&env, "1", "1");
    env.apply(&policy(
        ON_DEPLOYMENT,
        &["a", "b", "c"],
        "  historyLimit: 3\n",
    ));
    wait_for_version(&env, "1");
    assert!(names(&env).is_empty(), "the first version is the start");

    begin_rollout(&env, "2", "2");
    wait_for_message(
        &env,
        "Watching",
        "The rollout of Deployment web is in progress.",
    );
    assert!(names(&env).is_empty());
    complete_rollout(&env);
    let changed = wait_for_version(&env, "2");
    assert_eq!(changed["status"]["lastChange"], "Deployment web");
    assert_eq!(
        changed["status"]["pathsInMonth"], 6,
        "two paths of each distribution"
    );
    wait_for_invalidations(&env, 3);
    let first = names(&env);
    assert_eq!(first.len(), 3);
    for distribution in ["a", "b", "c"] {
        let prefix = format!("invalidation.cloudfront-operator.dev/release-{distribution}-");
        assert!(
            first.iter().any(|name| name.starts_with(&prefix)),
            "{first:?}"
        );
    }

    env.patch("deployment/web", r#"{"spec":{"replicas":0}}"#);
    set_status(
        &env,
        json!({ "updatedReplicas": 0, "readyReplicas": 0, "availableReplicas": 0, "replicas": 0 }),
    );
    begin_rollout(&env, "3", "3");
    let exceeded =
        json!([{ "type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded" }]);
    set_status(&env, json!({ "conditions": exceeded }));
    wait_for_message(
        &env,
        "Watching",
        "The rollout of Deployment web failed, and creates none.",
    );
    assert_eq!(
        names(&env),
        first,
        "neither the scaling nor the failed rollout is a change"
    );

    roll_out(&env, "2", "4");
    wait_for_version(&env, "4");
    wait_for_invalidations(&env, 6);
    env.eventually("the Invalidations beyond the history are deleted", || {
        let present = names(&env);
        (present.len() == 3 && present.is_disjoint(&first)).then_some(())
    });
    assert_eq!(invalidation_count(&env), 6, "a rollback is a change");
}

#[test]
fn a_rollback_within_a_minute_is_one_change() {
    let env = env_with("policy-rollback", &["site"]);
    roll_out(&env, "1", "1");
    env.apply(&policy(ON_DEPLOYMENT, &["site"], ""));
    wait_for_version(&env, "1");
    begin_rollout(&env, "broken", "2");
    wait_for_message(&env, "Watching", "is in progress");
    roll_out(&env, "1", "3");
    wait_for_version(&env, "3");
    wait_for_invalidations(&env, 1);
}

#[test]
fn a_config_map_changes_with_its_data_and_when_it_is_created_again() {
    let env = env_with("policy-config-map", &["site"]);
    env.apply(&policy(ON_CONFIG_MAP, &["site"], ""));
    wait_for_message(
        &env,
        "ReferenceNotReady",
        "Waits for ConfigMap content, which does not exist",
    );
    env.apply(&config_map("one"));
    let started = wait_for_message(&env, "Watching", "A change of ConfigMap content");
    env.kubectl(&["label", "configmap/content", "seen=yes"]);
    env.apply(&config_map("two"));
    env.wait_until(POLICY, "has another version", |policy| {
        policy["status"]["triggers"] != started["status"]["triggers"]
    });
    wait_for_invalidations(&env, 1);
    for (text, count) in [("one", 2), ("two", 3)] {
        env.apply(&config_map(text));
        wait_for_invalidations(&env, count);
    }
    env.kubectl(&["delete", "configmap/content"]);
    wait_for_message(&env, "ReferenceNotReady", "Waits for ConfigMap content");
    env.apply(&config_map("two"));
    wait_for_invalidations(&env, 4);
}

#[test]
fn a_trigger_in_another_namespace_is_not_one_of_the_policy() {
    let env = env_with("policy-namespaces", &["site"]);
    env.apply(&config_map("here"));
    env.apply(&policy(ON_CONFIG_MAP, &["site"], ""));
    wait_for_message(&env, "Watching", "A change of ConfigMap content");
    let other = env.create_namespace("policy-other");
    for text in ["one", "two"] {
        let map = config_map(text).replace(
            "name: content",
            &format!("name: content, namespace: {other}"),
        );
        control_plane()
            .apply(&map)
            .expect("the API server accepts it");
    }
    env.apply(&config_map("changed"));
    wait_for_invalidations(&env, 1);
    assert_eq!(names(&env).len(), 1);
}

#[test]
fn a_published_function_and_a_deployed_distribution_are_changes() {
    let env = env_with("policy-cloudfront", &["site", "shop"]);
    let function = |comment: &str| {
        format!(
            "apiVersion: cloudfront-operator.dev/v1alpha1
kind: Function
metadata: {{name: rewrite}}
spec:
  functionCode: 'function handler(event) {{ return event.request; }} // {comment}'
"
        )
    };
    env.apply(&function("one"));
    env.wait_until_ready("cffn/rewrite");
    let triggers = "{functionRef: {name: rewrite}}, {distributionRef: {name: shop}}";
    env.apply(&policy(triggers, &["site"], ""));
    env.wait_until(POLICY, "has recorded both triggers", |policy| {
        policy["status"]["triggers"]
            .as_array()
            .is_some_and(|it| it.len() == 2)
    });
    env.apply(&function("two"));
    wait_for_invalidations(&env, 1);
    let changed = env.get(POLICY).expect("it exists");
    assert_eq!(changed["status"]["lastChange"], "Function rewrite");
    env.apply(&distribution("shop", "second"));
    wait_for_invalidations(&env, 2);
    let changed = wait_for_message(&env, "Watching", "A change of");
    assert_eq!(changed["status"]["lastChange"], "Distribution shop");
}
