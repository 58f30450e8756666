//! From apply to gone, for each kind.

use super::stage::{Stage, condition, id_of};
use cloudfront_simulator::{Edit, ResourceType};
use std::time::Duration;

pub(super) fn identity(comment: &str) -> String {
    format!(
        "apiVersion: cloudfront-operator.dev/v1alpha1
kind: OriginAccessIdentity
metadata: {{name: site}}
spec: {{comment: {comment}}}
"
    )
}

pub(super) fn distribution(name: &str, comment: &str) -> String {
    format!(
        "apiVersion: cloudfront-operator.dev/v1alpha1
kind: Distribution
metadata: {{name: {name}}}
spec:
  comment: {comment}
  origins:
  - id: api
    domainName: api.example.com
    customOriginConfig: {{originProtocolPolicy: https-only}}
  defaultCacheBehavior:
    targetOriginId: api
    viewerProtocolPolicy: redirect-to-https
    cachePolicyId: 658327ea-f89d-4fab-a63d-7e88639e58f6
"
    )
}

/// Applies so many distributions at once, and returns their names.
pub(super) fn apply_sites(stage: &Stage, count: usize) -> Vec<String> {
    let names: Vec<String> = (0..count).map(|n| format!("site-{n}")).collect();
    let manifests: Vec<String> = names
        .iter()
        .map(|name| distribution(name, "first"))
        .collect();
    stage.apply(&manifests.join("---\n"));
    names
}

#[test]
fn an_identity_is_created_edited_kept_from_drifting_and_deleted() {
    let stage = Stage::with_deploy_delay("identity", Duration::ZERO);
    stage.apply(&identity("first"));
    let object = stage.until_ready("cfoai/site");
    let id = id_of(&object);
    assert_eq!(
        object["status"]["path"],
        format!("origin-access-identity/cloudfront/{id}")
    );
    assert_eq!(
        object["status"]["callerReference"],
        object["metadata"]["uid"]
    );

    stage.apply(&identity("second"));
    stage.until_ready("cfoai/site");
    stage.edit_by_hand(&id, "Comment", "by hand");
    stage.eventually("the drift is repaired", || {
        stage
            .control()
            .state()
            .to_string()
            .contains("<Comment>second</Comment>")
            .then_some(())
    });
    stage.kubectl(&["delete", "cfoai/site"]);
    assert_eq!(
        Stage::operations(&stage.writes_since(0)),
        [
            "CreateCloudFrontOriginAccessIdentity",
            "UpdateCloudFrontOriginAccessIdentity",
            "UpdateCloudFrontOriginAccessIdentity",
            "DeleteCloudFrontOriginAccessIdentity"
        ]
    );
}

#[test]
fn a_distribution_is_created_deployed_edited_kept_from_drifting_retired_and_deleted() {
    let stage = Stage::with_deploy_delay("distribution", Duration::from_secs(2));
    stage.apply(&distribution("www", "first"));
    let object = stage.until_ready("cfd/www");
    assert_eq!(object["status"]["status"], "Deployed");
    assert_eq!(
        object["metadata"]["generation"], 1,
        "the operator never writes to a spec"
    );
    let id = id_of(&object);
    assert_eq!(
        Stage::operations(&stage.writes_since(0)),
        ["CreateDistribution"]
    );

    let created = stage.now();
    stage.apply(&distribution("www", "second"));
    stage.until_ready("cfd/www");
    assert_eq!(
        Stage::operations(&stage.writes_since(created)),
        ["UpdateDistribution"]
    );

    let edited = stage.now();
    stage.edit_by_hand(&id, "Origins/Items/0/DomainName", "evil.example.com");
    stage.eventually("the drift is repaired", || {
        (!stage.writes_since(edited).is_empty()).then_some(())
    });
    stage.until_ready("cfd/www");
    assert_eq!(
        Stage::operations(&stage.writes_since(edited)),
        ["UpdateDistribution"]
    );

    let repaired = stage.now();
    stage.kubectl(&["delete", "cfd/www"]);
    assert_eq!(
        Stage::operations(&stage.writes_since(repaired)),
        ["UpdateDistribution", "DeleteDistribution"]
    );
    let refused = stage.control().journal().into_iter().find(|call| {
        call.code
            .as_deref()
            .is_some_and(|c| c != "NoSuchDistribution")
    });
    assert_eq!(refused, None, "no call was refused on the way");
}

#[test]
fn a_continuous_deployment_policy_is_attached_once_the_distribution_is_there() {
    let stage = Stage::with_deploy_delay("policy", Duration::ZERO);
    let policy = "a1b2c3d4-policy";
    stage
        .control()
        .seed(ResourceType::ContinuousDeploymentPolicy, policy);
    let field = format!("spec:\n  continuousDeploymentPolicyId: {policy}\n");
    stage.apply(&distribution("www", "first").replace("spec:\n", &field));
    stage.until_ready("cfd/www");
    assert_eq!(
        Stage::operations(&stage.writes_since(0)),
        ["CreateDistribution", "UpdateDistribution"]
    );
    let state = stage.control().state().to_string();
    let attached = format!("<ContinuousDeploymentPolicyId>{policy}</ContinuousDeploymentPolicyId>");
    assert!(state.contains(&attached), "{state}");
}

#[test]
fn an_object_is_never_ready_while_cloudfront_is_in_progress_and_a_second_edit_does_not_wait() {
    let stage = Stage::with_deploy_delay("progress", Duration::from_secs(600));
    stage.apply(&distribution("www", "first"));
    stage.until_condition("cfd/www", "Ready", "False", "Deploying");
    let created = stage.now();
    stage.apply(&distribution("www", "second"));
    stage.eventually("the edit goes out while InProgress", || {
        (!stage.writes_since(created).is_empty()).then_some(())
    });
    let object = stage.until("cfd/www", "has seen the edit", |object| {
        object["status"]["observedGeneration"] == 2
    });
    assert_eq!(object["status"]["status"], "InProgress");
    assert_eq!(
        condition(&object, "Ready"),
        ("False".into(), "Deploying".into())
    );
    assert_eq!(condition(&object, "Reconciling").0, "True");
    stage.control().advance(Duration::from_secs(700));
    stage.until_ready("cfd/www");
    assert_eq!(
        Stage::operations(&stage.writes_since(created)),
        ["UpdateDistribution"]
    );
}

#[test]
fn a_remote_deleted_behind_our_back_is_created_anew() {
    let stage = Stage::with_deploy_delay("reborn", Duration::ZERO);
    stage.apply(&distribution("www", "first"));
    let first = stage.until_ready("cfd/www")["status"]["id"].clone();
    stage
        .control()
        .edit(first.as_str().expect("it has an id"), Edit::Delete)
        .expect("it can be deleted");
    let object = stage.until("cfd/www", "has another id", |object| {
        object["status"]["id"] != first && condition(object, "Ready").0 == "True"
    });
    let uid = object["metadata"]["uid"].as_str().expect("it has a uid");
    assert_eq!(object["status"]["callerReference"], format!("{uid}-1"));
    let creates = stage.writes_since(0);
    assert_eq!(
        Stage::operations(&creates),
        ["CreateDistribution", "CreateDistribution"]
    );
    assert!(
        creates.iter().all(|call| call.code.is_none()),
        "{creates:?}"
    );
}

#[test]
fn a_deletion_under_way_ends_at_once_when_the_remote_is_to_be_retained() {
    let stage = Stage::with_deploy_delay("letgo", Duration::from_secs(3_600));
    stage.apply(&distribution("www", "first"));
    let created = stage.until_condition("cfd/www", "Ready", "False", "Deploying");
    stage.kubectl(&["delete", "cfd/www", "--wait=false"]);
    stage.until_condition("cfd/www", "Ready", "False", "Retiring");
    let retiring = stage.now();
    stage.kubectl(&[
        "patch",
        "cfd/www",
        "--type=merge",
        "--patch",
        r#"{"spec": {"deletionPolicy": "Retain"}}"#,
    ]);
    stage.until_gone("cfd/www");
    assert_eq!(stage.writes_since(retiring), []);
    let id = created["status"]["id"].as_str().expect("it has an id");
    assert!(stage.control().state().to_string().contains(id));
}
