//! The harness: simulated time, crashes, and plans that repeat.

use campaign::{
    Fault, History, Label, Plan, PlannedFault, Reference, Repetition, Run, Scenario, Side, What,
    check, run, scenarios,
};
use std::time::{Duration, Instant};

fn scenario(name: &str) -> Scenario {
    let mut all = scenarios().expect("each kind has an example").into_iter();
    all.find(|it| it.name == name).expect("the scenario exists")
}

fn execute(scenario: &Scenario, plan: &Plan) -> Run {
    run(scenario, plan).expect("the plan runs")
}

fn crash(fault: Fault, operation: &str) -> Plan {
    let label = Label {
        side: Side::CloudFront,
        operation: operation.into(),
        object: "OriginAccessIdentity/site".into(),
        ordinal: 1,
    };
    let faults = vec![PlannedFault {
        label,
        fault,
        repetition: Repetition::Once,
    }];
    Plan {
        faults,
        ..Plan::without_faults("OriginAccessIdentity: create", 1)
    }
}

/// Returns the operations that CloudFront executed before the quiet period, apart from lists.
fn operations(history: &History) -> Vec<String> {
    let events = history.events.iter();
    let events = events.take_while(|event| !matches!(event.what, What::Quiet));
    let operations = events.filter_map(|event| match &event.what {
        What::CloudFront(entry) => Some(entry.operation.clone()),
        _ => None,
    });
    operations.filter(|it| !it.starts_with("List")).collect()
}

#[test]
fn each_scenario_without_faults_violates_nothing_and_lists_all_its_requests() {
    let all = scenarios().expect("each kind has an example");
    for kind in cloudfront_operator::operator::kinds() {
        let create = format!("{}: create", kind.kind);
        assert!(all.iter().any(|it| it.name == create), "{create}");
    }
    for scenario in all {
        let plan = Plan {
            quiet_periods: 1,
            ..Plan::without_faults(&scenario.name, 1)
        };
        let (begun, run) = (Instant::now(), execute(&scenario, &plan));
        println!(
            "{}: {} s of simulated time in {:?}",
            scenario.name,
            run.simulated.as_secs(),
            begun.elapsed()
        );
        assert!(run.simulated >= Duration::from_mins(10));
        assert_eq!(run.labels.len(), run.recorded_requests, "{}", scenario.name);
        let mut reference = Reference::default();
        reference.add(&scenario, &run);
        let violations = check(&run.history, &scenario, &reference);
        assert_eq!(violations, [], "{}", scenario.name);
    }
}

/// tokio chooses at random which of several tasks continues first, so the order of concurrent requests can differ.
#[test]
fn a_plan_that_is_repeated_has_the_same_writes() {
    let scenario = scenario("Distribution: edit back");
    let plan = Plan::without_faults(&scenario.name, 7);
    let writes = || {
        let labels = execute(&scenario, &plan).labels;
        let mut writes: Vec<Label> = labels.into_iter().filter(|it| !it.is_read()).collect();
        writes.sort();
        writes
    };
    assert_eq!(writes(), writes());
}

#[test]
fn a_process_that_is_killed_before_a_request_does_not_send_it() {
    let scenario = scenario("OriginAccessIdentity: create");
    let operation = "CreateCloudFrontOriginAccessIdentity";
    let run = execute(&scenario, &crash(Fault::CrashBeforeSend, operation));
    assert_eq!(run.missed, []);
    let creates = operations(&run.history);
    let creates = creates.iter().filter(|it| *it == operation).count();
    assert_eq!(creates, 1);
    let crashed = run.history.events.iter();
    let crashed = crashed.filter(|event| matches!(event.what, What::Crashed));
    assert_eq!(crashed.count(), 1);
}

#[test]
fn a_process_that_is_killed_after_a_create_finds_the_resource_again() {
    let scenario = scenario("OriginAccessIdentity: create");
    let operation = "CreateCloudFrontOriginAccessIdentity";
    let run = execute(&scenario, &crash(Fault::CrashAfterCommit, operation));
    let mut reference = Reference::default();
    let plan = Plan::without_faults(&scenario.name, 1);
    reference.add(&scenario, &execute(&scenario, &plan));
    assert_eq!(check(&run.history, &scenario, &reference), []);
}

#[test]
fn a_request_of_a_plan_that_is_not_sent_is_reported() {
    let scenario = scenario("OriginAccessIdentity: create");
    let run = execute(
        &scenario,
        &crash(Fault::CrashBeforeSend, "DeleteDistribution"),
    );
    assert_eq!(run.missed.len(), 1);
}

#[test]
fn the_history_has_the_log_of_the_operator() {
    let scenario = scenario("OriginAccessIdentity: create");
    let plan = Plan::without_faults(&scenario.name, 1);
    let history = execute(&scenario, &plan).history;
    let mut outputs = history.events.iter().filter_map(|event| match &event.what {
        What::Output { place, text } => Some((*place, text)),
        _ => None,
    });
    assert!(outputs.any(|(place, text)| place == "log" && text.contains("reconcile")));
}
