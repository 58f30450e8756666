//! The model API server compared with the real one: both get the same requests.

use campaign::ApiServer;
use cloudfront_operator::operator::{crds_as_yaml, kinds};
use cluster::Cluster;
use futures::{StreamExt, TryStreamExt};
use kube::{
    Api, Client, Config, Error,
    api::{DeleteParams, DynamicObject, ListParams, Patch, PatchParams, PostParams, WatchParams},
    config::{KubeConfigOptions, Kubeconfig},
    core::{ApiResource, GroupVersionKind, WatchEvent},
};
use serde_json::{Value, json};
use std::sync::LazyLock;

/// The finalizer of the tests. The operator does not run, so nothing else removes it.
const FINALIZER: &str = "example.org/test";

/// A server, and the requests that a script sends to it.
struct Server {
    api: Api<DynamicObject>,
    /// What the server answered to each request.
    answers: Vec<(String, Value)>,
}

fn crds()
-> Vec<k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition>
{
    kinds().iter().map(|entry| entry.crd()).collect()
}

fn distributions(client: Client, namespace: &str) -> Api<DynamicObject> {
    let kind = GroupVersionKind::gvk("cloudfront-operator.dev", "v1alpha1", "Distribution");
    Api::namespaced_with(client, namespace, &ApiResource::from_gvk(&kind))
}

fn model() -> Server {
    Server {
        api: distributions(ApiServer::new(&crds()).client(), "script"),
        answers: vec![],
    }
}

/// Returns the real control plane, with the CustomResourceDefinitions installed.
fn control_plane() -> &'static Cluster {
    static CLUSTER: LazyLock<&Cluster> = LazyLock::new(|| {
        let cluster = cluster::shared().expect("the control plane starts");
        let crds = crds_as_yaml().expect("the CRDs are YAML");
        cluster.apply(&crds).expect("the CRDs are installed");
        cluster
    });
    &CLUSTER
}

async fn real() -> Server {
    let cluster = control_plane();
    let namespace = cluster.create_namespace("model").expect("a namespace");
    let kubeconfig = Kubeconfig::read_from(cluster.kubeconfig()).expect("a kubeconfig");
    let config = Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await;
    let client = Client::try_from(config.expect("a configuration")).expect("a client");
    Server {
        api: distributions(client, &namespace),
        answers: vec![],
    }
}

fn distribution(name: &str) -> DynamicObject {
    let object = json!({
        "apiVersion": "cloudfront-operator.dev/v1alpha1",
        "kind": "Distribution",
        "metadata": { "name": name },
        "spec": {
            "origins": [{ "id": "bucket", "domainName": "site.s3.amazonaws.com" }],
            "defaultCacheBehavior": {
                "targetOriginId": "bucket",
                "viewerProtocolPolicy": "allow-all",
                "cachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
            },
        },
    });
    serde_json::from_value(object).expect("an object")
}

impl Server {
    /// Records the answer to a request.
    fn record(&mut self, request: &str, answer: Result<DynamicObject, Error>) {
        let answer = match answer {
            Ok(object) => comparable(&serde_json::to_value(object).expect("JSON")),
            Err(Error::Api(status)) => json!({ "code": status.code, "reason": status.reason }),
            Err(error) => json!(error.to_string()),
        };
        self.answers.push((request.into(), answer));
    }

    async fn create(&mut self, name: &str) {
        let answer = self
            .api
            .create(&PostParams::default(), &distribution(name))
            .await;
        self.record("create", answer);
    }

    async fn patch(&mut self, request: &str, name: &str, patch: Value) {
        let patch = Patch::Merge(patch);
        let answer = self.api.patch(name, &PatchParams::default(), &patch).await;
        self.record(request, answer);
    }

    async fn patch_status(&mut self, request: &str, name: &str, patch: Value) {
        let patch = Patch::Merge(patch);
        let answer = self
            .api
            .patch_status(name, &PatchParams::default(), &patch)
            .await;
        self.record(request, answer);
    }

    async fn patch_each<const N: usize>(&mut self, name: &str, patches: [(&str, bool, Value); N]) {
        for (request, is_status, patch) in patches {
            if is_status {
                self.patch_status(request, name, patch).await;
            } else {
                self.patch(request, name, patch).await;
            }
        }
    }

    async fn delete(&mut self, request: &str, name: &str, parameters: &DeleteParams) {
        let answer = self.api.delete(name, parameters).await;
        match answer {
            Ok(answer) => match answer.left() {
                Some(object) => self.record(request, Ok(object)),
                None => self.answers.push((request.into(), json!("deleted"))),
            },
            Err(error) => self.record(request, Err(error)),
        }
    }

    async fn version(&self, name: &str) -> String {
        let object = self.api.get(name).await.expect("the object exists");
        object.metadata.resource_version.expect("a version")
    }
}

/// Returns an object without what differs between two servers: uid, version, times, namespace and managed fields.
fn comparable(object: &Value) -> Value {
    let mut object = object.clone();
    let metadata = object["metadata"].as_object_mut().expect("metadata");
    for member in ["uid", "resourceVersion", "namespace", "managedFields"] {
        metadata.remove(member);
    }
    for member in ["creationTimestamp", "deletionTimestamp"] {
        if let Some(time) = metadata.get_mut(member) {
            *time = json!("a time");
        }
    }
    object
}

/// The patches of an object's life, with every precondition that the operator uses: what each tries, whether it is one of the status,
/// and the patch.
fn patches(old_version: &str) -> [(&'static str, bool, Value); 10] {
    let old_version = json!({ "resourceVersion": old_version });
    [
        ("spec", false, json!({ "spec": { "comment": "a" } })),
        ("no change", false, json!({ "spec": { "comment": "a" } })),
        (
            "label",
            false,
            json!({ "metadata": { "labels": { "a": "b" } } }),
        ),
        (
            "status by the main resource",
            false,
            json!({ "status": { "id": "E1" } }),
        ),
        (
            "status",
            true,
            json!({ "status": { "id": "E1" }, "spec": { "comment": "b" } }),
        ),
        (
            "old version",
            false,
            json!({ "metadata": old_version, "spec": { "comment": "c" } }),
        ),
        (
            "other uid",
            true,
            json!({ "metadata": { "uid": "1" }, "status": { "id": "E2" } }),
        ),
        (
            "other uid, main resource",
            false,
            json!({ "metadata": { "uid": "1" }, "spec": { "comment": "c" } }),
        ),
        (
            "old version of the status",
            true,
            json!({ "metadata": old_version, "status": { "id": "E3" } }),
        ),
        (
            "default comes back",
            false,
            json!({ "spec": { "enabled": null } }),
        ),
    ]
}

/// The patches of an object that is being deleted.
fn late_patches() -> [(&'static str, bool, Value); 4] {
    let finalizers = json!([FINALIZER, "example.org/other"]);
    [
        (
            "late finalizer",
            false,
            json!({ "metadata": { "finalizers": finalizers } }),
        ),
        (
            "edit while deleting",
            false,
            json!({ "spec": { "comment": "d" } }),
        ),
        (
            "no finalizer",
            false,
            json!({ "metadata": { "finalizers": null } }),
        ),
        ("gone", false, json!({ "spec": { "comment": "e" } })),
    ]
}

async fn life(server: &mut Server) {
    let delete = DeleteParams::default();
    server.create("www").await;
    server.create("www").await;
    let old_version = server.version("www").await;
    server.patch_each("www", patches(&old_version)).await;
    let finalizers = json!({ "metadata": { "finalizers": [FINALIZER] } });
    server.patch("finalizer", "www", finalizers).await;
    server.delete("delete", "www", &delete).await;
    server.delete("delete again", "www", &delete).await;
    server.patch_each("www", late_patches()).await;
    server.create("plain").await;
    server.delete("without finalizer", "plain", &delete).await;
    server.delete("gone", "plain", &delete).await;
}

#[tokio::test]
async fn both_servers_answer_the_requests_of_an_objects_life_alike() {
    let (mut model, mut real) = (model(), real().await);
    life(&mut model).await;
    life(&mut real).await;
    assert_eq!(model.answers.len(), real.answers.len());
    for (model, real) in model.answers.iter().zip(&real.answers) {
        assert_eq!(model, real);
    }
}

/// Lists in pages of two, with a change between the pages. Returns the names in each page.
async fn pages(server: &mut Server) -> Vec<Vec<String>> {
    for name in ["a", "b", "c", "d", "e"] {
        server.create(name).await;
    }
    let mut pages = vec![];
    let mut parameters = ListParams::default().limit(2);
    loop {
        let page = server.api.list(&parameters).await.expect("a page");
        let names = page.items.iter().filter_map(|it| it.metadata.name.clone());
        pages.push(names.collect());
        match page.metadata.continue_.filter(|token| !token.is_empty()) {
            Some(token) => parameters = parameters.continue_token(&token),
            None => return pages,
        }
        let _ = server.api.delete("e", &DeleteParams::default()).await;
    }
}

#[tokio::test]
async fn both_servers_list_in_pages_of_one_snapshot() {
    let (mut model, mut real) = (model(), real().await);
    let expected = [vec!["a", "b"], vec!["c", "d"], vec!["e"]];
    assert_eq!(pages(&mut model).await, expected);
    assert_eq!(pages(&mut real).await, expected);
}

/// Watches from before some changes. Returns the type, the name, the comment and the finalizers of each event.
async fn events(server: &mut Server) -> Vec<Summary> {
    let list = server
        .api
        .list(&ListParams::default())
        .await
        .expect("a list");
    let from = list.metadata.resource_version.expect("a version");
    server.create("www").await;
    server
        .patch("spec", "www", json!({ "spec": { "comment": "a" } }))
        .await;
    server
        .patch("no change", "www", json!({ "spec": { "comment": "a" } }))
        .await;
    let finalizers = |value: Value| json!({ "metadata": { "finalizers": value } });
    let added = finalizers(json!([FINALIZER]));
    server.patch("finalizer", "www", added).await;
    server
        .delete("delete", "www", &DeleteParams::default())
        .await;
    let removed = finalizers(Value::Null);
    server.patch("no finalizer", "www", removed).await;
    server.create("last").await;
    let watch = WatchParams::default().timeout(3).disable_bookmarks();
    let stream = server.api.watch(&watch, &from).await.expect("a watch");
    let events = stream.map_ok(|event| match event {
        WatchEvent::Added(object) => summary("added", &object),
        WatchEvent::Modified(object) => summary("modified", &object),
        WatchEvent::Deleted(object) => summary("deleted", &object),
        other => (format!("{other:?}"), String::new(), Value::Null, vec![]),
    });
    events.take(6).try_collect().await.expect("events")
}

/// The type, the name, the comment and the finalizers of an event.
type Summary = (String, String, Value, Vec<String>);

fn summary(event: &str, object: &DynamicObject) -> Summary {
    let name = object.metadata.name.clone().unwrap_or_default();
    let finalizers = object.metadata.finalizers.clone().unwrap_or_default();
    let comment = object.data["spec"]["comment"].clone();
    (event.into(), name, comment, finalizers)
}

#[tokio::test]
async fn both_servers_report_the_same_changes() {
    let (mut model, mut real) = (model(), real().await);
    assert_eq!(events(&mut model).await, events(&mut real).await);
}

#[tokio::test(start_paused = true)]
async fn a_watch_ends_with_a_bookmark_and_fails_after_a_compaction() {
    let server = ApiServer::new(&crds());
    let api = distributions(server.client(), "script");
    let watch = WatchParams::default().timeout(40);
    let created = api
        .create(&PostParams::default(), &distribution("www"))
        .await;
    let version = created.expect("it is created").metadata.resource_version;
    let version = version.expect("a version");
    let stream = api.watch(&watch, &version).await.expect("a watch");
    let events: Vec<_> = stream.collect().await;
    assert!(
        matches!(&events[..], [Ok(WatchEvent::Bookmark(_))]),
        "{events:?}"
    );

    api.patch(
        "www",
        &PatchParams::default(),
        &Patch::Merge(json!({ "spec": { "comment": "a" } })),
    )
    .await
    .expect("it is changed");
    server.compact();
    let stream = api.watch(&watch, &version).await.expect("a watch");
    let events: Vec<_> = stream.collect().await;
    let [Ok(WatchEvent::Error(status))] = &events[..] else {
        panic!("{events:?}");
    };
    assert_eq!(status.code, 410);
}

#[tokio::test]
async fn what_the_model_does_not_have_is_rejected() {
    let server = ApiServer::new(&crds());
    let api = distributions(server.client(), "script");
    let selected = api.list(&ListParams::default().labels("a=b")).await;
    assert!(matches!(selected, Err(Error::Api(status)) if status.code == 400));
    let patch = Patch::Apply(distribution("www"));
    let applied = api.patch("www", &PatchParams::apply("test"), &patch).await;
    assert!(matches!(applied, Err(Error::Api(status)) if status.code == 400));
    let codes: Vec<u16> = server.requests().iter().map(|it| it.code).collect();
    assert_eq!(codes, [400]);
}
