//! The deletion of an object that this version cannot decode: only its policies and the id in its status are needed.

use crate::engine::Kind;
use crate::engine::in_process::{Cluster, distribution_spec, simulator, writes};
use crate::kinds::distribution::Distribution;
use cloudfront_simulator::Simulator;
use serde_json::{Value, json};

const CREATE: &str = "CreateDistribution";

/// Returns a deleted object with a distribution in CloudFront, whose configuration was replaced with an undecodable one. `parts` are
/// merged into it.
async fn deleted(parts: &Value) -> (Cluster, Simulator) {
    let (simulator, options) = simulator().await;
    let mut cluster = Cluster::start(Distribution::DEFINITION, options).await;
    cluster.create("www", &distribution_spec()).await;
    cluster.reconcile("www").await;
    let created = cluster.get("www").await.expect("the object exists");
    assert!(created["status"]["id"].is_string(), "{created}");
    let undecodable = json!({ "spec": { "origins": "none" } });
    cluster.patch("www", &undecodable).await;
    cluster.patch("www", parts).await;
    cluster.delete("www").await;
    (cluster, simulator)
}

/// Reconciles the object until it is gone, at most three times, and returns the writes.
async fn finish(mut cluster: Cluster, simulator: &Simulator) -> Vec<String> {
    for _ in 0..3 {
        if cluster.get("www").await.is_some() {
            cluster.reconcile("www").await;
        }
    }
    assert_eq!(cluster.get("www").await, None);
    writes(simulator)
}

/// Returns the reason and the message of condition `Stalled`.
async fn stalled(cluster: &Cluster) -> [String; 2] {
    let object = cluster.get("www").await.expect("the object exists");
    let conditions = object["status"]["conditions"].as_array().expect("a list");
    let stalled = conditions.iter().find(|it| it["type"] == "Stalled");
    let stalled = stalled.expect("the object is stalled");
    ["reason", "message"].map(|member| stalled[member].as_str().expect("a text").to_owned())
}

#[tokio::test]
async fn its_resource_is_disabled_and_deleted() {
    let (cluster, simulator) = deleted(&json!({ "spec": {} })).await;
    let writes = finish(cluster, &simulator).await;
    assert_eq!(writes, [CREATE, "UpdateDistribution", "DeleteDistribution"]);
}

#[tokio::test]
async fn an_undecodable_status_does_not_hide_the_id() {
    let status = json!({ "status": { "observedGeneration": "two", "drift": 5 } });
    let (cluster, simulator) = deleted(&status).await;
    let writes = finish(cluster, &simulator).await;
    assert_eq!(writes, [CREATE, "UpdateDistribution", "DeleteDistribution"]);
}

#[tokio::test]
async fn its_deletion_policy_is_followed() {
    let (cluster, simulator) = deleted(&json!({ "spec": { "deletionPolicy": "Retain" } })).await;
    assert_eq!(finish(cluster, &simulator).await, [CREATE]);
}

#[tokio::test]
async fn a_policy_that_forbids_the_deletion_is_followed() {
    for (policy, reason) in [
        (json!({ "suspend": true }), "Suspended"),
        (json!({ "managementPolicy": "Observe" }), "ReadOnly"),
        (json!({ "deletionProtection": true }), "DeletionProtected"),
    ] {
        let (mut cluster, simulator) = deleted(&json!({ "spec": policy })).await;
        cluster.reconcile("www").await;
        assert_eq!(stalled(&cluster).await[0], reason, "{policy}");
        assert_eq!(writes(&simulator), [CREATE], "{policy}");
    }
}

#[tokio::test]
async fn an_undecodable_policy_deletes_nothing() {
    for (policy, field) in [
        (json!({ "deletionPolicy": "Archive" }), "deletionPolicy"),
        (json!({ "deletionProtection": "yes" }), "deletionProtection"),
        (json!({ "adoptId": 5 }), "adoptId"),
    ] {
        let (mut cluster, simulator) = deleted(&json!({ "spec": policy })).await;
        cluster.reconcile("www").await;
        let [reason, message] = stalled(&cluster).await;
        assert_eq!(reason, "Invalid", "{policy}");
        assert!(message.contains(field), "{message}");
        assert_eq!(writes(&simulator), [CREATE], "{policy}");
    }
}
