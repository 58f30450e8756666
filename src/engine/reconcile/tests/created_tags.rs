//! The keys of the tags in a create: they are stored before it is sent, so that they are known even if its response is lost.

use crate::engine::in_process::{Cluster, distribution_spec, simulator, writes};
use crate::{engine::tags, kinds::distribution::Distribution};
use cloudfront_simulator::{Fault, FaultMode};
use serde_json::{Value, json};

const CREATE: &str = "CreateDistributionWithTags";

async fn managed_tags(cluster: &Cluster<Distribution>) -> Value {
    let object = cluster.get("www").await.expect("the object exists");
    object["status"]["managedTags"].clone()
}

/// Sets a tag as another client of CloudFront does.
async fn set_foreign_tag(cluster: &Cluster<Distribution>, key: &str) {
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
    let mut killed = Cluster::<Distribution>::start(options.clone()).await;
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
    let mut restarted = Cluster::<Distribution>::with_client(server, kube, options).await;
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
async fn a_create_without_tags_needs_no_other_write() {
    let (_simulator, options) = simulator().await;
    let mut cluster = Cluster::<Distribution>::start(options).await;
    cluster.create("www", &distribution_spec()).await;
    cluster.reconcile("www").await;
    let requests = cluster.requests();
    let writes: Vec<&String> = requests
        .iter()
        .filter(|it| it.contains("/status"))
        .collect();
    assert_eq!(writes, ["patch distributions/status 200"]);
}
