//! Campaigns on the real servers, in the size of the gate.

use campaign::real::{
    Environment, Outage, Replicas, Verdict, run_api_server_outage, run_crash_points, run_replicas,
};
use cloudfront_operator::operator::crds_as_yaml;
use cluster::{AuditLevel, Cluster, Options};
use std::{path::Path, sync::LazyLock, time::Duration};

const OPERATOR: &str = env!("CARGO_BIN_EXE_cloudfront-operator");

/// The seed of all campaigns. Another one can be set to search for faults.
fn seed() -> u64 {
    let set = std::env::var("CAMPAIGN_SEED").ok();
    set.and_then(|text| text.parse().ok()).unwrap_or(1)
}

/// A control plane of this program alone, because its API server is killed.
fn control_plane() -> &'static Cluster {
    static CLUSTER: LazyLock<Cluster> = LazyLock::new(|| {
        let options = Options {
            audit: Some(AuditLevel::Metadata),
            ..Options::default()
        };
        let cluster = Cluster::start(options).expect("the control plane starts");
        let crds = crds_as_yaml().expect("the CRDs are YAML");
        cluster.apply(&crds).expect("the CRDs are installed");
        cluster
    });
    &CLUSTER
}

async fn environment(prefix: &str) -> Environment {
    let environment = Environment::new(control_plane(), Path::new(OPERATOR), prefix).await;
    environment.expect("the environment starts")
}

fn assert_holds(verdict: &Verdict) {
    for (name, value) in &verdict.figures {
        println!("{name}: {value}");
    }
    assert!(
        verdict.violations.is_empty(),
        "{}",
        verdict.violations.join("\n")
    );
}

/// The crash points of the shipped program that run in the gate.
const CRASHES: usize = 12;

/// All campaigns run one after the other: one of them kills the API server.
#[tokio::test]
async fn the_campaigns_on_the_real_servers_find_no_violation() {
    let seed = seed();
    for outage in [
        Outage::Killed(Duration::from_secs(5)),
        Outage::LosesResponses(Duration::from_secs(4)),
    ] {
        let environment = environment("outage").await;
        let verdict = run_api_server_outage(&environment, outage, seed).await;
        assert_holds(&verdict.expect("the campaign runs"));
    }
    let settings = Replicas {
        duration: Duration::from_secs(60),
        seed,
    };
    let verdict = run_replicas(&environment("replicas").await, settings).await;
    assert_holds(&verdict.expect("the campaign runs"));
    let operator = Path::new(OPERATOR);
    let verdict = run_crash_points(control_plane(), operator, Some(CRASHES), seed).await;
    assert_holds(&verdict.expect("the campaign runs"));
}
