//! The operator is not there, or is killed.

use super::*;

#[test]
fn rollouts_while_the_operator_is_down_are_one_change() {
    let mut env = env_with("policy-down", &["site"]);
    roll_out(&env, "1", "1");
    env.apply(&policy(ON_DEPLOYMENT, &["site"], ""));
    wait_for_version(&env, "1");
    begin_rollout(&env, "2", "2");
    wait_for_message(&env, "Watching", "is in progress");
    env.kill_operator();
    complete_rollout(&env);
    roll_out(&env, "3", "3");
    env.start_operator();
    wait_for_version(&env, "3");
    wait_for_invalidations(&env, 1);
    env.stop_operator();
    env.start_operator();
    roll_out(&env, "4", "4");
    wait_for_version(&env, "4");
    wait_for_invalidations(&env, 2);
}

#[test]
fn a_change_that_a_killed_operator_began_is_finished_and_nothing_is_created_twice() {
    let mut env = env_with("policy-begun", &["a", "b"]);
    roll_out(&env, "1", "1");
    env.apply(&policy(ON_DEPLOYMENT, &["a", "b"], ""));
    let started = wait_for_version(&env, "1");
    env.kill_operator();
    // The state after the operator has created the first of two Invalidations, in which it has no more time to write the status.
    let mut trigger = started["status"]["triggers"][0].clone();
    trigger["version"] = json!("2");
    let pending = json!({ "id": "0123456789abcdef", "triggers": [trigger], "distributions": ["a", "b"], "paths": ["/index.html", "/assets/*"] });
    let status = json!({ "pending": pending, "month": "2026-01", "pathsInMonth": 4 });
    env.patch_status(POLICY, &json!({ "status": status }).to_string());
    let owner = json!([{
        "apiVersion": started["apiVersion"], "kind": started["kind"], "name": "release",
        "uid": started["metadata"]["uid"], "controller": true,
    }]);
    let created = json!({
        "apiVersion": "cloudfront-operator.dev/v1alpha1", "kind": "Invalidation",
        "metadata": { "name": "release-a-0123456789abcdef", "ownerReferences": owner },
        "spec": { "distributionRef": { "name": "a" }, "paths": ["/index.html", "/assets/*"] },
    });
    env.apply(&created.to_string());
    let created = env
        .get("cfinv/release-a-0123456789abcdef")
        .expect("it exists");
    roll_out(&env, "2", "2");

    env.start_operator();
    let finished = wait_for_version(&env, "2");
    wait_for_invalidations(&env, 2);
    let expected = ["a", "b"]
        .map(|it| format!("invalidation.cloudfront-operator.dev/release-{it}-0123456789abcdef"));
    assert_eq!(names(&env), BTreeSet::from(expected));
    let kept = env
        .get("cfinv/release-a-0123456789abcdef")
        .expect("it exists");
    assert_eq!(kept["metadata"]["uid"], created["metadata"]["uid"]);
    assert_eq!(
        finished["status"]["pathsInMonth"], 4,
        "the paths are counted once"
    );
}

#[test]
fn an_operator_that_is_killed_again_and_again_invalidates_each_change_once() {
    let mut env = env_with("policy-killed", &["a", "b"]);
    env.apply(&config_map("start"));
    env.apply(&policy(ON_CONFIG_MAP, &["a", "b"], "  historyLimit: 100\n"));
    wait_for_message(&env, "Watching", "A change of");
    let mut before = env.get(POLICY).expect("it exists");
    for (round, delay) in [0, 4, 8, 12, 16, 20, 30, 40, 60, 90]
        .into_iter()
        .enumerate()
    {
        env.apply(&config_map(&format!("round {round}")));
        thread::sleep(Duration::from_millis(delay));
        env.kill_operator();
        env.start_operator();
        before = env.wait_until(POLICY, "has handled the change", |policy| {
            let status = &policy["status"];
            status["pending"].is_null() && status["triggers"] != before["status"]["triggers"]
        });
        assert_eq!(names(&env).len(), 2 * (round + 1));
    }
    assert_eq!(before["status"]["pathsInMonth"], 40);
    wait_for_invalidations(&env, 20);
}
