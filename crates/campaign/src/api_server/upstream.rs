//! A real kube-apiserver behind the harness.
//!
//! The requests of a run that has simulated time are executed by a real server, which knows only the wall clock. Each request is sent by
//! another runtime, while the thread of the run is blocked. So the simulated time does not advance, and nothing else happens in the run
//! until the response is there: the real server takes no simulated time, as the model does. With an `await` in its place, the paused
//! clock would advance to the next timer, because the runtime has nothing else to do.
//!
//! For the same reason a watch of the operator is not passed on. One real watch for each kind reports the changes of the namespace, and
//! each write waits until its change was reported. The watches of the operator are served from these changes, so that they end after
//! their timeout in simulated time.

use super::{
    response::ApiError,
    route::Route,
    store::{ObjectKey, Store, key},
    types::ResourceType,
};
use bytes::Bytes;
use cluster::Cluster;
use futures::TryStreamExt;
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt;
use kube::{
    Api, Client, Config,
    api::{ApiResource, DynamicObject, ListParams, WatchParams},
    client::Body,
    config::{KubeConfigOptions, Kubeconfig},
    core::{GroupVersionKind, WatchEvent},
};
use parking_lot::Mutex;
use serde_json::Value;
use std::{
    sync::{Arc, mpsc},
    time::Duration,
};
use tokio::runtime::Runtime;

/// How long a response, or the report of a change, may take.
const DEADLINE: Duration = Duration::from_secs(60);

/// What keeps the real server from being used.
pub(crate) type Error = Box<dyn std::error::Error + Send + Sync>;

/// A real control plane, and the runtime that talks to it.
pub struct RealApiServer {
    cluster: &'static Cluster,
    runtime: Runtime,
    client: Client,
}

/// A namespace of a real server, for one run.
pub(super) struct Upstream {
    server: Arc<RealApiServer>,
    changes: Mutex<mpsc::Receiver<Change>>,
}

/// A change that the real server has reported.
struct Change {
    key: ObjectKey,
    is_removed: bool,
    object: Value,
}

/// What a write leads to.
enum Expected {
    /// The object has this version or a later one.
    Version(u64),
    /// The object does not exist.
    Absent,
}

impl RealApiServer {
    /// Connects to a control plane that has the operator's CustomResourceDefinitions.
    pub fn new(cluster: &'static Cluster) -> Result<Self, Error> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        let kubeconfig = Kubeconfig::read_from(cluster.kubeconfig())?;
        let options = KubeConfigOptions::default();
        let config = Config::from_custom_kubeconfig(kubeconfig, &options);
        let mut config = runtime.block_on(config)?;
        // A watch is idle for as long as its objects do not change.
        config.read_timeout = None;
        let client = {
            let _entered = runtime.enter();
            Client::try_from(config)?
        };
        Ok(Self {
            cluster,
            runtime,
            client,
        })
    }

    /// Creates a namespace.
    pub(crate) fn create_namespace(&self) -> Result<String, Error> {
        Ok(self.cluster.create_namespace("plan")?)
    }

    /// Runs a future in the runtime of this server, and blocks the thread until its end.
    fn wait_for<T: Send + 'static>(
        &self,
        future: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, mpsc::RecvTimeoutError> {
        let (sender, receiver) = mpsc::sync_channel(1);
        self.runtime.spawn(async move {
            // Without a receiver, the wait was too long.
            sender.send(future.await).ok();
        });
        receiver.recv_timeout(DEADLINE)
    }
}

impl Upstream {
    /// Begins to watch the objects of these types in a namespace, which has none of them.
    pub(super) fn new<'a>(
        server: Arc<RealApiServer>,
        namespace: &str,
        types: impl Iterator<Item = &'a Arc<ResourceType>>,
        store: &mut Store,
    ) -> Result<Self, Error> {
        let (sender, changes) = mpsc::channel();
        for resource in types {
            let kind = GroupVersionKind::gvk(&resource.group, &resource.version, &resource.kind);
            let api = ApiResource::from_gvk_with_plural(&kind, &resource.plural);
            let api: Api<DynamicObject> =
                Api::namespaced_with(server.client.clone(), namespace, &api);
            let listed = api.clone();
            let list =
                server.wait_for(async move { listed.list(&ListParams::default()).await })??;
            let version = list.metadata.resource_version.unwrap_or_default();
            store.begin_at(version.parse()?);
            let key = key(resource, namespace, "");
            let report = report_changes(api, version, key, sender.clone());
            server.runtime.spawn(report);
        }
        Ok(Self {
            server,
            changes: Mutex::new(changes),
        })
    }

    /// Sends a request. After a write, also waits until its change was reported.
    pub(super) fn execute(
        &self,
        route: &Route,
        request: Request<Body>,
        store: &Mutex<Store>,
    ) -> Result<(StatusCode, Value), ApiError> {
        let client = self.server.client.clone();
        let response = self
            .server
            .wait_for(async move { send(client, request).await });
        let response = response.map_err(|error| ApiError::unavailable(&error.to_string()))?;
        let response = response.map_err(|error| ApiError::unavailable(&error.to_string()))?;
        let code = response.status();
        let body: Value = serde_json::from_slice(response.body())
            .map_err(|error| ApiError::unavailable(&error.to_string()))?;
        let is_read = ["get", "list"].contains(&route.verb);
        if code.is_success() && !is_read && route.resource.schema.is_some() {
            self.wait_for_change(route, &body, &mut store.lock())?;
        }
        Ok((code, body))
    }

    /// Waits until the change of a write was reported, and stores it.
    fn wait_for_change(
        &self,
        route: &Route,
        body: &Value,
        store: &mut Store,
    ) -> Result<(), ApiError> {
        let name = route.name.as_deref().or(body["metadata"]["name"].as_str());
        let namespace = route.namespace.as_deref().unwrap_or_default();
        let key = key(&route.resource, namespace, name.unwrap_or_default());
        let expected = Expected::after(body);
        let changes = self.changes.lock();
        while !expected.is_reached(store.get(&key)) {
            let change = changes.recv_timeout(DEADLINE);
            let change = change.map_err(|error| ApiError::unavailable(&error.to_string()))?;
            store.import(change.key, change.object, change.is_removed);
        }
        Ok(())
    }
}

impl Expected {
    /// Returns what follows from a write with this response.
    fn after(body: &Value) -> Self {
        let metadata = &body["metadata"];
        let finalizers = metadata["finalizers"].as_array();
        let is_ending =
            metadata["deletionTimestamp"].is_string() && finalizers.is_none_or(Vec::is_empty);
        if body["kind"] == "Status" || is_ending {
            Self::Absent
        } else {
            Self::Version(version_of(body))
        }
    }

    fn is_reached(&self, object: Option<&Arc<Value>>) -> bool {
        match self {
            Self::Version(version) => object.is_some_and(|it| version_of(it) >= *version),
            Self::Absent => object.is_none(),
        }
    }
}

/// Returns the version of an object. etcd counts them.
pub(super) fn version_of(object: &Value) -> u64 {
    let version = object["metadata"]["resourceVersion"].as_str();
    version.and_then(|it| it.parse().ok()).unwrap_or_default()
}

async fn send(client: Client, request: Request<Body>) -> Result<Response<Bytes>, kube::Error> {
    let (parts, body) = client.send(request).await?.into_parts();
    let body = body.collect().await?.to_bytes();
    Ok(Response::from_parts(parts, body))
}

/// Reports the changes after a version until the run is over.
async fn report_changes(
    api: Api<DynamicObject>,
    version: String,
    key: ObjectKey,
    changes: mpsc::Sender<Change>,
) -> Result<(), kube::Error> {
    let parameters = WatchParams::default().disable_bookmarks();
    let mut events = Box::pin(api.watch(&parameters, &version).await?);
    while let Some(event) = events.try_next().await? {
        let (object, is_removed) = match event {
            WatchEvent::Added(object) | WatchEvent::Modified(object) => (object, false),
            WatchEvent::Deleted(object) => (object, true),
            WatchEvent::Bookmark(_) | WatchEvent::Error(_) => continue,
        };
        let mut key = key.clone();
        key.3 = object.metadata.name.clone().unwrap_or_default();
        let object = serde_json::to_value(object).map_err(kube::Error::SerdeError)?;
        let change = Change {
            key,
            is_removed,
            object,
        };
        if changes.send(change).is_err() {
            break;
        }
    }
    Ok(())
}
