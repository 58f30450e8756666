//! Access controls of one API server, a simulated CloudFront, and another client of it.

use crate::{
    cloudfront::{self, Client, Priority},
    engine::{
        api::{CREATED_AS, reference::ResolvedReferences},
        in_process::{Cluster, api_server, simulator, take_requests},
        kind::Kind,
        remote::{reader::RemoteReader, resource::Remote},
    },
    kinds::origin_access_control::OriginAccessControl,
};
use campaign::ApiServer;
use cloudfront_simulator::{Control, Simulator};
use kube::api::ListParams;
use serde_json::{Value, json};

const API: &crate::engine::ResourceApi = OriginAccessControl::API;

pub(super) struct Names {
    cluster: Cluster,
    server: ApiServer,
    options: cloudfront::Options,
    simulator: Simulator,
    client: Client,
}

impl Names {
    pub(super) async fn start() -> Self {
        let (simulator, options) = simulator().await;
        let options = cloudfront::Options {
            read_qps: 0.0,
            write_qps: 0.0,
            ..options
        };
        let server = api_server();
        Self {
            cluster: operator(&server, &options).await,
            client: Client::new(options.clone()).await.expect("a client"),
            server,
            options,
            simulator,
        }
    }

    /// Replaces the operator by one that knows only what Kubernetes has. It sees the objects before it reconciles the first.
    pub(super) async fn restart(&mut self) {
        self.cluster = operator(&self.server, &self.options).await;
        let objects = self.cluster.objects();
        let listed = objects.list(&ListParams::default()).await;
        for object in listed.expect("the model responds") {
            let cached = self.cluster.show(&json!(object));
            self.cluster.context.mark_preexisting(&cached);
        }
    }

    /// Returns another operator, which uses the same servers.
    pub(super) async fn replica(&self) -> Cluster {
        operator(&self.server, &self.options).await
    }

    /// Reconciles a version of an object, as a watch shows it that lags behind.
    pub(super) async fn reconcile_as(&mut self, object: &Value) {
        self.cluster.reconcile_as(object).await;
    }

    /// Creates an object without a finalizer, as a user does.
    pub(super) async fn apply(&mut self, object: &str, spec: &Value) {
        let mut whole = json!({
            "originAccessControlOriginType": "s3", "signingBehavior": "always", "signingProtocol": "sigv4",
        });
        for (field, value) in spec.as_object().expect("a spec") {
            whole[field] = value.clone();
        }
        self.cluster.create(object, &whole).await;
        let no_finalizers = json!({ "metadata": { "finalizers": [] } });
        let object = self.cluster.patch(object, &no_finalizers).await;
        self.cluster.show(&object);
    }

    pub(super) async fn patch(&self, object: &str, patch: Value) {
        self.cluster.patch(object, &patch).await;
    }

    pub(super) async fn delete(&self, object: &str) {
        self.cluster.delete(object).await;
    }

    /// Reconciles an object this many times, as the watch shows it.
    pub(super) async fn reconcile(&mut self, object: &str, times: usize) {
        for _ in 0..times {
            if self.cluster.get(object).await.is_some() {
                self.cluster.reconcile(object).await;
            }
        }
    }

    pub(super) async fn object(&self, object: &str) -> Option<Value> {
        self.cluster.get(object).await
    }

    pub(super) async fn status(&self, object: &str) -> Value {
        self.cluster.status(object).await
    }

    pub(super) async fn ready(&self, object: &str) -> (String, String) {
        self.cluster.ready(object).await
    }

    /// Whether the object has a finalizer, and the names in its record.
    pub(super) async fn claims(&self, object: &str) -> (bool, Vec<String>) {
        let metadata = self.object(object).await.expect("the object exists")["metadata"].clone();
        let has_finalizer = metadata["finalizers"]
            .as_array()
            .is_some_and(|it| !it.is_empty());
        let record = metadata["annotations"][CREATED_AS].as_str();
        let record = record.map(|it| serde_json::from_str::<Value>(it).expect("JSON"));
        let names = record.map(|it| it["names"].as_array().cloned().unwrap_or_default());
        let names = names.into_iter().flatten();
        let names = names.map(|it| it.as_str().unwrap_or_default().to_owned());
        (has_finalizer, names.collect())
    }

    pub(super) fn control(&self) -> Control {
        self.simulator.control()
    }

    /// Returns the operations of the requests since the last call, in their order.
    pub(super) fn operations(&self) -> Vec<String> {
        take_requests(&self.simulator)
    }

    /// Creates an access control as another client does, and returns its id.
    pub(super) async fn create_foreign(&self, name: &str, description: &str) -> String {
        let id = create_foreign(&self.client, name, description).await;
        self.control().clear_journal();
        id
    }

    pub(super) fn client(&self) -> Client {
        self.client.clone()
    }

    /// Returns the name and the description of an access control.
    pub(super) async fn read(&self, id: &str) -> Option<(String, String)> {
        let reader = RemoteReader::new(API, self.client.clone());
        let read = reader.get(API.collection, id, Priority::Interactive);
        let remote = read.await.expect("a response")?;
        let config = remote.config(API);
        let text = |member: &str| config.text_of(member).unwrap_or_default().to_owned();
        Some((text("Name"), text("Description")))
    }
}

async fn operator(server: &ApiServer, options: &cloudfront::Options) -> Cluster {
    Cluster::registered(OriginAccessControl::DEFINITION, server, options).await
}

/// Creates an access control as another client does, and returns its id.
pub(super) async fn create_foreign(client: &Client, name: &str, description: &str) -> String {
    let object = json!({
        "metadata": { "name": "foreign" },
        "spec": {
            "description": description, "originAccessControlOriginType": "s3", "signingBehavior": "always",
            "signingProtocol": "sigv4",
        },
    });
    let object: OriginAccessControl = serde_json::from_value(object).expect("a valid object");
    let config = object.config(&ResolvedReferences::default());
    let mut config = config.expect("a valid configuration");
    config.set_text("Name", name);
    let request = API.create_request(API.collection, config, &object.tags());
    let response = client.send(&request).await.expect("a response");
    let remote = Remote::from_response(API, &request, response);
    remote.expect("an access control").id
}
