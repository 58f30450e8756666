//! What keeps a change from creating Invalidations: the budget, a missing permission, and the administrator's settings.

use super::*;

#[test]
fn a_change_beyond_the_budget_waits_with_its_price_until_the_budget_is_raised() {
    let env = env_with("policy-budget", &["a", "b", "c"]);
    env.apply(&config_map("one"));
    env.apply(&policy(
        ON_CONFIG_MAP,
        &["a", "b", "c"],
        "  pathsPerMonth: 8\n",
    ));
    let other = policy(ON_CONFIG_MAP, &["a"], "").replace("name: release", "name: other");
    env.apply(&other);
    wait_for_message(&env, "Watching", "A change of");
    env.wait_for_condition("cfinvpol/other", "Ready", "True", "Watching");
    env.apply(&config_map("two"));
    wait_for_invalidations(&env, 4);
    env.apply(&config_map("three"));
    let refused = env.wait_for_condition(POLICY, "Stalled", "True", "BudgetExceeded");
    let text = message(&refused, "Ready");
    for part in [
        "need 6 paths",
        "of 8 paths in 20",
        "at most 0.030 USD",
        "raise spec.pathsPerMonth, use fewer paths, or wait for the next month",
    ] {
        assert!(text.contains(part), "{text}");
    }
    env.eventually("an event has the price", || {
        let events = env.kubectl(&["get", "events", "--field-selector=reason=BudgetExceeded"]);
        events.contains("0.030 USD").then_some(())
    });
    wait_for_invalidations(&env, 5);
    assert!(
        names(&env)
            .iter()
            .filter(|it| it.contains("/release-"))
            .count()
            == 3
    );

    env.patch(POLICY, r#"{"spec":{"pathsPerMonth":16}}"#);
    let raised = wait_for_message(&env, "Watching", "A change of");
    assert_eq!(condition(&raised, "Stalled").0, "");
    wait_for_invalidations(&env, 8);
    assert_eq!(raised["status"]["pathsInMonth"], 12);
}

#[test]
fn the_limit_of_the_administrator_and_read_only_postpone_changes() {
    let mut env = env_with("policy-limits", &["site"]);
    env.apply(&config_map("one"));
    env.apply(&policy(ON_CONFIG_MAP, &["site"], "  pathsPerMonth: 100\n"));
    wait_for_message(&env, "Watching", "A change of");
    env.stop_operator();
    env.start_operator_with_flags(&["--max-invalidation-paths-per-month=1"]);
    env.apply(&config_map("two"));
    wait_for_message(
        &env,
        "BudgetExceeded",
        "ask the administrator for a higher --max-invalidation-paths-per-month",
    );
    env.stop_operator();
    env.start_operator_with_flags(&["--read-only"]);
    wait_for_message(&env, "ReadOnly", "the operator runs with --read-only");
    env.apply(&config_map("three"));
    env.stop_operator();
    assert!(names(&env).is_empty());
    env.start_operator();
    wait_for_message(&env, "Watching", "A change of");
    wait_for_invalidations(&env, 1);
}

#[test]
fn without_the_permission_the_policy_names_the_value_of_the_chart() {
    let mut env = env_with("policy-denied", &["site"]);
    env.accept_loss_of_permissions();
    let role = env.get("role/edge-cloudfront-operator").expect("it exists");
    let rules = role["rules"].as_array().expect("rules").iter();
    let kept: Vec<&Value> = rules
        .filter(|it| it["resources"][0] != "configmaps")
        .collect();
    let replace = |rules: &Value| {
        let patch = json!({ "rules": rules }).to_string();
        env.patch("role/edge-cloudfront-operator", &patch);
    };
    replace(&json!(kept));
    env.apply(&config_map("one"));
    env.apply(&policy(ON_CONFIG_MAP, &["site"], ""));
    let denied = wait_for_message(&env, "AccessDenied", "set rbac.watchConfigMaps=true");
    assert_eq!(condition(&denied, "Stalled").0, "True");

    // The permission for values of the spec does not suffice.
    let get = json!({ "apiGroups": [""], "resources": ["configmaps"], "verbs": ["get"] });
    replace(&json!([&kept[..], &[&get]].concat()));
    env.patch(POLICY, r#"{"spec":{"historyLimit":4}}"#);
    env.wait_until(POLICY, "is still denied after the watch was", |policy| {
        policy["status"]["observedGeneration"] == 2
            && condition(policy, "Ready").1 == "AccessDenied"
    });
    replace(&role["rules"]);
    wait_for_message(&env, "Watching", "A change of");
    env.apply(&config_map("two"));
    wait_for_invalidations(&env, 1);
}

#[test]
fn changes_while_the_policy_is_suspended_are_one_change_afterwards() {
    let env = env_with("policy-suspended", &["site"]);
    env.apply(&config_map("one"));
    env.apply(&policy(ON_CONFIG_MAP, &["site"], "  suspend: true\n"));
    wait_for_message(&env, "Suspended", "spec.suspend is true");
    for text in ["two", "three"] {
        env.apply(&config_map(text));
    }
    assert!(names(&env).is_empty());
    env.patch(POLICY, r#"{"spec":{"suspend":false}}"#);
    wait_for_message(&env, "Watching", "A change of");
    wait_for_invalidations(&env, 1);
}
