//! Creates whose response, status or leadership is lost: one resource, and its id in the status.

use super::setup::Setup;
use crate::{cloudfront::Clock, engine::leadership::Moment};
use cloudfront_simulator::{Fault, FaultMode};
use kube::runtime::controller::Action;
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn a_create_sends_the_tags_and_no_patch_contains_a_spec() {
    let mut setup = Setup::start(&json!({ "tags": { "team": "web" } })).await;
    setup.reconcile().await.unwrap();
    let created = setup.committed("CreateDistribution");
    assert_eq!(created.len(), 1);
    assert_eq!(created[0].operation, "CreateDistributionWithTags");
    assert_eq!(
        json!(created[0].caller_reference),
        setup.object().await["metadata"]["uid"]
    );
    setup.reconcile().await.unwrap();
    assert_eq!(setup.sent("TagResource").len(), 0);
    assert_eq!(setup.status().await["managedTags"], json!(["team"]));
    let requests = setup.kube_requests();
    assert!(requests.len() >= 2, "the finalizer and the status");
    for (path, body) in requests {
        assert!(body["spec"].is_null(), "{path} {body}");
    }
}

#[tokio::test]
async fn a_new_distribution_is_not_ready_before_it_is_deployed() {
    let mut setup = Setup::start(&json!({})).await;
    for _ in 0..2 {
        setup.reconcile().await.unwrap();
        assert_eq!(setup.condition("Ready").await["status"], "False");
    }
    setup.deploy().await;
    setup.reconcile().await.unwrap();
    assert_eq!(setup.condition("Ready").await["status"], "True");
}

#[tokio::test]
async fn a_create_without_a_response_keeps_the_finalizer_and_is_recovered() {
    let mut setup = Setup::start(&json!({})).await;
    let fault = Fault::on("CreateDistribution", FaultMode::ResetAfterCommit);
    setup.control().inject(fault);
    setup.reconcile().await.unwrap();
    assert!(setup.has_finalizer().await, "the distribution exists");
    assert_eq!(setup.condition("Stalled").await, json!(null));
    for _ in 0..3 {
        setup.reconcile().await.unwrap();
    }
    let created = setup.committed("CreateDistribution");
    assert_eq!(created.len(), 1);
    assert_eq!(setup.status().await["id"], json!(created[0].id));
}

#[tokio::test]
async fn a_status_that_cannot_be_written_fails_the_reconciliation_of_a_create() {
    let mut setup = Setup::start(&json!({})).await;
    setup.refuse_status(true);
    assert!(setup.reconcile().await.is_err(), "it is repeated");
    setup.refuse_status(false);
    setup.reconcile().await.unwrap();
    assert_eq!(setup.sent("CreateDistribution").len(), 1);
    assert_eq!(
        setup.status().await["id"],
        json!(setup.committed("Create")[0].id)
    );
}

#[tokio::test]
async fn the_id_of_a_created_resource_is_stored_although_the_leadership_has_ended() {
    let mut setup = Setup::start(&json!({})).await;
    let leadership = setup.leadership();
    setup.on_metadata_patch(move || leadership.end_term());
    let _ = setup.reconcile().await;
    assert_eq!(
        setup.id().await,
        setup.committed("Create")[0].id.clone().unwrap()
    );
}

#[tokio::test]
async fn the_id_of_an_adopted_resource_is_stored_by_the_next_leader() {
    let mut setup = Setup::start(&json!({})).await;
    let foreign = setup.create_foreign(&json!({})).await;
    setup.patch(json!({ "spec": { "adoptId": foreign } })).await;
    let leadership = setup.leadership();
    setup.on_metadata_patch(move || leadership.end_term());
    assert!(setup.reconcile().await.is_err(), "another process may lead");
    assert_eq!(setup.status().await["id"], json!(null));
    let until = Moment::now(Clock::System).after(Duration::from_hours(1));
    setup.leadership().begin_term(until);
    setup.reconcile().await.unwrap();
    assert_eq!(setup.id().await, foreign);
}

#[tokio::test]
async fn a_create_is_not_repeated_in_the_next_term() {
    let mut setup = Setup::start(&json!({})).await;
    let leadership = setup.leadership();
    setup.on_metadata_patch(move || leadership.end_term());
    let _ = setup.reconcile().await;
    let until = Moment::now(Clock::System).after(Duration::from_hours(1));
    setup.leadership().begin_term(until);
    setup.reconcile().await.unwrap();
    assert_eq!(setup.sent("CreateDistribution").len(), 1);
}

#[tokio::test]
async fn an_object_from_before_its_own_status_is_not_created_again() {
    let mut setup = Setup::start(&json!({})).await;
    let mut outdated = setup.object().await;
    setup.reconcile().await.unwrap();
    outdated["metadata"]["finalizers"] = setup.object().await["metadata"]["finalizers"].clone();
    setup.reconcile_as(&outdated).await.unwrap();
    assert_eq!(setup.sent("CreateDistribution").len(), 1);
}

/// Refuses the next create as if another distribution had its caller reference, and returns the id of that distribution.
async fn refuse_as_existing(setup: &Setup) -> String {
    let foreign = setup.create_foreign(&json!({})).await;
    let message = format!("The caller reference is in use. Already exists: {foreign}");
    let refused = FaultMode::error(409, "DistributionAlreadyExists", &message);
    let fault = Fault::on("CreateDistribution", refused);
    setup.control().inject(fault);
    foreign
}

#[tokio::test]
async fn an_existing_resource_with_another_caller_reference_is_not_taken() {
    let mut setup = Setup::start(&json!({})).await;
    let foreign = refuse_as_existing(&setup).await;
    setup.reconcile().await.unwrap();
    assert_ne!(setup.status().await["id"], json!(foreign));
    assert_eq!(setup.sent("UpdateDistribution").len(), 0);
}

#[tokio::test]
async fn no_event_names_an_existing_resource_of_another_client() {
    let mut setup = Setup::start(&json!({})).await;
    let foreign = refuse_as_existing(&setup).await;
    setup.reconcile().await.unwrap();
    for (_, event) in setup.kube_requests() {
        let note = event["note"].as_str().unwrap_or_default();
        assert!(!note.contains(&foreign), "{note}");
    }
}

#[tokio::test]
async fn a_rejected_create_is_repeated_later() {
    let mut setup = Setup::start(&json!({})).await;
    let rejected = FaultMode::error(400, "InvalidArgument", "no");
    let fault = Fault::on("CreateDistribution", rejected);
    setup.control().inject(fault);
    let action = setup.reconcile().await.unwrap();
    assert_eq!(setup.condition("Stalled").await["reason"], "Rejected");
    assert!(
        setup.has_finalizer().await,
        "an earlier create can have succeeded"
    );
    assert_ne!(action, Action::await_change(), "no event follows");
}

#[tokio::test]
async fn a_throttled_create_is_no_refusal() {
    let mut setup = Setup::start(&json!({})).await;
    let fault = Fault::on("CreateDistribution", FaultMode::throttling());
    setup.control().inject(fault);
    setup.reconcile().await.unwrap();
    assert_eq!(setup.condition("Stalled").await, json!(null));
    assert_eq!(setup.committed("CreateDistribution").len(), 1);
}

/// Returns an object that takes a header from a Secret with the name of another namespace before its own.
async fn with_foreign_secret() -> Setup {
    let header = json!({
        "headerName": "x-key", "headerValueFrom": { "secretKeyRef": { "name": "other/key", "key": "k" } },
    });
    let origin = json!({
        "id": "a", "domainName": "a.example.com", "customHeaders": [header],
        "customOriginConfig": { "originProtocolPolicy": "https-only" },
    });
    Setup::start(&json!({ "origins": [origin] })).await
}

#[tokio::test]
async fn a_secret_of_another_namespace_is_not_read() {
    let mut setup = with_foreign_secret().await;
    setup.reconcile().await.unwrap();
    for (path, _) in setup.kube_requests() {
        assert!(!path.contains("/namespaces/other"), "{path}");
    }
}

#[tokio::test]
async fn a_value_from_another_namespace_is_not_sent_to_cloudfront() {
    let mut setup = with_foreign_secret().await;
    setup.reconcile().await.unwrap();
    assert_eq!(setup.sent("CreateDistribution").len(), 0);
    assert_eq!(
        setup.condition("Ready").await["reason"],
        "ReferenceNotReady"
    );
}
