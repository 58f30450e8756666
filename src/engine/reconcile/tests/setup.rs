//! One distribution between a model of the API server and a simulated CloudFront, from one reconciliation to the next.

use crate::{
    cloudfront::{self, Client, Priority},
    engine::{
        api::{RECONCILE_REQUESTED_AT, reference::ResolvedReferences},
        in_process::{Cluster, api_server, simulator},
        kind::Kind,
        leadership::Leadership,
        reconcile::{fixtures::both, reconcile, status_update_error::StatusUpdateError},
        remote::{reader::RemoteReader, resource::Remote},
    },
    kinds::distribution::Distribution,
    xml::Element,
};
use cloudfront_simulator::{Control, JournalEntry, Simulator, Switch};
use http::{Method, Request, Response};
use kube::{client::Body, runtime::controller::Action};
use parking_lot::Mutex;
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};

/// The name of the object.
const NAME: &str = "www";

/// The path of a Secret in another namespace, which exists.
const FOREIGN_SECRET: &str = "/api/v1/namespaces/other/secrets/key";

/// The requests of the operator to the API server, and what happens to them.
#[derive(Default)]
struct Wire {
    /// The path and the body of each request.
    requests: Vec<(String, Value)>,
    refuses_status: bool,
    /// Called once, before the next patch of the object's metadata is sent.
    on_metadata_patch: Option<Box<dyn FnOnce() + Send>>,
}

/// The operator's state of one distribution, and both sides that it talks to.
pub(super) struct Setup {
    cluster: Cluster,
    wire: Arc<Mutex<Wire>>,
    simulator: Simulator,
    client: Client,
}

impl Setup {
    /// Starts with a new object without a finalizer. `parts` are members of its spec.
    pub(super) async fn start(parts: &Value) -> Self {
        let (simulator, options) = simulator().await;
        let settings = |it: &mut cloudfront_simulator::Settings| {
            it.deploy_delay = Duration::from_mins(1);
        };
        let control = simulator.control();
        control.change_settings(settings);
        // Web ACLs and policies of the tests do not exist.
        control.set_switch(Switch::AcceptUnknownReferences, true);
        let options = cloudfront::Options {
            read_qps: 0.0,
            write_qps: 0.0,
            ..options
        };
        let client = Client::new(options.clone()).await.expect("a client");
        let (server, wire) = (api_server(), Arc::<Mutex<Wire>>::default());
        let kube = observed(server.client(), wire.clone());
        let cluster = Cluster::with_client(Distribution::DEFINITION, server, kube, options).await;
        cluster.create(NAME, &spec(parts)).await;
        let no_finalizers = json!({ "metadata": { "finalizers": [] } });
        cluster.patch(NAME, &no_finalizers).await;
        Self {
            cluster,
            wire,
            simulator,
            client,
        }
    }

    /// Runs a reconciliation of the present object.
    pub(super) async fn reconcile(&mut self) -> Result<Action, StatusUpdateError> {
        let object = self.object().await;
        self.reconcile_as(&object).await
    }

    /// Runs a reconciliation of the object as the watch shows it.
    pub(super) async fn reconcile_as(
        &mut self,
        object: &Value,
    ) -> Result<Action, StatusUpdateError> {
        let cached = self.cluster.show(object);
        Box::pin(reconcile(cached, self.cluster.context.clone())).await
    }

    pub(super) fn control(&self) -> Control {
        self.simulator.control()
    }

    pub(super) fn leadership(&self) -> Leadership {
        self.cluster.context.shared.leadership.clone()
    }

    pub(super) async fn object(&self) -> Value {
        self.cluster.get(NAME).await.expect("the object exists")
    }

    pub(super) async fn status(&self) -> Value {
        self.object().await["status"].clone()
    }

    /// Returns a condition of the object, or null.
    pub(super) async fn condition(&self, type_: &str) -> Value {
        let status = self.status().await;
        let conditions = status["conditions"].as_array();
        let found = conditions.and_then(|all| all.iter().find(|it| it["type"] == type_));
        found.cloned().unwrap_or_default()
    }

    /// Returns the id in the status.
    pub(super) async fn id(&self) -> String {
        let status = self.status().await;
        status["id"].as_str().expect("an id").to_owned()
    }

    /// Whether the operator's finalizer keeps the object.
    pub(super) async fn has_finalizer(&self) -> bool {
        let object = self.cluster.get(NAME).await.unwrap_or_default();
        let finalizers = object["metadata"]["finalizers"].as_array();
        finalizers.is_some_and(|it| !it.is_empty())
    }

    /// Changes the object as a user does.
    pub(super) async fn patch(&self, patch: Value) {
        self.cluster.patch(NAME, &patch).await;
    }

    /// Deletes the object as a user does: its finalizer keeps it.
    pub(super) async fn delete(&self) {
        self.cluster.delete(NAME).await;
    }

    /// Waits until CloudFront has deployed the last change, and requests that the operator reads the resource.
    pub(super) async fn deploy(&self) {
        self.control().advance(Duration::from_mins(2));
        let requested = json!({ RECONCILE_REQUESTED_AT: self.control().now() });
        let metadata = json!({ "metadata": { "annotations": requested } });
        self.patch(metadata).await;
    }

    /// Refuses every patch of the status, or accepts them again.
    pub(super) fn refuse_status(&self, refuses: bool) {
        self.wire.lock().refuses_status = refuses;
    }

    /// Calls a function before the next patch of the metadata, which adds the finalizer of a new object.
    pub(super) fn on_metadata_patch(&self, call: impl FnOnce() + Send + 'static) {
        self.wire.lock().on_metadata_patch = Some(Box::new(call));
    }

    /// Returns the path and the body of each request of the operator to the API server.
    pub(super) fn kube_requests(&self) -> Vec<(String, Value)> {
        self.wire.lock().requests.clone()
    }

    /// Returns the requests to CloudFront whose operations begin with this.
    pub(super) fn sent(&self, operation: &str) -> Vec<JournalEntry> {
        let mut journal = self.control().journal();
        journal.retain(|it| it.operation.starts_with(operation));
        journal
    }

    /// Returns those that had an effect.
    pub(super) fn committed(&self, operation: &str) -> Vec<JournalEntry> {
        let mut sent = self.sent(operation);
        sent.retain(|it| it.committed);
        sent
    }

    /// Reads a distribution as another client does.
    pub(super) async fn read(&self, id: &str) -> Option<Element> {
        let reader = RemoteReader::new(Distribution::API, self.client.clone());
        let read = reader.get(Distribution::API.collection, id, Priority::Interactive);
        let remote = read.await.expect("a response");
        remote.as_ref().map(|it| it.config(Distribution::API))
    }

    /// Creates a distribution as another client does, and returns its id.
    pub(super) async fn create_foreign(&self, parts: &Value) -> String {
        let object = json!({ "metadata": { "name": "foreign" }, "spec": spec(parts) });
        let object: Distribution = serde_json::from_value(object).expect("a valid object");
        let config = object.config(&ResolvedReferences::default());
        let mut config = config.expect("a valid configuration");
        config.set_text("CallerReference", "of another client");
        let request =
            Distribution::API.create_request(Distribution::API.collection, config, &object.tags());
        let response = self.client.send(&request).await.expect("a response");
        let remote = Remote::from_response(Distribution::API, &request, response);
        self.control().clear_journal();
        remote.expect("a distribution").id
    }
}

/// Returns the spec of a distribution with these members.
fn spec(parts: &Value) -> Value {
    let spec = json!({
        "comment": "site",
        "origins": [{
            "id": "a", "domainName": "a.example.com",
            "customOriginConfig": { "originProtocolPolicy": "https-only" },
        }],
        "defaultCacheBehavior": {
            "targetOriginId": "a", "viewerProtocolPolicy": "allow-all",
            "cachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
        },
    });
    both(spec, parts)
}

/// Returns a client whose requests are recorded, and disturbed as `wire` says.
fn observed(kube: kube::Client, wire: Arc<Mutex<Wire>>) -> kube::Client {
    let service = tower::service_fn(move |request: Request<Body>| {
        let (kube, wire) = (kube.clone(), wire.clone());
        async move {
            let (head, body) = request.into_parts();
            let body = body.collect_bytes().await?;
            let path = head.uri.path().to_owned();
            let (is_patch, is_status) = (head.method == Method::PATCH, path.ends_with("/status"));
            let json = serde_json::from_slice(&body).unwrap_or_default();
            wire.lock().requests.push((path.clone(), json));
            if path == FOREIGN_SECRET {
                let secret = json!({ "metadata": {}, "data": { "k": "aHVudGVyMg==" } });
                return Ok(response(200, &secret));
            }
            if is_patch && is_status && wire.lock().refuses_status {
                return Ok(response(500, &Value::Null));
            }
            if is_patch && !is_status {
                let call = wire.lock().on_metadata_patch.take();
                if let Some(call) = call {
                    call();
                }
            }
            kube.send(Request::from_parts(head, body.into())).await
        }
    });
    kube::Client::new(service, "default")
}

fn response(status: u16, body: &Value) -> Response<Body> {
    let body = Body::from(body.to_string().into_bytes());
    let response = Response::builder().status(status).body(body);
    response.expect("a valid response")
}
