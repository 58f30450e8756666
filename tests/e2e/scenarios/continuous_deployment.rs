//! A primary distribution, its continuous deployment policy and the staging distribution.

use crate::support::{TestEnv, id_of, message};
use cloudfront_simulator::{FaultMode, ResourceType};
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

/// CloudFront copies the web ACL of the staging distribution as well.
#[test]
fn a_promotion_that_would_replace_what_the_spec_does_not_manage_is_not_sent() {
    let env = start();
    let web_acl = |name: &str| {
        format!(
            "arn:aws:wafv2:us-east-1:111122223333:global/webacl/{name}/00000000-0000-4000-8000-000000000000"
        )
    };
    for (object, name) in [("cfd/blue", "shop"), ("cfd/green", "count-only")] {
        let id = id_of(&env.wait_until_ready(object));
        env.control().seed(ResourceType::WebAcl, &web_acl(name));
        env.edit_out_of_band(&id, "WebACLId", &web_acl(name));
    }
    let begin = env.journal_end();
    env.apply(&promoted());
    let blue = env.wait_until_ready("cfd/blue");
    let writes = env.writes_since(begin);
    let operations = TestEnv::operations(&writes);
    assert!(!operations.contains(&PROMOTE), "{operations:?}");
    let config = config_of(&env, &id_of(&blue));
    for text in [&web_acl("shop"), "green.example.com"] {
        assert!(config.contains(text), "{text}: {config}");
    }
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

/// Returns manifests in which a distribution has further fields.
fn with_fields(manifests: &str, name: &str, fields: &str) -> String {
    let kind = "kind: Distribution\nmetadata:\n  name: ";
    let object = format!("{kind}{name}\nspec:\n");
    assert!(manifests.contains(&object));
    manifests.replace(&object, &format!("{object}{fields}"))
}

#[test]
fn an_update_that_makes_a_forbidden_difference_is_not_sent_and_names_the_fields() {
    let env = TestEnv::with_deploy_delay("staged-differences", Duration::from_millis(200));
    let begin = env.journal_end();
    let fields = "  priceClass: PriceClass_100\n  isIPV6Enabled: true\n";
    let blue_only = with_fields(&example(), "blue", fields);
    env.apply(&blue_only);
    let refused = env.wait_for_condition("cfd/blue", "Ready", "False", "Rejected");
    let policy = id_of(&env.wait_until_ready("cfcdp/green"));
    let expected = format!(
        "Distribution {}/green of the continuous deployment policy {policy} differs in isIPV6Enabled and priceClass. CloudFront refuses such \
         an update, so it is not sent.",
        env.namespace
    );
    let reported = message(&refused, "Ready");
    assert!(reported.starts_with(&expected), "{reported}");
    // An edit of the other object ends the difference as well.
    let equal = with_fields(&blue_only, "green", fields);
    env.apply(&equal);
    env.wait_until_ready("cfd/blue");

    for (object, other, fields, field) in [
        ("green", "blue", WEB_ACL, "webACLId"),
        ("blue", "green", WEB_ACL, "webACLId"),
        ("blue", "green", CERTIFICATE, "viewerCertificate"),
    ] {
        env.apply(&with_fields(&equal, object, fields));
        let cfd = format!("cfd/{object}");
        let refused = env.wait_for_condition(&cfd, "Ready", "False", "Rejected");
        let reported = message(&refused, "Ready");
        let object = format!("Distribution {}/{other} of the continuous", env.namespace);
        assert!(reported.starts_with(&object), "{reported}");
        let fields = format!("differs in {field}");
        assert!(reported.contains(&fields), "{reported}");
        env.apply(&equal);
        env.wait_until_ready(&cfd);
    }
    let mut refused = env.writes_since(begin);
    refused.retain(|it| !it.committed);
    assert!(refused.is_empty(), "{refused:?}");
}

const WEB_ACL: &str = "  webACLId: arn:aws:wafv2:us-east-1:123456789012:global/webacl/shop/a1b2c3d4-5678-90ab-cdef-EXAMPLE11111\n";

const CERTIFICATE: &str = "  viewerCertificate:
    acmCertificateArn: arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012
    sslSupportMethod: sni-only
    minimumProtocolVersion: TLSv1.2_2021
";

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
