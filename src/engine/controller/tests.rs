//! The lists of a watch, with a model of the API server.

use crate::engine::Kind;
use crate::{
    engine::{
        api::reference::ObjectKey,
        cache::{cached_object::CachedObject, object_registry::ObjectChange},
        controller::watch::{index_event, observe_change, watch},
        in_process::{Cluster, distribution_spec, unreachable},
        recovery::RecoveryQueue,
    },
    kinds::{distribution::Distribution, origin_access_identity::OriginAccessIdentity},
};
use futures::StreamExt;
use http::{Request, Response};
use kube::{Client, ResourceExt, client::Body, runtime::watcher::Event};
use parking_lot::Mutex;
use serde_json::{Value, json};
use std::{collections::HashMap, convert::Infallible, sync::Arc};
use tokio::sync::broadcast::Receiver;

/// A page of 4 MiB is the largest that is read.
const MAX_PAGE: usize = 4 << 20;

/// A list request, and the size of its response.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Page {
    /// The index of the first object.
    first: usize,
    /// The requested maximum number of objects.
    limit: usize,
    /// The size of the response in bytes.
    size: usize,
}

/// An API server with objects of these sizes, which records the list requests.
struct ModelApiServer {
    sizes: Vec<usize>,
    pages: Mutex<Vec<Page>>,
}

impl ModelApiServer {
    fn new(sizes: Vec<usize>) -> Arc<Self> {
        Arc::new(Self {
            sizes,
            pages: Mutex::default(),
        })
    }

    fn client(self: &Arc<Self>) -> Client {
        let server = self.clone();
        let service = tower::service_fn(move |request: Request<Body>| {
            let response = Response::new(Body::from(server.list(&request)));
            async { Ok::<_, Infallible>(response) }
        });
        Client::new(service, "default")
    }

    fn list(&self, request: &Request<Body>) -> Vec<u8> {
        let query = request.uri().query().unwrap_or_default();
        let parameters: HashMap<&str, &str> = query
            .split('&')
            .filter_map(|parameter| parameter.split_once('='))
            .collect();
        assert_eq!(parameters.get("watch"), None, "the list comes first");
        let number = |name| parameters.get(name).map_or(0, |it| it.parse().unwrap());
        let (first, limit) = (number("continue"), number("limit"));
        let end = self.sizes.len().min(first + limit);
        let items: Vec<_> = (first..end).map(|index| self.object(index)).collect();
        let next = (end < self.sizes.len()).then(|| end.to_string());
        let body = json!({
            "apiVersion": "cloudfront-operator.dev/v1alpha1",
            "kind": "OriginAccessIdentityList",
            "metadata": { "resourceVersion": "1", "continue": next },
            "items": items,
        });
        let body = body.to_string().into_bytes();
        let size = body.len();
        self.pages.lock().push(Page { first, limit, size });
        body
    }

    fn object(&self, index: usize) -> serde_json::Value {
        json!({
            "metadata": { "name": format!("o{index:05}"), "resourceVersion": "1" },
            "spec": { "comment": "c".repeat(self.sizes[index]) },
        })
    }
}

/// Returns the names of all objects in the order of the initial list.
async fn initial_list(server: &Arc<ModelApiServer>) -> Vec<String> {
    let definition = OriginAccessIdentity::DEFINITION;
    let names = watch(definition, &server.client(), None, None)
        .map(|event| event.expect("every page is valid"))
        .take_while(|event| std::future::ready(!matches!(event, Event::InitDone)))
        .filter_map(|event| async move {
            match event {
                Event::InitApply(object) => Some(object.name_any()),
                _ => None,
            }
        });
    names.collect().await
}

/// Returns the pages that were read completely: a page that is too large is requested again with a smaller limit.
fn pages_read(server: &ModelApiServer) -> Vec<Page> {
    let pages = server.pages.lock();
    let is_repeated = |index: usize| {
        let next: Option<&Page> = pages.get(index + 1);
        next.is_some_and(|next| next.first == pages[index].first)
    };
    (0..pages.len())
        .filter(|index| !is_repeated(*index))
        .map(|index| pages[index].clone())
        .collect()
}

fn assert_pages_are_small(server: &ModelApiServer) {
    let large: Vec<Page> = pages_read(server)
        .into_iter()
        .filter(|page| page.size > MAX_PAGE)
        .collect();
    assert_eq!(large, [], "no page is larger than 4 MiB");
}

#[tokio::test]
async fn pages_of_large_objects_stay_below_4_mib_wherever_the_objects_are_in_the_list() {
    const LARGE: usize = 1_400_000;
    let mut sizes = vec![500; 600];
    sizes.extend([LARGE; 5]);
    sizes.extend([500; 300]);
    sizes.extend([LARGE; 3]);
    let server = ModelApiServer::new(sizes);
    let names = initial_list(&server).await;
    let expected: Vec<String> = (0..908).map(|index| format!("o{index:05}")).collect();
    assert_eq!(names, expected, "each object once, in order");
    assert_pages_are_small(&server);
}

#[tokio::test]
async fn the_pages_of_small_objects_grow_and_each_list_starts_small() {
    let server = ModelApiServer::new(vec![1_000; 500]);
    let limits = |server: &ModelApiServer| -> Vec<usize> {
        let pages = std::mem::take(&mut *server.pages.lock());
        pages.iter().map(|page| page.limit).collect()
    };
    initial_list(&server).await;
    assert_eq!(limits(&server), [20, 40, 80, 160, 200]);
    initial_list(&server).await;
    assert_eq!(limits(&server), [20, 40, 80, 160, 200]);
}

#[tokio::test]
async fn an_object_that_is_larger_than_a_page_is_read_alone() {
    let server = ModelApiServer::new(vec![MAX_PAGE + 1; 2]);
    assert_eq!(initial_list(&server).await, ["o00000", "o00001"]);
    let limits: Vec<usize> = pages_read(&server).iter().map(|page| page.limit).collect();
    assert_eq!(limits, [1, 1]);
}

/// Shows a new list of the objects to the controller, as after an interruption of the watch. Returns the names of the objects that are
/// announced as changed, with what they release.
fn relist(cluster: &mut Cluster, objects: &[CachedObject]) -> Vec<String> {
    let mut changes = cluster.context.shared.registry.changes();
    let shown = objects.iter().cloned().map(Event::InitApply);
    let events: Vec<_> = shown.chain([Event::InitDone]).collect();
    cluster.apply_event(&Event::Init);
    for event in &events {
        observe_change(event, &cluster.context);
        cluster.apply_event(event);
    }
    for event in &events {
        index_event(event, &cluster.context);
    }
    announced(&mut changes)
}

/// Returns the names of the objects that were announced as changed, with the resources that they do not use any more.
fn announced(changes: &mut Receiver<ObjectChange>) -> Vec<String> {
    let changes = std::iter::from_fn(|| changes.try_recv().ok());
    changes
        .map(|change| format!("{}: {}", change.object.name, change.released.join(", ")))
        .collect()
}

/// Shows the next version of an object to the controller. Returns what is announced.
fn show(cluster: &mut Cluster, object: &CachedObject) -> Vec<String> {
    let mut changes = cluster.context.shared.registry.changes();
    let event = Event::Apply(object.clone());
    observe_change(&event, &cluster.context);
    cluster.apply_event(&event);
    index_event(&event, &cluster.context);
    announced(&mut changes)
}

/// Returns a distribution with an identity.
fn distribution(name: &str, uid: &str, status: &Value) -> CachedObject {
    let metadata = json!({ "name": name, "namespace": "shop", "uid": uid, "generation": 1 });
    let reference = json!({ "originAccessIdentityRef": { "name": "site" } });
    object(&metadata, &reference, status)
}

/// The status of an object whose spec CloudFront has.
fn applied() -> Value {
    json!({ "id": "E1", "appliedGeneration": 1 })
}

/// Returns a distribution with this configuration of its S3 origin. It references no cache policy, not even by ID.
fn object(metadata: &Value, s3: &Value, status: &Value) -> CachedObject {
    let mut spec = distribution_spec();
    spec["origins"][0]["s3OriginConfig"] = s3.clone();
    spec["defaultCacheBehavior"]["cachePolicyId"] = Value::Null;
    let object = json!({ "metadata": metadata, "spec": spec, "status": status });
    CachedObject::from_json(Distribution::DEFINITION, &object)
}

/// The deletion of an object can wait for a reference that an edit removes. CloudFront allows it once it has accepted the edit.
#[tokio::test]
async fn a_removed_reference_is_announced_once_the_edit_is_applied() {
    let mut cluster = Cluster::start(Distribution::DEFINITION, unreachable()).await;
    let version = |version: &str, generation: i64, s3: Value, applied: i64| {
        let metadata = json!({
            "name": "www", "namespace": "shop", "uid": "www",
            "resourceVersion": version, "generation": generation,
        });
        let status = json!({ "id": "E1", "appliedGeneration": applied });
        object(&metadata, &s3, &status)
    };
    let reference = json!({ "originAccessIdentityRef": { "name": "site" } });
    relist(&mut cluster, &[version("1", 1, reference, 1)]);
    let edited = version("2", 2, json!({}), 1);
    assert_eq!(show(&mut cluster, &edited), ["www: "]);
    let accepted = version("3", 2, json!({}), 2);
    assert_eq!(
        show(&mut cluster, &accepted),
        ["www: OriginAccessIdentity shop/site"]
    );
    let later = version("4", 2, json!({}), 2);
    assert_eq!(show(&mut cluster, &later), ["www: "]);
}

#[tokio::test]
async fn objects_that_are_deleted_while_no_watch_is_open_are_announced() {
    let mut cluster = Cluster::start(Distribution::DEFINITION, unreachable()).await;
    let [blog, www] = ["blog", "www"].map(|name| distribution(name, name, &applied()));
    let announced = relist(&mut cluster, &[blog.clone(), www]);
    assert_eq!(announced, ["blog: ", "www: "]);
    let announced = relist(&mut cluster, std::slice::from_ref(&blog));
    let site = "OriginAccessIdentity shop/site";
    assert_eq!(announced, [&format!("www: {site}"), "www: "]);
    let later = distribution("blog", "of a later object", &json!({}));
    let announced = relist(&mut cluster, &[later]);
    assert_eq!(announced, [format!("blog: {site}"), "blog: ".into()]);
    let announced = relist(&mut cluster, &[]);
    assert_eq!(announced, [format!("blog: {site}"), "blog: ".into()]);
    assert_eq!(relist(&mut cluster, &[]), [""; 0]);
}

#[tokio::test]
async fn a_list_announces_the_objects_that_changed_since_the_last_one() {
    let mut cluster = Cluster::start(Distribution::DEFINITION, unreachable()).await;
    let version = |name: &str, version: &str| {
        let metadata = json!({
            "name": name, "namespace": "shop", "uid": name, "resourceVersion": version,
        });
        object(&metadata, &json!({}), &applied())
    };
    let before = [version("blog", "1"), version("www", "1")];
    assert_eq!(relist(&mut cluster, &before), ["blog: ", "www: "]);
    assert_eq!(relist(&mut cluster, &before), [""; 0]);
    let after = [version("blog", "2"), version("www", "1")];
    assert_eq!(relist(&mut cluster, &after), ["blog: "]);
    assert_eq!(relist(&mut cluster, &after), [""; 0]);
}

#[tokio::test]
async fn an_object_that_is_deleted_waits_for_no_outage() {
    let mut cluster = Cluster::start(Distribution::DEFINITION, unreachable()).await;
    let [blog, www] = ["blog", "www"].map(|name| distribution(name, name, &applied()));
    relist(&mut cluster, &[blog.clone(), www.clone()]);
    let context = cluster.context.clone();
    let queues = [&context.cloudfront_recovery, &context.kubernetes_recovery];
    for (queue, object) in queues
        .iter()
        .flat_map(|queue| [(queue, &blog), (queue, &www)])
    {
        queue.add(ObjectKey::of(object));
    }
    let deleted = Event::Delete(www);
    cluster.apply_event(&deleted);
    index_event(&deleted, &context);
    assert_eq!(queues.map(RecoveryQueue::len), [1, 1]);
    relist(&mut cluster, &[]);
    assert_eq!(queues.map(RecoveryQueue::len), [0, 0]);
}
