//! The keys of the tags in a create: they are stored before it is sent, so that they are known even if its response is lost.

use super::setup::Setup;
use crate::engine::Kind;
use crate::engine::in_process::{Cluster, distribution_spec, simulator, writes};
use crate::{engine::tags, kinds::distribution::Distribution};
use cloudfront_simulator::{Fault, FaultMode};
use serde_json::{Value, json};

const CREATE: &str = "CreateDistributionWithTags";

async fn managed_tags(cluster: &Cluster) -> Value {
    let object = cluster.get("www").await.expect("the object exists");
    object["status"]["managedTags"].clone()
}

/// Sets a tag as another client of CloudFront does.
async fn set_foreign_tag(cluster: &Cluster, key: &str) {
    let object = cluster.get("www").await.expect("the object exists");
    let arn = object["status"]["arn"].as_str().expect("it is recovered");
    let tags = [(key.to_owned(), "y".to_owned())].into();
    let request = tags::set(arn, &tags);
    let set = cluster.context.shared.cloudfront.send(&request).await;
    set.expect("the resource exists");
}

#[tokio::test]
async fn a_tag_of_a_lost_create_that_left_the_spec_is_removed_and_no_other() {
    let (simulator, options) = simulator().await;
    let lost = Fault::on(CREATE, FaultMode::ResetAfterCommit);
    simulator.control().inject(lost);
    let mut killed = Cluster::start(Distribution::DEFINITION, options.clone()).await;
    let mut spec = distribution_spec();
    spec["tags"] = json!({ "team": "web", "old": "x" });
    killed.create("www", &spec).await;
    killed.reconcile("www").await;
    assert_eq!(writes(&simulator), [CREATE]);
    assert_eq!(managed_tags(&killed).await, json!(["old", "team"]));
    let edit = json!({ "spec": { "tags": { "old": null } } });
    killed.patch("www", &edit).await;

    let server = killed.server.clone();
    let kube = server.client();
    let mut restarted = Cluster::with_client(Distribution::DEFINITION, server, kube, options).await;
    restarted.reconcile("www").await;
    set_foreign_tag(&restarted, "theirs").await;
    for _ in 0..3 {
        restarted.reconcile("www").await;
    }
    let state = simulator.control().state().to_string();
    assert!(
        state.contains(r#""tags":{"team":"web","theirs":"y"}"#),
        "{state}"
    );
    assert_eq!(managed_tags(&restarted).await, json!(["team"]));
}

#[tokio::test]
async fn a_tag_that_was_added_later_is_removed_although_the_status_was_cleared() {
    let (simulator, options) = simulator().await;
    let mut killed = Cluster::start(Distribution::DEFINITION, options.clone()).await;
    killed.create("www", &distribution_spec()).await;
    let added = json!({ "spec": { "tags": { "team": "web", "old": "x" } } });
    for _ in 0..2 {
        killed.reconcile("www").await;
        killed.patch("www", &added).await;
    }
    killed.reconcile("www").await;
    let state = simulator.control().state().to_string();
    assert!(
        state.contains(r#""tags":{"old":"x","team":"web"}"#),
        "{state}"
    );
    killed.patch("www", &json!({ "status": null })).await;
    let removed = json!({ "spec": { "tags": { "old": null } } });
    killed.patch("www", &removed).await;

    let server = killed.server.clone();
    let kube = server.client();
    let mut restarted = Cluster::with_client(Distribution::DEFINITION, server, kube, options).await;
    for _ in 0..5 {
        restarted.reconcile("www").await;
    }
    let state = simulator.control().state().to_string();
    assert!(state.contains(r#""tags":{"team":"web"}"#), "{state}");
    assert_eq!(managed_tags(&restarted).await, json!(["team"]));
}

#[tokio::test]
async fn a_tag_whose_write_failed_after_it_was_set_is_removed_once_the_spec_lacks_it() {
    let (simulator, options) = simulator().await;
    let mut cluster = Cluster::start(Distribution::DEFINITION, options).await;
    cluster.create("www", &distribution_spec()).await;
    for _ in 0..2 {
        cluster.reconcile("www").await;
    }
    let failed = FaultMode::Error {
        status: 500,
        code: "InternalError".into(),
        message: "An internal error occurred.".into(),
        committed: true,
    };
    simulator.control().inject(Fault::on("TagResource", failed));
    let added = json!({ "spec": { "tags": { "team": "web" } } });
    cluster.patch("www", &added).await;
    cluster.reconcile("www").await;
    let state = simulator.control().state().to_string();
    assert!(state.contains(r#""tags":{"team":"web"}"#), "{state}");

    let removed = json!({ "spec": { "tags": null } });
    cluster.patch("www", &removed).await;
    for _ in 0..3 {
        cluster.reconcile("www").await;
    }
    let state = simulator.control().state().to_string();
    assert!(!state.contains("team"), "{state}");
    assert_eq!(managed_tags(&cluster).await, json!(null));
}

/// Returns the patches of the operator that create the resource of a new object with these tags.
async fn patches_of_create(tags: &Value) -> Vec<String> {
    let (_simulator, options) = simulator().await;
    let mut cluster = Cluster::start(Distribution::DEFINITION, options).await;
    let mut spec = distribution_spec();
    spec["tags"] = tags.clone();
    cluster.create("www", &spec).await;
    let no_finalizers = json!({ "metadata": { "finalizers": [] } });
    cluster.patch("www", &no_finalizers).await;
    let before = cluster.requests().len();
    cluster.reconcile("www").await;
    let mut requests = cluster.requests().split_off(before);
    requests.retain(|it| it.starts_with("patch"));
    requests
}

#[tokio::test]
async fn a_create_with_tags_needs_no_other_write() {
    for tags in [json!({}), json!({ "team": "web" })] {
        let patches = patches_of_create(&tags).await;
        let expected = ["patch distributions 200", "patch distributions/status 200"];
        assert_eq!(patches, expected, "{tags}");
    }
}

#[tokio::test]
async fn the_keys_are_known_although_the_status_of_the_create_could_not_be_stored() {
    let tags = json!({ "tags": { "team": "web", "old": "x" } });
    let mut setup = Setup::start(&tags).await;
    let lost = Fault::on(CREATE, FaultMode::ResetAfterCommit);
    setup.control().inject(lost);
    setup.refuse_status(true);
    assert!(setup.reconcile().await.is_err(), "it is repeated");
    setup.refuse_status(false);
    assert_eq!(setup.committed(CREATE).len(), 1);
    setup
        .patch(json!({ "spec": { "tags": { "old": null } } }))
        .await;
    for _ in 0..3 {
        setup.reconcile().await.unwrap();
    }
    let state = setup.control().state().to_string();
    assert!(state.contains(r#""tags":{"team":"web"}"#), "{state}");
    assert_eq!(setup.status().await["managedTags"], json!(["team"]));
}
