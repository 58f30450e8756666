//! A model of kube-apiserver with the behaviour that controllers depend on.
//!
//! It has resource versions, uids, generations, merge patches, preconditions, the status subresource, finalizers, pages of lists,
//! watches with bookmarks, and the defaults of CustomResourceDefinitions. It does not validate objects, and has no RBAC, no
//! server-side apply and no selectors: a request that needs one of these is rejected with status 400.

mod defaults;
mod list;
mod metadata;
mod request_path;
mod response;
mod route;
mod store;
mod types;
mod upstream;
mod watch;
mod write;

pub(crate) use self::{
    request_path::{RequestPath, is_watch, verb},
    response::{ResponseBody, refused, watch_error},
    store::START,
    upstream::Error as UpstreamError,
};
use self::{
    response::{ApiError, into_response},
    route::Route,
    store::Store,
    types::ResourceTypes,
    upstream::Upstream,
};
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::client::Body;
use parking_lot::Mutex;
use serde_json::Value;
use std::{convert::Infallible, sync::Arc};
pub use upstream::RealApiServer;

/// A model API server. Clones share the same objects.
#[derive(Clone)]
pub struct ApiServer {
    types: Arc<ResourceTypes>,
    store: Arc<Mutex<Store>>,
    requests: Arc<Mutex<Vec<RecordedRequest>>>,
    /// The real server that executes the requests. `None`: this one.
    upstream: Option<Arc<Upstream>>,
}

/// A request that the server has received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedRequest {
    /// The verb of the Kubernetes API: get, list, watch, create, update, patch or delete.
    pub verb: &'static str,
    /// The plural name of the resource, with the subresource if there is one: `distributions/status`.
    pub resource: String,
    /// `namespace/name`, as far as the request names an object.
    pub object: String,
    /// The status code of the response.
    pub code: u16,
}

/// A version of an object.
pub(crate) struct ObjectVersion {
    pub(crate) revision: u64,
    pub(crate) group: String,
    pub(crate) plural: String,
    pub(crate) is_removed: bool,
    pub(crate) object: Arc<Value>,
}

impl ApiServer {
    /// Creates a server with these CustomResourceDefinitions, and the built-in types that a controller uses: Secrets, ConfigMaps,
    /// Leases and Events.
    pub fn new(crds: &[CustomResourceDefinition]) -> Self {
        Self {
            types: Arc::new(ResourceTypes::new(crds)),
            store: Arc::default(),
            requests: Arc::default(),
            upstream: None,
        }
    }

    /// Returns a server with the same types and without objects. It starts now.
    pub(crate) fn fresh(&self) -> Self {
        Self {
            types: self.types.clone(),
            store: Arc::default(),
            requests: Arc::default(),
            upstream: None,
        }
    }

    /// Adds the finalizer to new objects from now on, as the policy of the chart does.
    pub(crate) fn add_finalizers(&self) {
        self.store.lock().has_finalizer_policy = true;
    }

    /// Returns a server with the same types that lets a real server execute the requests for a namespace without objects.
    pub(crate) fn in_front_of(
        &self,
        real: &Arc<RealApiServer>,
        namespace: &str,
    ) -> Result<Self, UpstreamError> {
        let server = self.fresh();
        let types = self.types.custom();
        let upstream = Upstream::new(real.clone(), namespace, types, &mut server.store.lock())?;
        Ok(Self {
            upstream: Some(Arc::new(upstream)),
            ..server.clone()
        })
    }

    /// Returns a client that sends its requests to this server, without a socket.
    pub fn client(&self) -> kube::Client {
        let server = self.clone();
        let service = tower::service_fn(move |request: Request<Body>| {
            let server = server.clone();
            async move { Ok::<_, Infallible>(server.respond(request).await) }
        });
        kube::Client::new(service, "default")
    }

    /// Returns the requests so far, in the order of their responses.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.requests.lock().clone()
    }

    /// Forgets the changes that watches have not read yet, as after a compaction of etcd. A watch from an earlier version fails with
    /// status 410.
    pub fn compact(&self) {
        self.store.lock().compact();
    }

    /// Returns the verb and the resource of a request, and the object that it names: `Kind/name`, or an empty text.
    pub(crate) fn describe(&self, request: &Request<Body>) -> (String, String) {
        match Route::parse(request, &self.types) {
            Ok(route) => {
                let object = route.name.as_ref();
                let object = object.map(|name| format!("{}/{name}", route.resource.kind));
                let operation = format!("{} {}", route.verb, route.resource_name());
                (operation, object.unwrap_or_default())
            }
            Err(_) => (
                format!("{} {}", request.method(), request.uri().path()),
                String::new(),
            ),
        }
    }

    /// Returns the versions of objects after a revision, in their order.
    pub(crate) fn versions_after(&self, revision: u64) -> Vec<ObjectVersion> {
        let store = self.store.lock();
        let changes = store.changes_after(revision).unwrap_or_default();
        let changes = changes.iter().map(|change| {
            let (plural, group, ..) = change.key.clone();
            ObjectVersion {
                revision: change.revision,
                group,
                plural,
                is_removed: change.event == "DELETED",
                object: change.object.clone(),
            }
        });
        changes.collect()
    }

    /// Returns the present objects of an API group.
    pub(crate) fn objects(&self, group: &str) -> Vec<Arc<Value>> {
        let store = self.store.lock();
        let objects = store.objects().iter();
        let objects = objects.filter(|((_, of, ..), _)| of == group);
        objects.map(|(_, object)| object.clone()).collect()
    }

    /// Responds to a request, and records it.
    pub(crate) async fn respond(&self, request: Request<Body>) -> Response<ResponseBody> {
        let route = match Route::parse(&request, &self.types) {
            Ok(route) => route,
            Err(error) => return error.into_response(),
        };
        let response = match &self.upstream {
            Some(upstream) if route.verb != "watch" => {
                into_response(upstream.execute(&route, request, &self.store))
            }
            _ => match request.into_body().collect().await {
                Ok(body) => self.execute(&route, &body.to_bytes()),
                Err(error) => ApiError::bad_request(&error.to_string()).into_response(),
            },
        };
        self.requests.lock().push(RecordedRequest {
            verb: route.verb,
            resource: route.resource_name(),
            object: route.object_name(),
            code: response.status().as_u16(),
        });
        response
    }

    fn execute(&self, route: &Route, body: &Bytes) -> Response<ResponseBody> {
        match route.verb {
            "watch" => watch::watch(route, &self.store),
            "list" => into_response(list::list(route, &mut self.store.lock())),
            _ => into_response(write::execute(route, body, &mut self.store.lock())),
        }
    }
}
