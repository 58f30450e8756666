//! Origin access controls, and the distributions that use them.

use super::examples::filename_argument;
use crate::support::{TestEnv, id_of, message};
use serde_json::Value;
use std::time::Duration;

/// Returns an `OriginAccessControl` with more lines of its spec.
fn control(name: &str, fields: &str) -> String {
    format!(
        "apiVersion: cloudfront-operator.dev/v1alpha1
kind: OriginAccessControl
metadata: {{name: {name}}}
spec:
  originAccessControlOriginType: s3
  signingBehavior: always
  signingProtocol: sigv4
{fields}"
    )
}

/// Returns a distribution with one more line in its origin.
fn distribution(name: &str, access: &str) -> String {
    format!(
        "apiVersion: cloudfront-operator.dev/v1alpha1
kind: Distribution
metadata: {{name: {name}}}
spec:
  origins:
  - id: bucket
    domainName: {name}.s3.eu-west-1.amazonaws.com
    {access}
  defaultCacheBehavior:
    targetOriginId: bucket
    viewerProtocolPolicy: redirect-to-https
    cachePolicyId: 658327ea-f89d-4fab-a63d-7e88639e58f6
"
    )
}

fn deletions(env: &TestEnv) -> usize {
    let writes = env.writes_since(0);
    let operations = TestEnv::operations(&writes);
    let deletions = operations
        .iter()
        .filter(|it| **it == "DeleteOriginAccessControl");
    deletions.count()
}

#[test]
fn a_distribution_waits_for_its_access_control_and_has_the_policy_of_its_bucket() {
    let env = TestEnv::with_deploy_delay("control-late", Duration::ZERO);
    env.apply(&distribution("www", "originAccessControlRef: {name: site}"));
    let waiting = env.wait_for_condition("cfd/www", "Ready", "False", "ReferenceNotReady");
    assert_eq!(
        message(&waiting, "Ready"),
        "Waits for OriginAccessControl site, which does not exist in this namespace."
    );
    env.apply(&control("site", ""));
    let id = id_of(&env.wait_until_ready("cfoac/site"));
    let object = env.wait_until_ready("cfd/www");
    let element = format!("<OriginAccessControlId>{id}</OriginAccessControlId>");
    assert!(env.state_contains(&element));
    let policy = &object["status"]["bucketPolicies"][0];
    assert_eq!(policy["bucket"], "www");
    let text = policy["policy"].as_str().expect("a policy");
    assert!(
        text.contains(object["status"]["arn"].as_str().expect("an ARN")),
        "{text}"
    );
}

#[test]
fn an_access_control_in_use_is_deleted_when_its_last_user_is_gone_and_sends_nothing_before() {
    let mut env = TestEnv::without_operator("control-used", Duration::ZERO);
    env.start_operator_with_flags(&["--resync-period", "10m"]);
    env.apply(&control("site", ""));
    let id = id_of(&env.wait_until_ready("cfoac/site"));
    env.apply(&distribution(
        "by-name",
        "originAccessControlRef: {name: site}",
    ));
    env.apply(&distribution(
        "by-id",
        &format!("originAccessControlId: {id}"),
    ));
    for name in ["cfd/by-name", "cfd/by-id"] {
        env.wait_until_ready(name);
    }
    env.kubectl(&["delete", "cfoac/site", "--wait=false"]);
    let used_by = |users: &str| {
        let text = format!("In use by {users}.");
        env.wait_until("cfoac/site", &text, |it| message(it, "Ready") == text);
    };
    used_by("Distribution by-id and Distribution by-name");
    env.kubectl(&["delete", "cfd/by-name"]);
    used_by("Distribution by-id");
    assert_eq!(deletions(&env), 1, "CloudFront would refuse again");
    env.apply(&distribution("by-id", "s3OriginConfig: {}"));
    env.wait_until_gone("cfoac/site");
    assert_eq!(deletions(&env), 2);
}

#[test]
fn the_site_with_an_access_control_needs_its_file_only_and_its_status_has_the_bucket_policy() {
    let env = TestEnv::with_deploy_delay("oac", Duration::from_secs(1));
    let file = filename_argument("s3-site-oac.yaml");
    env.kubectl(&["apply", &file]);
    env.kubectl(&[
        "wait",
        "cfd/pages",
        "--for=condition=Ready",
        "--timeout=60s",
    ]);
    let shown = "jsonpath={.status.bucketPolicies[0].policy}";
    let policy = env.kubectl(&["get", "cfd/pages", "--output", shown]);
    let policy: Value = serde_json::from_str(&policy).expect("the policy is JSON");
    let (object, statement) = (env.get("cfd/pages"), &policy["Statement"][0]);
    assert_eq!(statement["Resource"], "arn:aws:s3:::example-pages/*");
    assert_eq!(
        statement["Condition"]["StringEquals"]["AWS:SourceArn"],
        object.expect("the object exists")["status"]["arn"]
    );
    env.kubectl(&["delete", &file]);
    let state = env.control().state().to_string();
    assert!(!state.contains("<OriginAccessControlConfig"), "{state}");
}
