//! A panic in one reconciliation, which is a bug, does not affect other objects.

use crate::engine::in_process;
use crate::{
    engine::{
        SharedContext,
        cache::cached_object::CachedObject,
        context::Context,
        kind::Kind,
        poll::poller::ListPoller,
        reconcile::{
            fixtures::{UID, both},
            reconcile,
        },
    },
    kinds::origin_access_identity::OriginAccessIdentity,
};
use futures::channel::mpsc::unbounded;
use http::{Method, Request, Response};
use http_body_util::BodyExt;
use kube::{
    Client,
    client::Body,
    runtime::{controller::Action, reflector::store::Writer},
};
use parking_lot::Mutex;
use serde_json::{Value, json};
use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

/// An API server that answers each request with the same object, and keeps the patches of its status.
#[derive(Clone)]
struct ApiServer {
    object: Value,
    patches: Arc<Mutex<Vec<Value>>>,
}

impl ApiServer {
    async fn respond(self, request: Request<Body>) -> Result<Response<Body>, Infallible> {
        let is_patch = request.method() == Method::PATCH;
        let body = request.into_body().collect().await.expect("a body");
        if is_patch {
            let patch = serde_json::from_slice(&body.to_bytes()).expect("a patch is JSON");
            self.patches.lock().push(patch);
        }
        let body = Body::from(self.object.to_string().into_bytes());
        Ok(Response::new(body))
    }

    fn client(&self) -> Client {
        let server = self.clone();
        let service = tower::service_fn(move |request| server.clone().respond(request));
        Client::new(service, "default")
    }
}

/// Returns the context of a program whose metrics panic at the first reconciliation, and count the panics.
async fn shared(kube: Client, panics: Arc<AtomicUsize>) -> SharedContext {
    let reconciled = AtomicUsize::new(0);
    SharedContext {
        on_reconcile: Arc::new(move |_| {
            let count = reconciled.fetch_add(1, Ordering::Relaxed);
            assert!(count > 0, "a value of the object");
        }),
        on_panic: Arc::new(move |_| {
            panics.fetch_add(1, Ordering::Relaxed);
        }),
        ..in_process::shared(kube, in_process::unreachable()).await
    }
}

#[tokio::test]
async fn a_panic_stalls_the_object_and_the_next_reconciliation_runs() {
    let suspended = json!({ "spec": { "suspend": true } });
    let object = both(
        json!({
            "metadata": { "name": "www", "namespace": "shop", "uid": UID, "generation": 2 },
            "spec": { "comment": "new" },
        }),
        &suspended,
    );
    let server = ApiServer {
        object: object.clone(),
        patches: Arc::default(),
    };
    let panics = Arc::<AtomicUsize>::default();
    let shared = shared(server.client(), panics.clone()).await;
    let (kind, client) = (OriginAccessIdentity::DEFINITION, shared.cloudfront.clone());
    let poller = Arc::new(ListPoller::new(kind, client, &shared.config));
    let store = Writer::new(kind).as_reader();
    let context = Arc::new(Context::new(kind, shared, poller, unbounded().0, store));
    let cached = Arc::new(CachedObject::from_json(kind, &object));

    let action = Box::pin(reconcile(Arc::clone(&cached), context.clone()))
        .await
        .unwrap();
    assert_ne!(action, Action::await_change(), "the object is tried again");
    let patches = server.patches.lock().clone();
    let conditions = &patches.last().expect("the status is written")["status"]["conditions"];
    let stalled = conditions.as_array().unwrap().last().unwrap();
    let of = |member: &str| stalled[member].as_str().unwrap();
    assert_eq!((of("type"), of("reason")), ("Stalled", "Invalid"));
    assert!(of("message").contains("Please report it"), "{stalled}");
    assert!(
        !of("message").contains("a value of the object"),
        "{stalled}"
    );
    assert_eq!(panics.load(Ordering::Relaxed), 1);

    Box::pin(reconcile(cached, context)).await.unwrap();
    assert_eq!(panics.load(Ordering::Relaxed), 1);
}
