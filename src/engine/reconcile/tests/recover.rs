//! Searches for the resource of an object by its caller reference, of which the status does not have the id.

use crate::{
    cloudfront::CloudFrontError,
    engine::{
        in_process::{Cluster, distribution_spec, simulator},
        kind::Kind,
        object_state::{CreationHistory, ObjectState},
        reconcile::{
            fixtures::{from_json, inputs, refused},
            reconciliation::Reconciliation,
            recover::{Recovery, recover_after_refusal, recover_before_recreation},
        },
        remote::resource::Remote,
    },
    kinds::distribution::Distribution,
};
use cloudfront_simulator::Simulator;
use serde_json::Value;

/// A distribution of an object, and an operator.
struct Created {
    cluster: Cluster,
    simulator: Simulator,
    object: Value,
}

impl Created {
    async fn start() -> Self {
        let (simulator, options) = simulator().await;
        let mut cluster = Cluster::start(Distribution::DEFINITION, options).await;
        cluster.create("www", &distribution_spec()).await;
        cluster.reconcile("www").await;
        let object = cluster.get("www").await.expect("the object exists");
        Self {
            cluster,
            simulator,
            object,
        }
    }

    fn reconciliation(&self) -> Reconciliation<'_> {
        let object = from_json(Distribution::DEFINITION, &self.object);
        Reconciliation::new(&self.cluster.context, object, &ObjectState::default())
    }

    fn is_own(&self, remote: Option<&Remote>) -> bool {
        remote.is_some_and(|it| self.object["status"]["id"] == it.id)
    }

    async fn after_refusal(
        &self,
        refusal: &CloudFrontError,
        creation: &mut CreationHistory,
    ) -> Option<Remote> {
        let rec = self.reconciliation();
        recover_after_refusal(&rec, &inputs(&rec.subject), refusal, creation).await
    }
}

#[tokio::test]
async fn a_distribution_is_searched_for_before_it_is_created_again() {
    let created = Created::start().await;
    let (rec, mut creation) = (created.reconciliation(), CreationHistory::default());
    let inputs = inputs(&rec.subject);
    let recovery = recover_before_recreation(&rec, &inputs, &mut creation).await;
    let Ok(Recovery::Found(found)) = recovery else {
        panic!("{recovery:?}");
    };
    assert!(created.is_own(Some(&found)), "{found:?}");
}

#[tokio::test]
async fn a_refusal_leads_to_a_search_only_if_an_earlier_create_can_be_its_reason() {
    let created = Created::start().await;
    let rejected = refused("CreateDistribution", 400, "InvalidArgument");
    let throttled = refused("CreateDistribution", 400, "Throttling");
    for (refusal, is_impossible, expected) in [
        (&rejected, false, true),
        (&rejected, true, false),
        (&throttled, false, false),
    ] {
        let mut creation = CreationHistory::default();
        if is_impossible {
            creation.record_create_impossible();
        }
        let found = created.after_refusal(refusal, &mut creation).await;
        let case = format!("{refusal} {is_impossible}");
        assert_eq!(created.is_own(found.as_ref()), expected, "{case}");
    }
}

#[tokio::test]
async fn a_search_after_a_refusal_is_not_repeated_at_once() {
    let created = Created::start().await;
    let rejected = refused("CreateDistribution", 400, "InvalidArgument");
    let mut creation = CreationHistory::default();
    creation.record_search(false);
    created.simulator.control().clear_journal();
    assert_eq!(created.after_refusal(&rejected, &mut creation).await, None);
    assert!(created.simulator.control().journal().is_empty());
}
