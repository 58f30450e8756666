//! A model of the API server, and a controller without its queue: its caches contain what a test puts into them.

use crate::{
    cloudfront::{self, CredentialsSource, StaticCredentials},
    engine::{
        EngineConfig, EventRecorder, FIELD_MANAGER, KindDefinition, Leadership, ObjectRegistry,
        SharedContext, cache::cached_object::CachedObject, context::Context, crd,
        poll::poller::ListPoller, reconcile::reconcile,
    },
    for_each_kind,
};
use campaign::{ApiServer, RecordedRequest};
use cloudfront_simulator::Simulator;
use futures::channel::mpsc::unbounded;
use kube::{
    Api, Client,
    api::{DeleteParams, DynamicObject, Patch, PatchParams, PostParams},
    runtime::{events::Reporter, reflector::store::Writer, watcher::Event},
};
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};

/// The namespace of all objects.
pub(crate) const NAMESPACE: &str = "shop";

/// An endpoint at which nothing listens.
const NO_ENDPOINT: &str = "http://127.0.0.1:9";

/// An API server, and the controller of one kind.
pub(crate) struct Cluster {
    pub(crate) server: ApiServer,
    pub(crate) context: Arc<Context>,
    definition: &'static KindDefinition,
    writer: Writer<CachedObject>,
}

/// Returns an API server that knows all kinds.
pub(crate) fn api_server() -> ApiServer {
    ApiServer::new(&for_each_kind!(crd))
}

/// Returns options of a client that reaches no CloudFront.
pub(crate) fn unreachable() -> cloudfront::Options {
    cloudfront::Options {
        endpoint: Some(NO_ENDPOINT.into()),
        ..cloudfront::Options::default()
    }
}

/// Starts a CloudFront that deploys at once, and returns it with the options of a client of it.
pub(crate) async fn simulator() -> (Simulator, cloudfront::Options) {
    let options = cloudfront_simulator::Options {
        deploy_delay: Duration::ZERO,
        ..cloudfront_simulator::Options::default()
    };
    let simulator = Simulator::start(options).await.expect("it starts");
    let credential = &simulator.credentials()[0];
    let credentials = StaticCredentials {
        access_key_id: credential.access_key.clone(),
        secret_access_key: credential.secret_key.clone(),
        session_token: None,
    };
    let options = cloudfront::Options {
        endpoint: Some(simulator.endpoint()),
        credentials: CredentialsSource::Static(credentials),
        ..cloudfront::Options::default()
    };
    (simulator, options)
}

/// Returns the spec of a distribution.
pub(crate) fn distribution_spec() -> Value {
    json!({
        "origins": [{ "id": "media", "domainName": "media.s3.amazonaws.com", "s3OriginConfig": {} }],
        "defaultCacheBehavior": {
            "targetOriginId": "media", "viewerProtocolPolicy": "allow-all", "cachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
        },
    })
}

/// Returns the writes that reached a simulator, by operation.
pub(crate) fn writes(simulator: &Simulator) -> Vec<String> {
    let journal = simulator.control().journal().into_iter();
    let operations = journal.map(|call| call.operation);
    operations.filter(|it| !cloudfront::is_read(it)).collect()
}

/// Returns the requests about resources since the last call, by operation.
pub(crate) fn take_requests(simulator: &Simulator) -> Vec<String> {
    let control = simulator.control();
    let journal = control.journal().into_iter();
    control.clear_journal();
    let operations = journal.map(|it| it.operation);
    operations.filter(|it| it != "GetCallerIdentity").collect()
}

/// Returns what all controllers share.
pub(crate) async fn shared(kube: Client, options: cloudfront::Options) -> SharedContext {
    let reporter = Reporter {
        controller: FIELD_MANAGER.into(),
        instance: None,
    };
    SharedContext {
        events: EventRecorder::new(kube.clone(), reporter),
        kube,
        cloudfront: cloudfront::Client::new(options).await.expect("a client"),
        registry: ObjectRegistry::default(),
        leadership: Leadership::always(),
        kubernetes: cloudfront::Availability::default(),
        clock: cloudfront::Clock::System,
        config: EngineConfig {
            resync_period: Duration::from_mins(10),
            deployment_poll_interval: Duration::from_secs(10),
            max_concurrent_reconciles: 1,
            is_read_only: false,
            label_selector: None,
        },
        on_reconcile: Arc::new(|_| {}),
        on_panic: Arc::new(|_| {}),
    }
}

/// Returns the objects of a kind.
pub(crate) fn objects(definition: &KindDefinition, kube: Client) -> Api<DynamicObject> {
    Api::namespaced_with(kube, NAMESPACE, &(definition.resource)())
}

impl Cluster {
    /// Starts a server, and a controller that sends its requests to it.
    pub(crate) async fn start(
        definition: &'static KindDefinition,
        options: cloudfront::Options,
    ) -> Self {
        let server = api_server();
        let kube = server.client();
        Self::with_client(definition, server, kube, options).await
    }

    /// Starts a controller that sends its requests through this client.
    pub(crate) async fn with_client(
        definition: &'static KindDefinition,
        server: ApiServer,
        kube: Client,
        options: cloudfront::Options,
    ) -> Self {
        let shared = shared(kube, options).await;
        let client = shared.cloudfront.clone();
        let poller = Arc::new(ListPoller::new(definition, client, &shared.config));
        let mut writer = Writer::new(definition);
        let store = writer.as_reader();
        writer.apply_watcher_event(&Event::Init);
        writer.apply_watcher_event(&Event::InitDone);
        Self {
            context: Arc::new(Context::new(
                definition,
                shared,
                poller,
                unbounded().0,
                store,
            )),
            definition,
            server,
            writer,
        }
    }

    /// Starts the same controller, whose objects the registry knows. Other objects can then be found to be the owners of a resource.
    pub(crate) async fn registered(
        definition: &'static KindDefinition,
        server: &ApiServer,
        options: &cloudfront::Options,
    ) -> Self {
        let (server, kube) = (server.clone(), server.client());
        let cluster = Self::with_client(definition, server, kube, options.clone()).await;
        let (registry, store) = (&cluster.context.shared.registry, &cluster.context.store);
        registry.register(definition, None, store.clone());
        cluster
    }

    pub(crate) fn objects(&self) -> Api<DynamicObject> {
        objects(self.definition, self.server.client())
    }

    /// Creates an object with this spec and the operator's finalizer.
    pub(crate) async fn create(&self, name: &str, spec: &Value) -> Value {
        let finalizers = json!(["cloudfront-operator.dev/finalizer"]);
        let object = json!({
            "metadata": { "name": name, "finalizers": finalizers }, "spec": spec,
        });
        let object = serde_json::from_value(object).expect("an object");
        let objects = self.objects();
        let created = objects.create(&PostParams::default(), &object).await;
        json!(created.expect("the object is new"))
    }

    /// Merges a patch into an object, or into its status.
    pub(crate) async fn patch(&self, name: &str, patch: &Value) -> Value {
        let is_status = patch.get("status").is_some();
        let (params, patch) = (PatchParams::default(), Patch::Merge(patch));
        let patched = if is_status {
            self.objects().patch_status(name, &params, &patch).await
        } else {
            self.objects().patch(name, &params, &patch).await
        };
        json!(patched.expect("the object exists"))
    }

    pub(crate) async fn get(&self, name: &str) -> Option<Value> {
        let object = self.objects().get_opt(name).await;
        object
            .expect("the model responds")
            .map(|object| json!(object))
    }

    /// Returns the status of an object.
    pub(crate) async fn status(&self, name: &str) -> Value {
        self.get(name).await.expect("the object exists")["status"].clone()
    }

    /// Returns the reason and the message of condition `Ready` of an object.
    pub(crate) async fn ready(&self, name: &str) -> (String, String) {
        let status = self.status(name).await;
        let conditions = status["conditions"].as_array().cloned();
        let mut conditions = conditions.into_iter().flatten();
        let ready = conditions.find(|it| it["type"] == "Ready");
        let ready = ready.expect("condition Ready");
        let text = |member: &str| ready[member].as_str().unwrap_or_default().to_owned();
        (text("reason"), text("message"))
    }

    /// Deletes an object. One with a finalizer stays until the finalizer is removed.
    pub(crate) async fn delete(&self, name: &str) {
        let objects = self.objects();
        let deleted = objects.delete(name, &DeleteParams::default()).await;
        let _ = deleted.expect("the object exists");
    }

    /// Shows an object to the controller, as an event of its watch does.
    pub(crate) fn show(&mut self, object: &Value) -> Arc<CachedObject> {
        let cached = CachedObject::from_json(self.definition, object);
        self.apply_event(&Event::Apply(cached.clone()));
        Arc::new(cached)
    }

    /// Applies an event of the watch to the cache of the objects.
    pub(crate) fn apply_event(&mut self, event: &Event<CachedObject>) {
        self.writer.apply_watcher_event(event);
    }

    /// Shows the present version of an object to the controller, and reconciles it.
    pub(crate) async fn reconcile(&mut self, name: &str) {
        let present = self.get(name).await.expect("the object exists");
        self.reconcile_as(&present).await;
    }

    /// Shows a version of an object to the controller, and reconciles it.
    pub(crate) async fn reconcile_as(&mut self, object: &Value) {
        let cached = self.show(object);
        let _ = Box::pin(reconcile(cached, self.context.clone())).await;
    }

    /// Returns the requests so far, apart from events, as `verb resource code`.
    pub(crate) fn requests(&self) -> Vec<String> {
        let requests = self.server.requests().into_iter();
        let requests = requests.filter(|it| it.resource != "events");
        requests.map(|it| describe(&it)).collect()
    }
}

fn describe(request: &RecordedRequest) -> String {
    let RecordedRequest {
        verb,
        resource,
        code,
        ..
    } = request;
    format!("{verb} {resource} {code}")
}
