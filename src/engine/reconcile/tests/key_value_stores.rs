//! Key-value stores, which CloudFront provides some time after their creation.

use crate::{
    engine::{
        in_process::{Cluster, api_server, simulator},
        kind::Kind,
    },
    kinds::key_value_store::KeyValueStore,
};
use cloudfront_simulator::{Edit, Simulator};
use serde_json::{Value, json};

const CREATE: &str = "CreateKeyValueStore";
const UPDATE: &str = "UpdateKeyValueStore";
const DELETE: &str = "DeleteKeyValueStore";

struct Stores {
    cluster: Cluster,
    simulator: Simulator,
}

impl Stores {
    async fn start() -> Self {
        let (simulator, options) = simulator().await;
        let server = api_server();
        let cluster = Cluster::registered(KeyValueStore::DEFINITION, &server, &options).await;
        Self { cluster, simulator }
    }

    async fn create(&mut self, spec: Value) {
        self.cluster.create("redirects", &spec).await;
        self.reconcile().await;
    }

    async fn reconcile(&mut self) {
        for _ in 0..3 {
            self.cluster.reconcile("redirects").await;
        }
    }

    /// Requests a read, as a user does with the annotation.
    async fn request(&mut self, at: &str) {
        let annotations = json!({ "cloudfront-operator.dev/reconcile-requested-at": at });
        let patch = json!({ "metadata": { "annotations": annotations } });
        self.cluster.patch("redirects", &patch).await;
        self.reconcile().await;
    }

    async fn status(&self) -> Value {
        self.cluster.status("redirects").await
    }

    async fn ready(&self) -> (String, String) {
        self.cluster.ready("redirects").await
    }

    /// Sets CloudFront's status of the store.
    async fn set_status(&self, value: &str) {
        let status = self.status().await;
        let id = status["id"].as_str().expect("an ID");
        let edit = Edit::Set {
            path: "Status".into(),
            value: value.into(),
        };
        self.simulator.control().edit(id, edit).expect("an edit");
    }

    /// Returns the writes since the last call.
    fn writes(&self) -> Vec<String> {
        let writes = crate::engine::in_process::writes(&self.simulator);
        self.simulator.control().clear_journal();
        writes
    }
}

#[tokio::test]
async fn a_store_is_created_and_updated_by_one_request_each() {
    let mut stores = Stores::start().await;
    stores.create(json!({ "comment": "old paths" })).await;
    assert_eq!(stores.ready().await.0, "InSync");
    assert_eq!(stores.writes(), [CREATE]);
    let status = stores.status().await;
    assert_eq!(status["status"], "READY");
    assert_eq!(status["id"], status["name"]);
    let arn = status["arn"].as_str().expect("an ARN");
    assert!(!arn.ends_with(status["name"].as_str().unwrap()), "{arn}");

    let patch = json!({ "spec": { "comment": "older paths" } });
    stores.cluster.patch("redirects", &patch).await;
    stores.reconcile().await;
    assert_eq!(stores.ready().await.0, "InSync");
    assert_eq!(stores.writes(), [UPDATE]);
}

#[tokio::test]
async fn the_source_of_an_import_is_no_drift_although_no_response_has_it() {
    let mut stores = Stores::start().await;
    let source = json!({ "sourceARN": "arn:aws:s3:::shop-edge/redirects.json" });
    stores.create(json!({ "importSource": source })).await;
    stores.request("1").await;
    assert_eq!(stores.ready().await.0, "InSync");
    assert_eq!(stores.writes(), [CREATE]);
}

#[tokio::test]
async fn a_store_is_ready_when_cloudfront_has_provided_it() {
    let mut stores = Stores::start().await;
    stores.create(json!({})).await;
    for (status, reason) in [("PROVISIONING", "Deploying"), ("READY", "InSync")] {
        stores.set_status(status).await;
        stores.request(status).await;
        assert_eq!(stores.ready().await.0, reason);
    }
    assert_eq!(stores.writes(), [CREATE]);
}

#[tokio::test]
async fn a_failed_store_is_reported_and_can_be_updated_and_deleted() {
    let mut stores = Stores::start().await;
    stores.create(json!({})).await;
    stores.set_status("IMPORT_FAILED").await;
    stores.request("1").await;
    let (reason, message) = stores.ready().await;
    assert_eq!(reason, "ResourceFailed");
    assert_eq!(
        message,
        "CloudFront reports status IMPORT_FAILED for this KeyValueStore, so it cannot be used. Correct the cause, then delete this object and \
         create it again."
    );
    assert_eq!(stores.status().await["status"], "IMPORT_FAILED");

    let patch = json!({ "spec": { "comment": "old paths" } });
    stores.cluster.patch("redirects", &patch).await;
    stores.reconcile().await;
    assert_eq!(stores.writes(), [CREATE, UPDATE]);

    // The simulator provides the store when it is updated.
    assert_eq!(stores.ready().await.0, "InSync");
    stores.set_status("IMPORT_FAILED").await;
    stores.request("2").await;
    assert_eq!(stores.ready().await.0, "ResourceFailed");

    stores.cluster.delete("redirects").await;
    stores.cluster.reconcile("redirects").await;
    assert_eq!(stores.cluster.get("redirects").await, None);
    assert_eq!(stores.writes(), [DELETE]);
}
