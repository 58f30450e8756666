//! A distribution that refers to an identity, applied in either order.

use crate::support::{TestEnv, identity, message};
use std::time::Duration;

/// A distribution `www` whose origin refers to the identity `site`.
pub(super) const DISTRIBUTION: &str = "apiVersion: cloudfront-operator.dev/v1alpha1
kind: Distribution
metadata: {name: www}
spec:
  origins:
  - id: bucket
    domainName: site.s3.amazonaws.com
    s3OriginConfig:
      originAccessIdentityRef: {name: site}
  defaultCacheBehavior:
    targetOriginId: bucket
    viewerProtocolPolicy: redirect-to-https
    cachePolicyId: 658327ea-f89d-4fab-a63d-7e88639e58f6
";

#[test]
fn a_distribution_waits_for_its_identity_and_then_becomes_ready() {
    let env = TestEnv::with_deploy_delay("before", Duration::ZERO);
    env.apply(DISTRIBUTION);
    let waiting = env.wait_for_condition("cfd/www", "Ready", "False", "ReferenceNotReady");
    assert_eq!(
        message(&waiting, "Ready"),
        "Waits for OriginAccessIdentity site, which does not exist in this namespace."
    );
    assert_eq!(
        env.writes_since(0),
        [],
        "the distribution is not created before its identity"
    );
    env.apply(&identity("reads"));
    let path = env.wait_until_ready("cfoai/site")["status"]["path"].clone();
    env.wait_until_ready("cfd/www");
    assert!(env.state_contains(path.as_str().expect("the status has a path")));
}

#[test]
fn an_identity_is_not_deleted_while_a_distribution_refers_to_it() {
    let env = TestEnv::with_deploy_delay("after", Duration::ZERO);
    env.apply(&identity("reads"));
    env.wait_until_ready("cfoai/site");
    env.apply(DISTRIBUTION);
    env.wait_until_ready("cfd/www");

    env.kubectl(&["delete", "cfoai/site", "--wait=false"]);
    let blocked = env.wait_for_condition("cfoai/site", "Ready", "False", "InUse");
    assert_eq!(message(&blocked, "Ready"), "In use by Distribution www.");
    env.kubectl(&["delete", "cfd/www"]);
    env.wait_until_gone("cfoai/site");
}
