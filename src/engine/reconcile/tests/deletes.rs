//! Deletions: the live configuration is disabled, then deleted once that is deployed, and nothing of others is.

use super::setup::Setup;
use cloudfront_simulator::{Fault, FaultMode};
use kube::runtime::controller::Action;
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn a_distribution_is_disabled_deployed_and_then_deleted() {
    let mut setup = Setup::start(&json!({})).await;
    setup.reconcile().await.unwrap();
    setup.delete().await;
    for _ in 0..2 {
        setup.reconcile().await.unwrap();
    }
    assert_eq!(setup.sent("UpdateDistribution").len(), 1);
    assert_eq!(
        setup.sent("DeleteDistribution").len(),
        0,
        "it is not deployed"
    );
    assert!(setup.has_finalizer().await);
    setup.deploy().await;
    setup.reconcile().await.unwrap();
    assert_eq!(setup.committed("DeleteDistribution").len(), 1);
    assert!(!setup.has_finalizer().await);
}

#[tokio::test]
async fn an_edit_that_was_not_applied_is_no_part_of_a_deletion() {
    let mut setup = Setup::start(&json!({})).await;
    setup.reconcile().await.unwrap();
    setup
        .patch(json!({ "spec": { "comment": "edited" } }))
        .await;
    setup.delete().await;
    setup.reconcile().await.unwrap();
    let live = setup.read(&setup.id().await).await.unwrap();
    assert_eq!(live.text_of("Enabled"), Some("false"));
    assert_eq!(live.text_of("Comment"), Some("site"));
}

#[tokio::test]
async fn a_refusal_to_disable_is_in_the_status() {
    let mut setup = Setup::start(&json!({})).await;
    setup.reconcile().await.unwrap();
    let refused = FaultMode::error(400, "InvalidArgument", "no");
    setup
        .control()
        .inject(Fault::on("UpdateDistribution", refused));
    setup.delete().await;
    setup.reconcile().await.unwrap();
    assert_eq!(setup.condition("Synced").await["reason"], "InvalidArgument");
    assert_eq!(setup.condition("Stalled").await["status"], "True");
}

#[tokio::test]
async fn a_disabling_without_a_response_is_in_the_status() {
    let mut setup = Setup::start(&json!({})).await;
    setup.reconcile().await.unwrap();
    let lost = FaultMode::ResetAfterCommit;
    setup
        .control()
        .inject(Fault::on("UpdateDistribution", lost));
    setup.delete().await;
    setup.reconcile().await.unwrap();
    assert_eq!(setup.condition("Synced").await["reason"], "Unreachable");
    setup.deploy().await;
    setup.reconcile().await.unwrap();
    assert_eq!(setup.sent("UpdateDistribution").len(), 1);
    assert!(!setup.has_finalizer().await);
}

#[tokio::test]
async fn a_deletion_that_is_refused_is_repeated_after_a_pause() {
    let mut setup = Setup::start(&json!({})).await;
    setup.reconcile().await.unwrap();
    setup.delete().await;
    setup.reconcile().await.unwrap();
    setup.deploy().await;
    let refused = FaultMode::error(409, "ResourceInUse", "no");
    setup
        .control()
        .inject(Fault::on("DeleteDistribution", refused));
    let action = setup.reconcile().await.unwrap();
    assert!(setup.has_finalizer().await);
    assert_eq!(setup.condition("Ready").await["reason"], "InUse");
    assert_ne!(action, Action::requeue(Duration::ZERO));
    assert_ne!(action, Action::await_change());
}

#[tokio::test]
async fn a_resource_with_the_name_of_the_object_is_not_deleted_by_it() {
    let mut setup = Setup::start(&json!({})).await;
    let foreign = setup.create_foreign(&json!({ "comment": "www" })).await;
    let finalizers = json!(["cloudfront-operator.dev/finalizer"]);
    let metadata = json!({ "metadata": { "finalizers": finalizers } });
    setup.patch(metadata).await;
    setup.patch(json!({ "status": { "id": foreign } })).await;
    setup.delete().await;
    for _ in 0..4 {
        setup.reconcile().await.unwrap();
    }
    assert_eq!(setup.sent("UpdateDistribution").len(), 0);
    assert_eq!(setup.sent("DeleteDistribution").len(), 0);
    assert!(setup.read(&foreign).await.is_some());
}
