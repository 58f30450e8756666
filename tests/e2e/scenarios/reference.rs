//! A distribution that names an identity, applied in either order.

use super::{
    lifecycle::identity,
    stage::{Stage, message},
};
use std::time::Duration;

const SITE: &str = "apiVersion: cloudfront-operator.dev/v1alpha1
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
fn a_distribution_waits_for_its_identity_and_goes_on_by_itself() {
    let stage = Stage::with_deploy_delay("before", Duration::ZERO);
    stage.apply(SITE);
    let waiting = stage.until_condition("cfd/www", "Ready", "False", "ReferenceNotReady");
    assert_eq!(
        message(&waiting, "Ready"),
        "Waits for OriginAccessIdentity site, which does not exist in this namespace."
    );
    assert_eq!(
        stage.writes_since(0),
        [],
        "nothing is created before its reference is there"
    );
    stage.apply(&identity("reads"));
    let identity = stage.until_ready("cfoai/site")["status"]["path"].clone();
    stage.until_ready("cfd/www");
    assert!(
        stage
            .control()
            .state()
            .to_string()
            .contains(identity.as_str().expect("it has a path"))
    );
}

#[test]
fn an_identity_applied_first_is_used_and_cannot_go_before_the_distribution() {
    let stage = Stage::with_deploy_delay("after", Duration::ZERO);
    stage.apply(&identity("reads"));
    stage.until_ready("cfoai/site");
    stage.apply(SITE);
    stage.until_ready("cfd/www");

    stage.kubectl(&["delete", "cfoai/site", "--wait=false"]);
    let held = stage.until_condition("cfoai/site", "Ready", "False", "InUse");
    assert_eq!(message(&held, "Ready"), "In use by Distribution www.");
    stage.kubectl(&["delete", "cfd/www"]);
    stage.until_gone("cfoai/site");
}
