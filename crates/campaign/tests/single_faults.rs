//! One fault at one request of a scenario: a crash of the operator at each of them, and a sample of all other faults.

use campaign::{
    Campaign, Fault, Label, Plan, PlannedFault, Repetition, Report, Side, What, sample, scenarios,
};
use std::{collections::HashSet, sync::LazyLock};

/// The seed of the runs and of the sample.
const SEED: u64 = 1;

/// The least size of the sample. It is larger if there are more pairs of an operation and a fault.
const SAMPLE: usize = 2_000;

/// The scenarios with their runs without faults, which take longer than a plan.
static CAMPAIGN: LazyLock<Campaign> = LazyLock::new(|| {
    let scenarios = scenarios().expect("each kind has an example");
    Campaign::prepare(scenarios, SEED).expect("the scenarios run")
});

fn execute(plans: &[Plan]) -> Report {
    let report = CAMPAIGN.execute(plans).expect("the plans run");
    assert!(report.failures.is_empty(), "{:#?}", report.failures);
    report
}

/// Requests that several scenarios share, such as those of the creation, are counted once, and so are the crashes before and after a read.
#[test]
fn no_crash_at_any_request_violates_anything() {
    let plans = CAMPAIGN.distinct_crash_points();
    let report = execute(&plans);
    let all = CAMPAIGN.crash_points().len();
    println!("{} of {all} crash points are distinct", report.plans);
    assert!(report.plans > all / 5, "too few points are distinct");
}

/// Returns the operations with the faults that occur at them.
fn pairs(plans: &[Plan]) -> HashSet<(String, Fault)> {
    let faults = plans.iter().flat_map(|plan| &plan.faults);
    faults
        .map(|it| (it.label.operation.clone(), it.fault))
        .collect()
}

#[test]
fn no_fault_of_a_sample_violates_anything() {
    let plans = CAMPAIGN.single_faults();
    let (all, all_pairs) = (plans.len(), pairs(&plans));
    let size = SAMPLE.max(all_pairs.len());
    let drawn = sample(plans, size, SEED);
    let missing: Vec<_> = all_pairs.difference(&pairs(&drawn)).cloned().collect();
    assert_eq!(missing, [], "a fault at an operation is in no plan");
    let report = execute(&drawn);
    println!(
        "{} of {all} faults at one request, seed {SEED}",
        report.plans
    );
    assert_eq!(report.plans, size);
}

/// Without this test, a fault that has no effect would pass every check.
#[test]
fn each_fault_of_cloudfront_is_in_the_journal() {
    let label = Label {
        side: Side::CloudFront,
        operation: "UpdateCloudFrontOriginAccessIdentity".into(),
        object: "OriginAccessIdentity/site".into(),
        ordinal: 1,
    };
    let mut scenarios = scenarios().expect("each kind has an example");
    scenarios.retain(|it| it.name == "OriginAccessIdentity: edit");
    let campaign = Campaign::prepare(scenarios, SEED).expect("the scenario runs");
    // The server executes a late request as any other.
    let faults = Fault::of(&label).into_iter();
    for fault in faults.filter(|fault| *fault != Fault::Late) {
        let plans = campaign.single_faults();
        let plan = plans
            .into_iter()
            .find(|plan| plan.faults[0].label == label && plan.faults[0].fault == fault);
        let plan = plan.expect("the fault is one of the plans");
        let (run, _) = campaign.replay(&plan).expect("the plan runs");
        let mut events = run.history.events.iter();
        let is_recorded = events.any(|event| {
            matches!(&event.what, What::CloudFront(entry) if entry.operation == label.operation && entry.fault.is_some())
        });
        assert!(is_recorded, "{fault:?}");
    }
}

/// The deletion did not reach CloudFront, and the read after it lags behind the create. The resource must be deleted nevertheless.
#[test]
fn a_read_that_lags_behind_the_create_is_no_proof_of_the_deletion() {
    let planned = |operation: &str, fault| PlannedFault {
        label: Label {
            side: Side::CloudFront,
            operation: operation.into(),
            object: "OriginAccessIdentity/site".into(),
            ordinal: 1,
        },
        fault,
        repetition: Repetition::Once,
    };
    let faults = vec![
        planned("DeleteCloudFrontOriginAccessIdentity", Fault::ResetBefore),
        planned("GetCloudFrontOriginAccessIdentity", Fault::StaleRead(1)),
    ];
    let count = faults.len();
    let plan = Plan {
        faults,
        ..Plan::without_faults("OriginAccessIdentity: delete", SEED)
    };
    let (run, violations) = CAMPAIGN.replay(&plan).expect("the plan runs");
    assert_eq!(violations, []);
    let events = run.history.events.iter();
    let disturbed = events
        .filter(|event| matches!(&event.what, What::CloudFront(entry) if entry.fault.is_some()));
    assert_eq!(disturbed.count(), count);
}
