//! Origin access controls, which CloudFront knows by a unique name.

use crate::support::{TestEnv, condition, id_of};
use cloudfront_simulator::FaultMode;
use std::time::Duration;

const CREATE: &str = "CreateOriginAccessControl";

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

#[test]
fn an_access_control_is_created_renamed_corrected_and_deleted() {
    let env = TestEnv::with_deploy_delay("control", Duration::ZERO);
    env.apply(&control("site", ""));
    let object = env.wait_until_ready("cfoac/site");
    let id = id_of(&object);
    let name = object["status"]["name"].as_str().expect("a name");
    assert!(name.contains("-site-"), "{name}");

    env.apply(&control("site", "  name: pages\n"));
    env.wait_until_ready("cfoac/site");
    env.edit_out_of_band(&id, "Description", "by hand");
    env.eventually("the operator has corrected the drift", || {
        (!env.state_contains("by hand")).then_some(())
    });
    assert_eq!(id_of(&env.wait_until_ready("cfoac/site")), id);
    env.kubectl(&["delete", "cfoac/site"]);
    assert_eq!(
        TestEnv::operations(&env.writes_since(0)),
        [
            CREATE,
            "UpdateOriginAccessControl",
            "UpdateOriginAccessControl",
            "DeleteOriginAccessControl"
        ]
    );
}

#[test]
fn two_objects_with_the_same_name_never_share_a_resource() {
    let mut env = TestEnv::with_deploy_delay("two-names", Duration::ZERO);
    env.apply_with_held_response(CREATE, &control("first", "  name: pages\n"));
    env.kill_operator();
    env.start_operator();
    env.wait_until_ready("cfoac/first");
    env.inject(CREATE, FaultMode::ResetAfterCommit);
    env.apply(&control("second", "  name: pages\n"));
    env.eventually("the second object reports the conflict", || {
        let object = env.get("cfoac/second")?;
        (condition(&object, "Ready").1 == "OwnershipConflict").then_some(())
    });
    env.kubectl(&["delete", "cfoac/second"]);
    env.wait_until_ready("cfoac/first");
    assert_eq!(TestEnv::operations(&env.writes_since(0)), [CREATE]);
}
