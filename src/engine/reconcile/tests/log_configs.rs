//! Real-time log configurations, whose versions have no ETags, so that CloudFront cannot refuse a write that replaces another one.

use crate::{
    engine::{
        in_process::{Cluster, api_server, simulator, take_requests},
        kind::Kind,
    },
    kinds::realtime_log_config::RealtimeLogConfig,
};
use cloudfront_simulator::{Edit, Fault, FaultMode, Simulator};
use serde_json::{Value, json};

const CREATE: &str = "CreateRealtimeLogConfig";
const GET: &str = "GetRealtimeLogConfig";
const UPDATE: &str = "UpdateRealtimeLogConfig";
const DELETE: &str = "DeleteRealtimeLogConfig";

struct LogConfigs {
    cluster: Cluster,
    simulator: Simulator,
}

impl LogConfigs {
    async fn start() -> Self {
        let (simulator, options) = simulator().await;
        let server = api_server();
        let cluster = Cluster::registered(RealtimeLogConfig::DEFINITION, &server, &options).await;
        Self { cluster, simulator }
    }

    async fn create(&mut self, fields: &[&str]) {
        let stream = json!({
            "roleARN": "arn:aws:iam::111122223333:role/logs",
            "streamARN": "arn:aws:kinesis:us-east-1:111122223333:stream/logs",
        });
        let end_point = json!({ "kinesisStreamConfig": stream });
        let spec = json!({ "samplingRate": 5, "fields": fields, "endPoints": [end_point] });
        self.cluster.create("sampled", &spec).await;
        self.reconcile().await;
    }

    async fn edit(&mut self, spec: Value) {
        self.cluster
            .patch("sampled", &json!({ "spec": spec }))
            .await;
        self.reconcile().await;
    }

    async fn reconcile(&mut self) {
        for _ in 0..3 {
            self.cluster.reconcile("sampled").await;
        }
    }

    async fn status(&self) -> Value {
        self.cluster.status("sampled").await
    }

    /// Returns the requests since the last call.
    fn requests(&self) -> Vec<String> {
        take_requests(&self.simulator)
    }

    /// Requests a read, as a user does with the annotation.
    async fn request(&mut self, at: &str) {
        let annotations = json!({ "cloudfront-operator.dev/reconcile-requested-at": at });
        let patch = json!({ "metadata": { "annotations": annotations } });
        self.cluster.patch("sampled", &patch).await;
        self.reconcile().await;
    }

    /// Changes the rate as another client does.
    async fn set_rate(&self, rate: &str) {
        let status = self.status().await;
        let id = status["id"].as_str().expect("an ID");
        let (path, value) = ("SamplingRate".to_owned(), rate.to_owned());
        let edit = Edit::Set { path, value };
        self.simulator.control().edit(id, edit).expect("an edit");
    }
}

#[tokio::test]
async fn an_update_reads_the_configuration_first_since_cloudfront_cannot_refuse_it() {
    let mut logs = LogConfigs::start().await;
    // CloudFront returns the fields in its own order.
    logs.create(&["sc-status", "timestamp"]).await;
    assert_eq!(logs.cluster.ready("sampled").await.0, "InSync");
    assert_eq!(logs.requests(), [CREATE]);
    let created = logs.status().await;
    assert_eq!(created["id"], created["name"]);
    let arn = created["arn"].as_str().expect("an ARN");
    assert!(arn.ends_with(&format!("/{}", created["name"].as_str().unwrap())));

    logs.edit(json!({ "samplingRate": 6 })).await;
    assert_eq!(logs.cluster.ready("sampled").await.0, "InSync");
    assert_eq!(logs.requests(), [GET, UPDATE]);
    assert_ne!(logs.status().await["etag"], created["etag"]);
    logs.edit(json!({ "samplingRate": 5 })).await;
    assert_eq!(logs.status().await["etag"], created["etag"]);
    assert_eq!(logs.requests(), [GET, UPDATE]);
    logs.reconcile().await;
    assert_eq!(logs.requests(), [""; 0]);
}

#[tokio::test]
async fn each_change_by_another_client_is_reverted() {
    let mut logs = LogConfigs::start().await;
    logs.create(&["timestamp"]).await;
    let created = logs.status().await["etag"].clone();
    assert_eq!(logs.requests(), [CREATE]);
    for change in ["7", "8", "9"] {
        logs.set_rate(change).await;
        logs.request(change).await;
        let (reason, message) = logs.cluster.ready("sampled").await;
        assert_eq!(reason, "InSync", "{change}: {message}");
        assert_eq!(logs.requests(), [GET, UPDATE], "{change}");
        assert_eq!(logs.status().await["etag"], created);
    }
}

#[tokio::test]
async fn a_deletion_names_the_configuration_in_its_document() {
    let mut logs = LogConfigs::start().await;
    logs.create(&["timestamp"]).await;
    let name = logs.status().await["id"].as_str().unwrap().to_owned();
    logs.cluster.delete("sampled").await;
    logs.cluster.reconcile("sampled").await;
    assert_eq!(logs.cluster.get("sampled").await, None);
    assert_eq!(logs.requests(), [CREATE, DELETE]);
    let unmanaged = Edit::Set {
        path: "SamplingRate".into(),
        value: "7".into(),
    };
    let edited = logs.simulator.control().edit(&name, unmanaged);
    assert!(edited.is_err(), "the configuration is gone");
}

/// CloudFront may still execute the update. If it was sent twice, the late one could replace a newer one.
#[tokio::test]
async fn an_update_without_a_response_is_not_sent_again_at_once() {
    let mut logs = LogConfigs::start().await;
    logs.create(&["timestamp"]).await;
    let control = logs.simulator.control();
    control.inject(Fault::on(UPDATE, FaultMode::ResetBeforeCommit));
    logs.edit(json!({ "samplingRate": 6 })).await;
    let (reason, message) = logs.cluster.ready("sampled").await;
    assert_eq!(reason, "Unreachable", "{message}");
    assert_eq!(logs.requests(), [CREATE, GET, UPDATE, GET, GET]);
}
