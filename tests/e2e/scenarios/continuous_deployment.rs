//! A primary distribution, its continuous deployment policy and the staging distribution.

use crate::support::{TestEnv, id_of, message};
use cloudfront_simulator::FaultMode;
use serde_json::Value;
use std::{fs, path::Path, time::Duration};

/// The objects of the example, in the order in which the file has them.
const OBJECTS: [&str; 3] = ["cfd/green", "cfcdp/green", "cfd/blue"];

/// Returns the manifest with the three objects.
fn example() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/blue-green.yaml");
    fs::read_to_string(path).expect("the example exists")
}

/// Applies the example, and waits until all is ready.
fn start() -> TestEnv {
    let env = TestEnv::with_deploy_delay("continuous-deployment", Duration::from_millis(200));
    env.apply(&example());
    for object in OBJECTS {
        env.wait_until_ready(object);
    }
    env
}

/// Returns the names of the resources that CloudFront has.
fn resources(env: &TestEnv) -> Vec<String> {
    let state = env.control().state();
    let accounts = state["accounts"].as_object().into_iter().flatten();
    let collections = accounts.flat_map(|(_, account)| account.as_object().into_iter().flatten());
    let left = collections.filter(|(_, items)| items.as_array().is_some_and(|it| !it.is_empty()));
    left.map(|(name, _)| name.clone()).collect()
}

#[test]
fn the_objects_of_a_continuous_deployment_are_deleted_in_any_order() {
    for order in [
        [0, 1, 2],
        [0, 2, 1],
        [1, 0, 2],
        [1, 2, 0],
        [2, 0, 1],
        [2, 1, 0],
    ] {
        let env = start();
        for index in order {
            env.kubectl(&["delete", OBJECTS[index], "--wait=false"]);
        }
        for object in OBJECTS {
            env.wait_until_gone(object);
        }
        assert_eq!(resources(&env), Vec::<String>::new(), "{order:?}");
    }
}

#[test]
fn a_second_policy_for_a_staging_distribution_names_the_first_one() {
    let env = start();
    let second = example()
        .split("\n---\n")
        .nth(1)
        .expect("the policy")
        .to_owned();
    env.apply(&second.replacen("name: green", "name: second", 1));
    let conflict = env.wait_for_condition("cfcdp/second", "Ready", "False", "OwnershipConflict");
    let first = id_of(&env.get("cfcdp/green").expect("the first policy"));
    let staging = env.get("cfd/green").expect("the staging distribution");
    let host = staging["status"]["domainName"].as_str().expect("a name");
    let expected = format!(
        "ContinuousDeploymentPolicy {first} has the staging distribution \"{host}\" and is managed by {}/green. \
         Choose another staging distribution.",
        env.namespace
    );
    let reported = message(&conflict, "Ready");
    assert!(reported.starts_with(&expected), "{reported}");
    env.kubectl(&["delete", "cfcdp/second"]);
    env.wait_until_ready("cfcdp/green");
}

#[test]
fn an_object_that_waits_for_another_one_names_it() {
    let env = start();
    env.kubectl(&["delete", "cfd/green", "cfcdp/green", "--wait=false"]);
    for (object, user) in [
        ("cfcdp/green", "Distribution blue"),
        ("cfd/green", "ContinuousDeploymentPolicy green"),
    ] {
        let waiting: Value = env.wait_for_condition(object, "Ready", "False", "InUse");
        let reported = message(&waiting, "Ready");
        assert!(
            reported.starts_with(&format!("In use by {user}.")),
            "{reported}"
        );
    }
    let detached = r#"[{"op": "remove", "path": "/spec/continuousDeploymentPolicyRef"},
        {"op": "add", "path": "/spec/continuousDeploymentPolicyId", "value": ""}]"#;
    env.kubectl(&["patch", "cfd/blue", "--type=json", "--patch", detached]);
    env.wait_until_gone("cfcdp/green");
    env.wait_until_gone("cfd/green");
    env.wait_until_ready("cfd/blue");
}

/// The operation with which CloudFront copies the configuration of a staging distribution.
const PROMOTE: &str = "UpdateDistributionWithStagingConfig";

/// Returns the example as a user applies it to send all viewers to the next version.
fn promoted() -> String {
    let promoted = example()
        .replace("blue.example.com", "green.example.com")
        .replace("enabled: true", "enabled: false");
    let blue = "  comment: the shop\n";
    assert!(promoted.contains(blue), "{promoted}");
    promoted.replace(
        blue,
        &format!("{blue}  stagingDistributionRef: {{name: green}}\n"),
    )
}

#[test]
fn a_promotion_whose_response_is_lost_is_sent_once_and_the_comment_is_restored() {
    let env = start();
    let begin = env.journal_end();
    env.inject(PROMOTE, FaultMode::ResetAfterCommit);
    env.apply(&promoted());
    let blue = env.wait_until_ready("cfd/blue");
    for object in OBJECTS {
        env.wait_until_ready(object);
    }
    let mut writes = env.writes_since(begin);
    writes.retain(|it| it.committed);
    let operations = TestEnv::operations(&writes);
    let count = |operation| operations.iter().filter(|it| **it == operation).count();
    assert_eq!(count(PROMOTE), 1, "{operations:?}");
    // It restores the comment, which CloudFront has copied.
    assert_eq!(count("UpdateDistribution"), 1, "{operations:?}");
    let config = config_of(&env, &id_of(&blue));
    for text in ["<Comment>the shop</Comment>", "green.example.com"] {
        assert!(config.contains(text), "{text}: {config}");
    }
    let restart = [
        "annotate",
        "cfd/blue",
        "cloudfront-operator.dev/reconcile-requested-at=now",
    ];
    env.kubectl(&restart);
    env.wait_until_ready("cfd/blue");
    assert_eq!(env.committed_count(PROMOTE), 1);
}

#[test]
fn an_update_that_differs_from_the_staging_distribution_is_sent_as_usual() {
    let env = start();
    let begin = env.journal_end();
    let blue = "  comment: the shop\n";
    let other = format!("{blue}  defaultRootObject: index.html\n");
    env.apply(&promoted().replace(blue, &other));
    env.wait_until_ready("cfd/blue");
    let writes = env.writes_since(begin);
    let operations = TestEnv::operations(&writes);
    assert!(!operations.contains(&PROMOTE), "{operations:?}");
}

/// Returns the example in which a distribution has other fields.
fn with_fields(name: &str, fields: &str) -> String {
    let kind = "kind: Distribution\nmetadata:\n  name: ";
    let object = format!("{kind}{name}\nspec:\n");
    assert!(example().contains(&object));
    example().replace(&object, &format!("{object}{fields}"))
}

#[test]
fn a_policy_between_distributions_that_must_not_differ_reports_the_fields() {
    let env = TestEnv::with_deploy_delay("staged-differences", Duration::from_millis(200));
    env.apply(&with_fields(
        "blue",
        "  priceClass: PriceClass_100\n  isIPV6Enabled: true\n",
    ));
    let refused = env.wait_for_condition("cfd/blue", "Ready", "False", "Rejected");
    let policy = id_of(&env.wait_until_ready("cfcdp/green"));
    let expected = format!(
        "Distribution {}/green of the continuous deployment policy {policy} differs in isIPV6Enabled and priceClass. Both distributions",
        env.namespace
    );
    let reported = message(&refused, "Ready");
    assert!(reported.starts_with(&expected), "{reported}");
    assert!(reported.contains("IllegalUpdate"), "{reported}");
    env.apply(&example());
    env.wait_until_ready("cfd/blue");

    env.apply(&with_fields("green", "  priceClass: PriceClass_200\n"));
    let refused = env.wait_for_condition("cfd/green", "Ready", "False", "Rejected");
    let reported = message(&refused, "Ready");
    let expected = format!("Distribution {}/blue of the continuous", env.namespace);
    assert!(reported.starts_with(&expected), "{reported}");
    assert!(reported.contains("differs in priceClass."), "{reported}");
}

/// Returns the configuration of a distribution.
fn config_of(env: &TestEnv, id: &str) -> String {
    let state = env.control().state();
    let accounts = state["accounts"].as_object().into_iter().flatten();
    let items =
        accounts.flat_map(|(_, account)| account["distributions"].as_array().into_iter().flatten());
    let mut found = items.filter(|it| it["id"] == id);
    let config = found.next().and_then(|it| it["config"].as_str());
    config.expect("the distribution exists").to_owned()
}
