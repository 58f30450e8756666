//! Monitoring subscriptions, which have the ids of their distributions, no ETags and no list.

use crate::{
    engine::{
        in_process::{Cluster, api_server, distribution_spec, simulator, take_requests},
        kind::Kind,
        tags::Tags,
    },
    kinds::{distribution::Distribution, monitoring_subscription::MonitoringSubscription},
    xml::Element,
};
use cloudfront_simulator::{Fault, FaultMode, HostileBody, Simulator};
use serde_json::{Value, json};

const CREATE: &str = "CreateMonitoringSubscription";
const GET: &str = "GetMonitoringSubscription";
const DELETE: &str = "DeleteMonitoringSubscription";

struct Subscriptions {
    cluster: Cluster,
    simulator: Simulator,
    /// The id of a distribution.
    distribution: String,
}

impl Subscriptions {
    async fn start() -> Self {
        let (simulator, options) = simulator().await;
        let server = api_server();
        let (definition, kube) = (Distribution::DEFINITION, server.client());
        let mut site =
            Cluster::with_client(definition, server.clone(), kube, options.clone()).await;
        site.create("site", &distribution_spec()).await;
        site.reconcile("site").await;
        let distribution = site.status("site").await["id"].as_str().unwrap().to_owned();
        simulator.control().clear_journal();
        let definition = MonitoringSubscription::DEFINITION;
        Self {
            cluster: Cluster::registered(definition, &server, &options).await,
            simulator,
            distribution,
        }
    }

    /// Returns a spec with this status of the metrics.
    fn spec(&self, status: &str) -> Value {
        json!({
            "distributionId": self.distribution,
            "realtimeMetricsSubscriptionConfig": { "realtimeMetricsSubscriptionStatus": status },
        })
    }

    async fn create(&mut self, name: &str, status: &str) {
        self.cluster.create(name, &self.spec(status)).await;
        self.reconcile(name).await;
    }

    /// Creates a subscription as another client does.
    async fn create_externally(&self) {
        let api = MonitoringSubscription::API;
        let status = Element::leaf("RealtimeMetricsSubscriptionStatus", "Enabled");
        let metrics = Element::new("RealtimeMetricsSubscriptionConfig").with(status);
        let distribution = Element::leaf(
            api.identity.member().expect("a member"),
            &*self.distribution,
        );
        let config = Element::new(api.config).with(distribution).with(metrics);
        let request = api.create_request(api.collection, config, &Tags::new());
        let client = &self.cluster.context.shared.cloudfront;
        client.send(&request).await.expect("a subscription");
    }

    async fn edit(&mut self, name: &str, status: &str) {
        let spec = self.spec(status);
        self.cluster.patch(name, &json!({ "spec": spec })).await;
        self.reconcile(name).await;
    }

    async fn reconcile(&mut self, name: &str) {
        for _ in 0..3 {
            self.cluster.reconcile(name).await;
        }
    }

    /// Returns the requests since the last call.
    fn requests(&self) -> Vec<String> {
        take_requests(&self.simulator)
    }
}

#[tokio::test]
async fn a_subscription_is_looked_up_created_replaced_and_deleted_by_its_distribution() {
    let mut all = Subscriptions::start().await;
    all.create("metrics", "Enabled").await;
    assert_eq!(all.cluster.ready("metrics").await.0, "InSync");
    assert_eq!(all.requests(), [GET, CREATE]);
    let status = all.cluster.status("metrics").await;
    assert_eq!(status["id"], all.distribution);
    assert_eq!(
        (&status["name"], &status["callerReference"]),
        (&Value::Null, &Value::Null)
    );

    all.edit("metrics", "Disabled").await;
    assert_eq!(all.cluster.ready("metrics").await.0, "InSync");
    assert_eq!(all.requests(), [GET, CREATE]);
    all.reconcile("metrics").await;
    assert_eq!(all.requests(), [""; 0]);
    all.cluster.delete("metrics").await;
    all.cluster.reconcile("metrics").await;
    assert_eq!(all.cluster.get("metrics").await, None);
    assert_eq!(all.requests(), [DELETE]);
}

#[tokio::test]
async fn a_distribution_has_the_subscription_of_one_object() {
    let mut all = Subscriptions::start().await;
    all.create("first", "Enabled").await;
    all.create("second", "Disabled").await;
    let (reason, message) = all.cluster.ready("second").await;
    assert_eq!(reason, "OwnershipConflict");
    let expected = format!(
        "MonitoringSubscription {} exists and is managed by shop/first. Delete this object, or that one.",
        all.distribution
    );
    assert_eq!(message, expected);
    assert_eq!(all.requests(), [GET, CREATE, GET, GET, GET]);
}

#[tokio::test]
async fn a_subscription_of_another_client_stays_as_it_is_until_it_is_adopted() {
    let mut all = Subscriptions::start().await;
    all.create_externally().await;
    all.create("metrics", "Disabled").await;
    let (reason, message) = all.cluster.ready("metrics").await;
    assert_eq!(reason, "OwnershipConflict");
    let id = &all.distribution;
    let expected = format!(
        "MonitoringSubscription {id} exists and was not created for this object. Set spec.adoptId to {id} to adopt it."
    );
    assert_eq!(message, expected);
    assert_eq!(all.requests(), [CREATE, GET, GET, GET]);
    let adopt = json!({ "spec": { "adoptId": all.distribution } });
    all.cluster.patch("metrics", &adopt).await;
    all.reconcile("metrics").await;
    assert_eq!(all.cluster.ready("metrics").await.0, "InSync");
    assert_eq!(all.requests(), [GET, CREATE]);
}

#[tokio::test]
async fn the_subscription_of_another_distribution_is_not_adopted() {
    let mut all = Subscriptions::start().await;
    let mut spec = all.spec("Enabled");
    spec["adoptId"] = json!("E2EXAMPLE");
    all.cluster.create("metrics", &spec).await;
    all.reconcile("metrics").await;
    let (reason, message) = all.cluster.ready("metrics").await;
    assert_eq!(reason, "Invalid", "{message}");
    let id = &all.distribution;
    let expected = format!(
        "spec.adoptId is E2EXAMPLE, and the spec names Distribution {id}: a MonitoringSubscription has the ID of its Distribution. Create another object with adoptId {id}, or without adoptId."
    );
    assert_eq!(message, expected);
    assert_eq!(all.requests(), [""; 0]);
}

/// CloudFront accepts a second create, so a late first one could replace what the second one has written.
#[tokio::test]
async fn a_create_without_a_response_is_not_sent_again_at_once() {
    let mut all = Subscriptions::start().await;
    let control = all.simulator.control();
    control.inject(Fault::on(CREATE, FaultMode::ResetBeforeCommit));
    all.create("metrics", "Enabled").await;
    let requests = all.requests();
    let creates = requests.iter().filter(|it| *it == CREATE);
    assert_eq!(creates.count(), 1, "{requests:?}");
}

#[tokio::test]
async fn a_created_subscription_whose_response_is_lost_is_found() {
    let mut all = Subscriptions::start().await;
    let lost = Fault::on(CREATE, FaultMode::ResetAfterCommit);
    all.simulator.control().inject(lost);
    all.create("metrics", "Enabled").await;
    let (reason, message) = all.cluster.ready("metrics").await;
    assert_eq!(reason, "InSync", "{message}");
    assert_eq!(all.requests(), [GET, CREATE, GET]);
}

#[tokio::test]
async fn a_response_with_another_root_is_not_a_subscription() {
    let mut all = Subscriptions::start().await;
    all.create("metrics", "Enabled").await;
    let body = HostileBody::WrongRoot;
    let wrong = Fault::on(GET, FaultMode::Hostile { body });
    all.simulator.control().inject(wrong);
    all.edit("metrics", "Disabled").await;
    assert_eq!(all.cluster.ready("metrics").await.0, "InSync");
    assert_eq!(all.requests(), [GET, CREATE, GET, GET, CREATE]);
}

#[tokio::test]
async fn an_absent_distribution_is_reported() {
    let mut all = Subscriptions::start().await;
    all.distribution = "E2EXAMPLE".into();
    all.create("metrics", "Enabled").await;
    let (reason, message) = all.cluster.ready("metrics").await;
    assert_eq!(reason, "Rejected");
    let expected = "CreateMonitoringSubscription was rejected: NoSuchDistribution: ";
    assert!(message.starts_with(expected), "{message}");
}
