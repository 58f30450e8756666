//! The operator is killed at each request of each scenario, before and after the server executes it.

use campaign::{Campaign, scenarios};

/// Requests that several scenarios share, such as those of the creation, are counted once.
#[test]
fn no_crash_at_any_request_violates_anything() {
    let scenarios = scenarios().expect("each kind has an example");
    let campaign = Campaign::prepare(scenarios, 1).expect("the scenarios run");
    let plans = campaign.distinct_crash_points();
    let report = campaign.execute(&plans).expect("the plans run");
    let all = campaign.crash_points().len();
    println!("{} of {all} crash points are distinct", report.plans);
    assert!(report.failures.is_empty(), "{:#?}", report.failures);
    assert!(report.plans > all / 5, "too few points are distinct");
}
