//! The lifecycle of an identity and of a distribution, from apply to deletion.

use crate::support::{TestEnv, condition, distribution, id_of, identity};
use cloudfront_simulator::{Edit, ResourceType};
use std::time::Duration;

#[test]
fn an_identity_is_created_edited_corrected_and_deleted() {
    let env = TestEnv::with_deploy_delay("identity", Duration::ZERO);
    env.apply(&identity("first"));
    let object = env.wait_until_ready("cfoai/site");
    let id = id_of(&object);
    assert_eq!(
        object["status"]["path"],
        format!("origin-access-identity/cloudfront/{id}")
    );
    assert_eq!(
        object["status"]["callerReference"],
        object["metadata"]["uid"]
    );

    env.apply(&identity("second"));
    env.wait_until_ready("cfoai/site");
    env.edit_out_of_band(&id, "Comment", "by hand");
    env.eventually("the operator has corrected the drift", || {
        env.state_contains("<Comment>second</Comment>")
            .then_some(())
    });
    env.kubectl(&["delete", "cfoai/site"]);
    assert_eq!(
        TestEnv::operations(&env.writes_since(0)),
        [
            "CreateCloudFrontOriginAccessIdentity",
            "UpdateCloudFrontOriginAccessIdentity",
            "UpdateCloudFrontOriginAccessIdentity",
            "DeleteCloudFrontOriginAccessIdentity"
        ]
    );
}

#[test]
fn a_distribution_is_created_deployed_edited_corrected_disabled_and_deleted() {
    let env = TestEnv::with_deploy_delay("distribution", Duration::from_secs(2));
    env.apply(&distribution("www", "first"));
    let object = env.wait_until_ready("cfd/www");
    assert_eq!(object["status"]["status"], "Deployed");
    assert_eq!(
        object["metadata"]["generation"], 1,
        "the operator never writes to a spec"
    );
    let id = id_of(&object);
    assert_eq!(
        TestEnv::operations(&env.writes_since(0)),
        ["CreateDistribution"]
    );

    let created = env.journal_end();
    env.apply(&distribution("www", "second"));
    env.wait_until_ready("cfd/www");
    assert_eq!(
        TestEnv::operations(&env.writes_since(created)),
        ["UpdateDistribution"]
    );

    let edited = env.journal_end();
    env.edit_out_of_band(&id, "Origins/Items/0/DomainName", "evil.example.com");
    env.eventually("the operator has corrected the drift", || {
        (!env.writes_since(edited).is_empty()).then_some(())
    });
    env.wait_until_ready("cfd/www");
    assert_eq!(
        TestEnv::operations(&env.writes_since(edited)),
        ["UpdateDistribution"]
    );

    let corrected = env.journal_end();
    env.kubectl(&["delete", "cfd/www"]);
    assert_eq!(
        TestEnv::operations(&env.writes_since(corrected)),
        ["UpdateDistribution", "DeleteDistribution"]
    );
    let failed = env.control().journal().into_iter().find(|call| {
        call.code
            .as_deref()
            .is_some_and(|c| c != "NoSuchDistribution")
    });
    assert_eq!(failed, None, "no call failed");
}

#[test]
fn a_continuous_deployment_policy_is_attached_after_the_create() {
    let env = TestEnv::with_deploy_delay("policy", Duration::ZERO);
    let policy = "a1b2c3d4-policy";
    env.control()
        .seed(ResourceType::ContinuousDeploymentPolicy, policy);
    let field = format!("spec:\n  continuousDeploymentPolicyId: {policy}\n");
    env.apply(&distribution("www", "first").replace("spec:\n", &field));
    env.wait_until_ready("cfd/www");
    assert_eq!(
        TestEnv::operations(&env.writes_since(0)),
        ["CreateDistribution", "UpdateDistribution"]
    );
    let state = env.control().state().to_string();
    let attached = format!("<ContinuousDeploymentPolicyId>{policy}</ContinuousDeploymentPolicyId>");
    assert!(state.contains(&attached), "{state}");
}

#[test]
fn an_object_is_not_ready_during_a_deployment_and_a_second_edit_does_not_wait() {
    let env = TestEnv::with_deploy_delay("progress", Duration::from_secs(600));
    env.apply(&distribution("www", "first"));
    env.wait_for_condition("cfd/www", "Ready", "False", "Deploying");
    let created = env.journal_end();
    env.apply(&distribution("www", "second"));
    env.eventually("the edit is sent while InProgress", || {
        (!env.writes_since(created).is_empty()).then_some(())
    });
    let object = env.wait_until("cfd/www", "has observed the edit", |object| {
        object["status"]["observedGeneration"] == 2
    });
    assert_eq!(object["status"]["status"], "InProgress");
    assert_eq!(
        condition(&object, "Ready"),
        ("False".into(), "Deploying".into())
    );
    assert_eq!(condition(&object, "Reconciling").0, "True");
    env.control().advance(Duration::from_secs(700));
    env.wait_until_ready("cfd/www");
    assert_eq!(
        TestEnv::operations(&env.writes_since(created)),
        ["UpdateDistribution"]
    );
}

#[test]
fn a_resource_deleted_out_of_band_is_recreated() {
    let env = TestEnv::with_deploy_delay("reborn", Duration::ZERO);
    env.apply(&distribution("www", "first"));
    let first = env.wait_until_ready("cfd/www")["status"]["id"].clone();
    env.change_out_of_band(first.as_str().expect("the status has an id"), Edit::Delete);
    let object = env.wait_until("cfd/www", "has another id", |object| {
        object["status"]["id"] != first && condition(object, "Ready").0 == "True"
    });
    let uid = object["metadata"]["uid"]
        .as_str()
        .expect("the object has a uid");
    assert_eq!(object["status"]["callerReference"], format!("{uid}-1"));
    let creates = env.writes_since(0);
    assert_eq!(
        TestEnv::operations(&creates),
        ["CreateDistribution", "CreateDistribution"]
    );
    assert!(
        creates.iter().all(|call| call.code.is_none()),
        "{creates:?}"
    );
}

#[test]
fn a_running_deletion_ends_when_the_deletion_policy_becomes_retain() {
    let env = TestEnv::with_deploy_delay("letgo", Duration::from_secs(3_600));
    env.apply(&distribution("www", "first"));
    let created = env.wait_for_condition("cfd/www", "Ready", "False", "Deploying");
    env.kubectl(&["delete", "cfd/www", "--wait=false"]);
    env.wait_for_condition("cfd/www", "Ready", "False", "Disabling");
    let disabling = env.journal_end();
    env.patch("cfd/www", r#"{"spec": {"deletionPolicy": "Retain"}}"#);
    env.wait_until_gone("cfd/www");
    assert_eq!(env.writes_since(disabling), []);
    let id = created["status"]["id"]
        .as_str()
        .expect("the status has an id");
    assert!(env.state_contains(id));
}
