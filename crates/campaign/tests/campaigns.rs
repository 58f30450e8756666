//! Samples of the larger campaigns, and the plans in which a bug was found once.

use campaign::{Campaign, Plan, RealApiServer, Report, sample, scenarios};
use cloudfront_operator::operator::{crds_as_yaml, kinds};
use std::{
    fs,
    path::Path,
    sync::{Arc, LazyLock},
    time::Duration,
};

/// The seed of the runs and of the samples.
const SEED: u64 = 1;

/// The size of each sample.
const SAMPLE: usize = 20;

/// The plans with a takeover.
const TAKEOVERS: usize = 6;

/// The plans that run on the model of the API server and on a real one.
const PLANS_ON_BOTH_SERVERS: usize = 8;

/// The longest time from a change by the user to the operator's reaction.
const MAX_STALENESS: Duration = Duration::from_mins(1);

/// A change that a silent watch hides is not noticed before this time.
const MIN_STALENESS: Duration = Duration::from_secs(10);

static CAMPAIGN: LazyLock<Campaign> = LazyLock::new(|| {
    let scenarios = scenarios().expect("each kind has an example");
    Campaign::prepare(scenarios, SEED).expect("the scenarios run")
});

fn assert_green(report: &Report) {
    assert!(report.failures.is_empty(), "{:#?}", report.failures);
}

/// Runs a sample of plans.
fn execute(name: &str, plans: Vec<Plan>) {
    let listed = plans.len();
    let report = CAMPAIGN.execute(&sample(plans, SAMPLE, SEED));
    let report = report.expect("the plans run");
    println!(
        "{name}: {} of {listed}, {} without their second fault, seed {SEED}",
        report.plans, report.missed
    );
    assert_green(&report);
    assert_eq!(report.plans, SAMPLE);
}

#[test]
fn a_silent_watch_of_any_kind_hides_a_change_for_a_minute_at_most() {
    let times = CAMPAIGN.silent_watches().expect("the plans run");
    assert_eq!(times.len(), kinds().len() + 1);
    for (silent, time) in times {
        println!(
            "silent watch of {silent}: noticed after {:.1} s",
            time.as_secs_f64()
        );
        assert!(time > MIN_STALENESS, "{silent} was not silent: {time:?}");
        assert!(time <= MAX_STALENESS, "{silent}: {time:?}");
    }
}

#[test]
fn no_repeated_fault_of_a_sample_violates_anything() {
    execute("repeated faults", CAMPAIGN.repeated_faults());
}

#[test]
fn no_crash_during_a_recovery_of_a_sample_violates_anything() {
    let first = sample(CAMPAIGN.distinct_crash_points(), SAMPLE, SEED);
    let pairs = CAMPAIGN.crash_pairs(&first).expect("the plans run");
    execute("crash pairs", pairs);
    let stale = CAMPAIGN.crashes_with_stale_reads(&first);
    execute("crashes with stale reads", stale.expect("the plans run"));
}

#[test]
fn no_fault_of_a_sample_with_two_replicas_violates_anything() {
    // Replicas that stand by read the Lease twice in a second, so a run takes long.
    let mut scenarios = scenarios().expect("each kind has an example");
    scenarios.retain(|it| it.name.ends_with(": delete"));
    let campaign = Campaign::prepare(scenarios, SEED).expect("the scenarios run");
    let replicated = campaign.with_replicas(2).expect("the scenarios run");
    let unfaulted = replicated.check_traces();
    assert!(unfaulted.is_empty(), "{unfaulted:#?}");
    execute("two replicas, crashes", replicated.distinct_crash_points());
    execute("two replicas, faults", replicated.single_faults());
}

#[test]
fn no_fault_of_a_sample_with_the_finalizer_policy_violates_anything() {
    let policed = CAMPAIGN.with_finalizer_policy().expect("the scenarios run");
    let unfaulted = policed.check_traces();
    assert!(unfaulted.is_empty(), "{unfaulted:#?}");
    execute("finalizer policy, crashes", policed.distinct_crash_points());
    execute("finalizer policy, faults", policed.single_faults());
}

#[test]
fn a_replica_that_lags_undoes_nothing_when_it_leads_again() {
    let mut scenarios = scenarios().expect("each kind has an example");
    let names = ["edit", "delete"].map(|it| format!("OriginAccessIdentity: {it}"));
    scenarios.retain(|it| names.contains(&it.name));
    let campaign = Campaign::prepare(scenarios, SEED).expect("the scenarios run");
    let replicated = campaign.with_replicas(2).expect("the scenarios run");
    let plans = replicated.takeovers().expect("the plans run");
    let report = replicated.execute(&sample(plans, TAKEOVERS, SEED));
    let report = report.expect("the plans run");
    assert_green(&report);
    assert_eq!((report.plans, report.missed), (TAKEOVERS, 0));
}

#[test]
fn no_walk_of_a_batch_violates_anything() {
    let report = CAMPAIGN.walks(SEED, Duration::ZERO);
    let report = report.expect("the walks run");
    println!("walks: {}, from seed {SEED}", report.plans);
    assert_green(&report);
}

/// Each file is a plan in which a bug was found once.
#[test]
fn no_plan_that_found_a_bug_violates_anything() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("plans");
    for entry in fs::read_dir(folder).expect("the folder exists") {
        let path = entry.expect("a file").path();
        if path.extension().is_none_or(|it| it != "json") {
            continue;
        }
        let plan = Plan::read(&path).expect("the file is a plan");
        let (_, violations) = CAMPAIGN.replay(&plan).expect("the plan runs");
        assert_eq!(violations, [], "{}", path.display());
    }
}

#[test]
fn plans_of_a_sample_end_alike_on_the_model_and_on_a_real_api_server() {
    let cluster = cluster::shared().expect("the control plane starts");
    let crds = crds_as_yaml().expect("the CRDs are YAML");
    cluster.apply(&crds).expect("the CRDs are installed");
    let server = Arc::new(RealApiServer::new(cluster).expect("a client"));
    let plans = CAMPAIGN.plans_of_each_scenario(PLANS_ON_BOTH_SERVERS);
    let comparison = CAMPAIGN.compare_servers(&server, &plans);
    let comparison = comparison.expect("the plans run");
    println!(
        "{} plans on both servers: {} requests, seed {SEED}",
        comparison.plans, comparison.requests
    );
    assert!(comparison.differences.is_empty(), "{comparison:#?}");
    assert_eq!(comparison.plans, PLANS_ON_BOTH_SERVERS);
}
