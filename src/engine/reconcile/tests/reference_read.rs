//! The read of the referenced objects right before a one-shot create, which nothing can take back: a watch can lag.

use crate::engine::Kind;
use crate::engine::in_process::{Cluster, distribution_spec, objects, simulator, writes};
use crate::{
    engine::cache::cached_object::CachedObject,
    kinds::{distribution::Distribution, invalidation::Invalidation},
};
use cloudfront_simulator::Simulator;
use kube::{
    api::{DeleteParams, Patch, PatchParams, PostParams},
    runtime::{reflector::store::Writer, watcher::Event},
};
use serde_json::{Value, json};

/// The controller of invalidations, and a cache of distributions.
struct Shop {
    cluster: Cluster,
    simulator: Simulator,
    distributions: Writer<CachedObject>,
}

impl Shop {
    /// Returns a shop with distribution `www`, which is deployed, and an invalidation of it.
    async fn open() -> Self {
        let (simulator, options) = simulator().await;
        let cluster = Cluster::start(Invalidation::DEFINITION, options).await;
        let distributions = Writer::new(Distribution::DEFINITION);
        let store = distributions.as_reader();
        let registry = &cluster.context.shared.registry;
        registry.register(Distribution::DEFINITION, None, store);
        let mut shop = Self {
            cluster,
            simulator,
            distributions,
        };
        shop.create_distribution("E1").await;
        let spec = json!({ "distributionRef": { "name": "www" }, "paths": ["/*"] });
        shop.cluster.create("release", &spec).await;
        shop
    }

    /// Creates the distribution, and shows it to the controller.
    async fn create_distribution(&mut self, id: &str) {
        let spec = distribution_spec();
        let object = json!({ "metadata": { "name": "www" }, "spec": spec });
        let object = serde_json::from_value(object).expect("an object");
        let api = objects(Distribution::DEFINITION, self.cluster.server.client());
        api.create(&PostParams::default(), &object)
            .await
            .expect("it is new");
        let status = json!({ "status": {
            "id": id, "observedGeneration": 1,
            "conditions": [{
                "type": "Ready", "status": "True", "reason": "InSync", "message": "", "observedGeneration": 1,
                "lastTransitionTime": "2026-01-01T00:00:00Z",
            }],
        } });
        let (params, patch) = (PatchParams::default(), Patch::Merge(status));
        let patched = api.patch_status("www", &params, &patch).await;
        let object = json!(patched.expect("it exists"));
        let cached = CachedObject::from_json(Distribution::DEFINITION, &object);
        for event in [Event::Init, Event::InitApply(cached), Event::InitDone] {
            self.distributions.apply_watcher_event(&event);
        }
    }

    /// Edits the distribution. The controller does not see it.
    async fn edit_distribution(&self) {
        let patch = Patch::Merge(json!({ "spec": { "comment": "second" } }));
        let api = objects(Distribution::DEFINITION, self.cluster.server.client());
        let patched = api.patch("www", &PatchParams::default(), &patch).await;
        patched.expect("it exists");
    }

    async fn delete_distribution(&self) {
        let api = objects(Distribution::DEFINITION, self.cluster.server.client());
        let deleted = api.delete("www", &DeleteParams::default()).await;
        let _ = deleted.expect("it exists");
    }

    /// Reconciles the invalidation, and returns reason and message of its condition `Ready`.
    async fn reconcile(&mut self) -> [String; 2] {
        self.cluster.reconcile("release").await;
        let object = self.cluster.get("release").await.expect("it exists");
        let ready = &object["status"]["conditions"][0];
        ["reason", "message"].map(|member| ready[member].as_str().unwrap_or_default().to_owned())
    }

    fn reads(&self) -> usize {
        let requests = self.cluster.requests();
        let is_read = |request: &&String| *request == "get distributions 200";
        requests.iter().filter(is_read).count()
    }
}

#[tokio::test]
async fn an_invalidation_waits_for_an_edit_that_the_watch_does_not_show() {
    let mut shop = Shop::open().await;
    shop.edit_distribution().await;
    let [reason, message] = shop.reconcile().await;
    assert_eq!(writes(&shop.simulator), [""; 0]);
    assert_eq!(reason, "ReferenceNotReady");
    assert_eq!(
        message,
        "Waits for Distribution www, which is not deployed yet."
    );
}

#[tokio::test]
async fn an_invalidation_waits_for_a_distribution_that_was_created_again() {
    let mut shop = Shop::open().await;
    shop.delete_distribution().await;
    let [reason, message] = shop.reconcile().await;
    assert_eq!(reason, "ReferenceNotReady");
    assert!(message.contains("does not exist"), "{message}");

    let api = objects(Distribution::DEFINITION, shop.cluster.server.client());
    let object: Value = json!({ "metadata": { "name": "www" }, "spec": {} });
    let object = serde_json::from_value(object).expect("an object");
    api.create(&PostParams::default(), &object)
        .await
        .expect("it is new");
    let [reason, _] = shop.reconcile().await;
    assert_eq!(reason, "ReferenceNotReady");
    assert_eq!(writes(&shop.simulator), [""; 0]);
}

#[tokio::test]
async fn the_distribution_is_read_once_right_before_the_create() {
    let mut shop = Shop::open().await;
    shop.reconcile().await;
    assert_eq!(writes(&shop.simulator), ["CreateInvalidation"]);
    assert_eq!(shop.reads(), 1);
}
