//! The pairs of key-value stores, which are written in batches.

use crate::{
    cloudfront,
    engine::{
        in_process::{Cluster, NAMESPACE, api_server, simulator},
        kind::Kind,
        reconcile::pairs::is_recorded,
    },
    kinds::key_value_store::KeyValueStore,
};
use campaign::ApiServer;
use cloudfront_simulator::{Edit, Fault, FaultMode, Simulator};
use k8s_openapi::api::core::v1::ConfigMap;
use kube::{
    Api,
    api::{Patch, PatchParams, PostParams},
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const UPDATE: &str = "cloudfront-keyvaluestore:UpdateKeys";
const DESCRIBE: &str = "cloudfront-keyvaluestore:DescribeKeyValueStore";
const LIST: &str = "cloudfront-keyvaluestore:ListKeys";

struct Stores {
    cluster: Cluster,
    server: ApiServer,
    simulator: Simulator,
    options: cloudfront::Options,
}

impl Stores {
    async fn start() -> Self {
        let (simulator, options) = simulator().await;
        let options = cloudfront::Options {
            read_qps: 0.0,
            write_qps: 0.0,
            ..options
        };
        let server = api_server();
        let cluster = Cluster::registered(KeyValueStore::DEFINITION, &server, &options).await;
        Self {
            cluster,
            server,
            simulator,
            options,
        }
    }

    /// Starts the operator again, without what it remembers.
    async fn restart(&mut self) {
        let definition = KeyValueStore::DEFINITION;
        self.cluster = Cluster::registered(definition, &self.server, &self.options).await;
    }

    async fn create(&mut self, spec: Value) {
        self.cluster.create("redirects", &spec).await;
        self.cluster.reconcile("redirects").await;
    }

    async fn edit(&mut self, spec: Value) {
        let patch = json!({ "spec": spec });
        self.cluster.patch("redirects", &patch).await;
    }

    /// Creates ConfigMap `pages` with a pair, or changes it.
    async fn set_config_map(&self, value: &str) {
        let maps: Api<ConfigMap> = Api::namespaced(self.server.client(), NAMESPACE);
        let data = json!({ "data": { "home": value } });
        if maps.get_opt("pages").await.expect("a response").is_some() {
            let params = PatchParams::default();
            let patched = maps.patch("pages", &params, &Patch::Merge(data)).await;
            patched.expect("it exists");
            return;
        }
        let map = json!({ "metadata": { "name": "pages" }, "data": data["data"] });
        let map = serde_json::from_value(map).expect("a ConfigMap");
        let created = maps.create(&PostParams::default(), &map).await;
        created.expect("it is new");
    }

    async fn reconcile(&mut self, times: usize) {
        for _ in 0..times {
            self.cluster.reconcile("redirects").await;
        }
    }

    /// Requests a read, as a user does with the annotation.
    async fn request(&mut self, at: &str) {
        let annotations = json!({ "cloudfront-operator.dev/reconcile-requested-at": at });
        let patch = json!({ "metadata": { "annotations": annotations } });
        self.cluster.patch("redirects", &patch).await;
        self.reconcile(3).await;
    }

    async fn status(&self) -> Value {
        self.cluster.status("redirects").await
    }

    async fn reason(&self) -> String {
        self.cluster.ready("redirects").await.0
    }

    /// Changes pairs as another client does.
    async fn change(&self, puts: &[(&str, &str)], deletes: &[&str]) {
        let status = self.status().await;
        let puts = puts
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        let edit = Edit::Pairs {
            puts: puts.collect(),
            deletes: deletes.iter().map(|key| (*key).to_owned()).collect(),
        };
        let id = status["id"].as_str().expect("an ID");
        self.simulator.control().edit(id, edit).expect("an edit");
    }

    /// Returns the pairs in CloudFront.
    fn pairs(&self) -> BTreeMap<String, String> {
        let state = self.simulator.control().state().to_string();
        let state: Value = serde_json::from_str(&state).expect("it is JSON");
        let found = find(&state, "pairs").expect("a store has pairs");
        serde_json::from_value(found).expect("texts")
    }

    /// Returns the number of requests of an operation since the last call of [`Stores::clear`].
    fn count(&self, operation: &str) -> usize {
        let journal = self.simulator.control().journal().into_iter();
        journal.filter(|it| it.operation == operation).count()
    }

    fn clear(&self) {
        self.simulator.control().clear_journal();
    }
}

/// Returns the first non-empty object with a name.
fn find(value: &Value, name: &str) -> Option<Value> {
    match value {
        Value::Object(members) => {
            let own = members.get(name).filter(|it| it.is_object());
            own.cloned()
                .or_else(|| members.values().find_map(|it| find(it, name)))
        }
        Value::Array(items) => items.iter().find_map(|it| find(it, name)),
        _ => None,
    }
}

fn many(count: usize) -> BTreeMap<String, String> {
    let pairs = (0..count).map(|number| (format!("/old/{number:04}"), format!("/new/{number}")));
    pairs.collect()
}

#[tokio::test]
async fn the_pairs_of_a_store_are_exactly_those_of_the_spec() {
    let mut stores = Stores::start().await;
    stores
        .create(json!({ "items": { "/a": "first", "/b": "second" } }))
        .await;
    stores.reconcile(2).await;
    assert_eq!(stores.reason().await, "InSync");
    let status = stores.status().await;
    assert_eq!(status["itemCount"], 2);
    // An empty store needs no list.
    assert_eq!((stores.count(UPDATE), stores.count(LIST)), (1, 0));

    stores.clear();
    stores
        .edit(json!({ "items": { "/a": "third", "/b": null, "/c": "" } }))
        .await;
    stores.reconcile(3).await;
    assert_eq!(stores.reason().await, "InSync");
    let expected = [
        ("/a".to_owned(), "third".to_owned()),
        ("/c".to_owned(), String::new()),
    ];
    assert_eq!(stores.pairs(), expected.into());
    assert_ne!(stores.status().await["itemsETag"], status["itemsETag"]);
    // The version is known, so that no list is read.
    assert_eq!((stores.count(UPDATE), stores.count(LIST)), (1, 0));
    stores.clear();
    stores.reconcile(3).await;
    assert_eq!((stores.count(UPDATE), stores.count(DESCRIBE)), (0, 0));
}

#[tokio::test]
async fn what_the_status_has_of_the_pairs_stays_unless_they_are_not_managed_any_more() {
    let mut stores = Stores::start().await;
    stores.create(json!({ "items": { "/a": "first" } })).await;
    stores.reconcile(2).await;
    let etag = stores.status().await["itemsETag"].clone();
    assert!(etag.is_string());
    let control = stores.simulator.control();
    control.inject(Fault::on(
        "UpdateKeyValueStore",
        FaultMode::ResetBeforeCommit,
    ));
    stores.edit(json!({ "comment": "old paths" })).await;
    for _ in 0..3 {
        stores.reconcile(1).await;
        assert_eq!(stores.status().await["itemsETag"], etag);
    }
    stores.edit(json!({ "suspend": true })).await;
    stores.reconcile(2).await;
    let status = stores.status().await;
    assert_eq!(
        (&status["itemsETag"], &status["itemCount"]),
        (&etag, &json!(1))
    );
    stores.edit(json!({ "suspend": null, "items": null })).await;
    stores.reconcile(3).await;
    assert_eq!(stores.reason().await, "InSync");
    assert_eq!(stores.status().await["itemsETag"], Value::Null);
}

#[tokio::test]
async fn pairs_without_a_field_in_the_spec_are_not_read() {
    let mut stores = Stores::start().await;
    stores.create(json!({})).await;
    stores.change(&[("/theirs", "value")], &[]).await;
    stores.request("1").await;
    assert_eq!(stores.reason().await, "InSync");
    assert_eq!((stores.count(DESCRIBE), stores.count(UPDATE)), (0, 0));
    assert_eq!(stores.pairs().len(), 1);
}

#[tokio::test]
async fn a_change_of_another_client_is_reverted_or_reported_without_values() {
    let mut stores = Stores::start().await;
    stores.create(json!({ "items": { "/a": "first" } })).await;
    stores.reconcile(2).await;
    stores
        .change(&[("/a", "hunter2"), ("/b", "hunter2")], &[])
        .await;
    stores.request("1").await;
    assert_eq!(stores.reason().await, "InSync");
    assert_eq!(
        stores.pairs(),
        [("/a".to_owned(), "first".to_owned())].into()
    );

    stores.edit(json!({ "driftPolicy": "Report" })).await;
    stores.reconcile(3).await;
    stores
        .change(&[("/a", "hunter2"), ("/b", "hunter2")], &[])
        .await;
    stores.request("2").await;
    assert_eq!(stores.reason().await, "Drifted");
    let status = stores.status().await;
    let drift = json!([{ "path": "items[/a]" }, { "path": "items[/b]" }]);
    assert_eq!(status["drift"], drift);
    assert!(!status.to_string().contains("hunter2"));
}

#[tokio::test]
async fn a_change_of_a_config_map_is_written_also_after_a_restart() {
    let mut stores = Stores::start().await;
    stores.set_config_map("first").await;
    let source = json!({ "itemsFrom": [{ "configMapRef": { "name": "pages" } }] });
    stores.create(source).await;
    stores.reconcile(3).await;
    assert_eq!(stores.pairs()["home"], "first");
    // The ConfigMap changes while no operator runs, and later.
    stores.restart().await;
    for value in ["second", "third"] {
        stores.set_config_map(value).await;
        stores.clear();
        stores.reconcile(3).await;
        assert_eq!(stores.pairs()["home"], value);
        assert_eq!(stores.count(UPDATE), 1);
        assert_eq!(stores.reason().await, "InSync");
        stores.restart().await;
        stores.reconcile(2).await;
    }
}

#[tokio::test]
async fn a_pair_that_is_not_ignored_any_more_is_corrected_at_once() {
    let mut stores = Stores::start().await;
    let spec = json!({ "items": { "/a": "/b" }, "driftIgnore": ["items[/old]"] });
    stores.create(spec).await;
    stores.reconcile(3).await;
    stores.change(&[("/old", "/theirs")], &[]).await;
    stores.request("first").await;
    assert_eq!(stores.pairs().len(), 2);
    stores.edit(json!({ "driftIgnore": [] })).await;
    stores.reconcile(3).await;
    assert_eq!(stores.pairs().len(), 1);
}

#[tokio::test]
async fn five_thousand_pairs_are_a_hundred_writes() {
    let mut stores = Stores::start().await;
    let pairs = many(5_000);
    stores.create(json!({ "items": pairs })).await;
    assert_eq!(stores.reason().await, "Deploying");
    assert_eq!(stores.status().await["itemCount"], Value::Null);
    while stores.count(UPDATE) < 39 {
        stores.reconcile(1).await;
    }
    let (_, message) = stores.cluster.ready("redirects").await;
    let expected = "The operator has written 30 of 100 batches of pairs.";
    assert_eq!(message, expected);
    stores.reconcile(1).await;
    assert_eq!((stores.count(LIST), stores.count(DESCRIBE)), (0, 1));
    stores.restart().await;
    stores.reconcile(65).await;
    assert_eq!(stores.reason().await, "InSync");
    let status = stores.status().await;
    assert_eq!(status["itemCount"], 5_000);
    let size: usize = pairs
        .iter()
        .map(|(key, value)| key.len() + value.len())
        .sum();
    assert_eq!(status["totalSizeInBytes"], size);
    assert_eq!(stores.count(UPDATE), 100);
    // After the restart, the pairs are read once: 40 pages of them.
    assert_eq!((stores.count(LIST), stores.count(DESCRIBE)), (40, 2));
    assert_eq!(stores.pairs(), pairs);
}

#[test]
fn the_status_records_a_version_of_the_pairs_of_this_store_and_this_spec() {
    let status = json!({ "arn": "arn:1", "itemsETag": "KV1", "appliedSpecHash": "a" });
    let is_recorded = |status: &Value, hash: Option<&str>, arn: &str, etag: &str| {
        let status = serde_json::from_value(status.clone()).expect("a status");
        is_recorded(&status, hash, arn, etag)
    };
    assert!(is_recorded(&status, Some("a"), "arn:1", "KV1"));
    assert!(!is_recorded(&status, Some("a"), "arn:1", "KV2"));
    // A store that was created again can have the same ETag.
    assert!(!is_recorded(&status, Some("a"), "arn:2", "KV1"));
    assert!(!is_recorded(&status, Some("b"), "arn:1", "KV1"));
    // The spec takes values from Secrets, of which the status has no hash.
    assert!(!is_recorded(&status, None, "arn:1", "KV1"));
    let unhashed = json!({ "arn": "arn:1", "itemsETag": "KV1" });
    assert!(!is_recorded(&unhashed, None, "arn:1", "KV1"));
    assert!(!is_recorded(&json!({}), Some("a"), "arn:1", "KV1"));
}

#[tokio::test]
async fn batches_converge_after_a_restart_another_writer_and_lost_responses() {
    let mut stores = Stores::start().await;
    let pairs = many(210);
    stores.create(json!({ "items": pairs })).await;
    stores.reconcile(1).await;
    assert!(stores.count(UPDATE) >= 1);
    stores.restart().await;
    stores.reconcile(2).await;
    // The ETag is outdated now.
    stores.change(&[("/theirs", "value")], &["/old/0001"]).await;
    stores.reconcile(1).await;
    let control = stores.simulator.control();
    control.inject(Fault::on(UPDATE, FaultMode::ResetAfterCommit));
    control.inject(Fault::on(LIST, FaultMode::ResetBeforeCommit));
    stores.reconcile(12).await;
    assert_eq!(stores.reason().await, "InSync");
    assert_eq!(stores.pairs(), pairs);
    assert_eq!(stores.status().await["itemCount"], 210);
}
