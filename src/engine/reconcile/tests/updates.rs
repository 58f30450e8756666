//! Updates: they start from the live configuration, follow a change of another client, and do not wait for a deployment.

use super::setup::Setup;
use crate::engine::api::RECONCILE_REQUESTED_AT;
use cloudfront_simulator::{Edit, Fault, FaultMode, HostileBody};
use serde_json::json;

fn put(xml: &str) -> Edit {
    Edit::Put {
        path: String::new(),
        xml: xml.to_owned(),
    }
}

#[tokio::test]
async fn an_edit_is_sent_while_an_earlier_change_is_deployed() {
    let mut setup = Setup::start(&json!({})).await;
    setup.reconcile().await.unwrap();
    setup
        .patch(json!({ "spec": { "comment": "edited" } }))
        .await;
    setup.reconcile().await.unwrap();
    assert_eq!(setup.committed("UpdateDistribution").len(), 1);
    let live = setup.read(&setup.id().await).await.unwrap();
    assert_eq!(live.text_of("Comment"), Some("edited"));
}

#[tokio::test]
async fn an_update_keeps_what_the_spec_does_not_mention() {
    let mut setup = Setup::start(&json!({})).await;
    setup.reconcile().await.unwrap();
    let acl = "<WebACLId>arn:aws:wafv2:us-east-1:111122223333:global/webacl/a/b</WebACLId>";
    setup.control().edit(&setup.id().await, put(acl)).unwrap();
    setup
        .patch(json!({ "spec": { "comment": "edited" } }))
        .await;
    for _ in 0..3 {
        setup.reconcile().await.unwrap();
    }
    let live = setup.read(&setup.id().await).await.unwrap();
    assert_eq!(live.text_of("Comment"), Some("edited"));
    assert!(live.text_of("WebACLId").unwrap().ends_with("webacl/a/b"));
}

#[tokio::test]
async fn a_refused_etag_is_not_reported_if_a_read_resolves_it() {
    let mut setup = Setup::start(&json!({})).await;
    setup.reconcile().await.unwrap();
    let before = setup.status().await;
    refuse_etag(&setup, 1).await;
    setup.reconcile().await.unwrap();
    assert_eq!(setup.status().await, before);
    setup.reconcile().await.unwrap();
    let live = setup.read(&setup.id().await).await.unwrap();
    assert_eq!(live.text_of("Comment"), Some("edited"));
}

#[tokio::test]
async fn a_repeated_refusal_of_an_etag_is_a_conflict() {
    let mut setup = Setup::start(&json!({})).await;
    setup.reconcile().await.unwrap();
    refuse_etag(&setup, 2).await;
    setup.reconcile().await.unwrap();
    setup.reconcile().await.unwrap();
    assert_eq!(setup.condition("Synced").await["reason"], "Conflict");
    assert_eq!(setup.condition("Stalled").await, json!(null));
    setup.reconcile().await.unwrap();
    let live = setup.read(&setup.id().await).await.unwrap();
    assert_eq!(live.text_of("Comment"), Some("edited"));
}

/// Edits the object, and makes CloudFront refuse the next updates.
async fn refuse_etag(setup: &Setup, updates: usize) {
    for _ in 0..updates {
        let refused = FaultMode::error(412, "PreconditionFailed", "no");
        let fault = Fault::on("UpdateDistribution", refused);
        setup.control().inject(fault);
    }
    let edit = json!({ "spec": { "comment": "edited" } });
    setup.patch(edit).await;
}

#[tokio::test]
async fn an_empty_web_acl_detaches_the_own_one() {
    let acl = "arn:aws:wafv2:us-east-1:111122223333:global/webacl/a/b";
    let mut setup = Setup::start(&json!({ "webACLId": acl })).await;
    setup.reconcile().await.unwrap();
    let before = setup.read(&setup.id().await).await.unwrap();
    assert_eq!(before.text_of("WebACLId"), Some(acl));
    setup.patch(json!({ "spec": { "webACLId": "" } })).await;
    setup.reconcile().await.unwrap();
    let live = setup.read(&setup.id().await).await.unwrap();
    assert_eq!(live.text_of("WebACLId"), Some(""));
}

#[tokio::test]
async fn an_empty_policy_id_detaches_the_policy_and_an_absent_one_keeps_it() {
    let mut setup = Setup::start(&json!({})).await;
    setup.reconcile().await.unwrap();
    let policy = "<ContinuousDeploymentPolicyId>p1</ContinuousDeploymentPolicyId>";
    setup
        .control()
        .edit(&setup.id().await, put(policy))
        .unwrap();
    for (id, expected) in [(None, Some("p1")), (Some(""), None)] {
        let comment = format!("edited {id:?}");
        let policy = json!({ "comment": comment, "continuousDeploymentPolicyId": id });
        setup.patch(json!({ "spec": policy })).await;
        setup.reconcile().await.unwrap();
        let live = setup.read(&setup.id().await).await.unwrap();
        let found = live.text_of("ContinuousDeploymentPolicyId");
        assert_eq!(found.filter(|id| !id.is_empty()), expected);
    }
}

#[tokio::test]
async fn a_status_that_cannot_be_written_fails_the_reconciliation_of_an_update() {
    let mut setup = Setup::start(&json!({})).await;
    setup.reconcile().await.unwrap();
    setup
        .patch(json!({ "spec": { "comment": "edited" } }))
        .await;
    setup.refuse_status(true);
    assert!(setup.reconcile().await.is_err(), "it is repeated");
    setup.refuse_status(false);
    setup.reconcile().await.unwrap();
    assert_eq!(setup.sent("UpdateDistribution").len(), 1);
    assert_eq!(setup.status().await["observedGeneration"], 2);
}

#[tokio::test]
async fn a_response_with_the_id_of_another_resource_is_not_believed() {
    for operation in ["GetDistribution", "UpdateDistribution"] {
        let mut setup = Setup::start(&json!({})).await;
        setup.reconcile().await.unwrap();
        let id = setup.id().await;
        let body = HostileBody::DuplicateElement;
        let other = Fault::on(operation, FaultMode::Hostile { body });
        setup.control().inject(other);
        let edit = json!({
            "metadata": { "annotations": { RECONCILE_REQUESTED_AT: "now" } },
            "spec": { "comment": "edited" },
        });
        setup.patch(edit).await;
        setup.reconcile().await.unwrap();
        assert_eq!(setup.id().await, id, "{operation}");
        assert_eq!(setup.condition("Synced").await["reason"], "Unreachable");
        setup.reconcile().await.unwrap();
        let sent = setup.sent("UpdateDistribution");
        assert!(sent.iter().all(|it| it.path.contains(&id)), "{sent:?}");
        let live = setup.read(&id).await.unwrap();
        assert_eq!(live.text_of("Comment"), Some("edited"));
    }
}
