//! `cargo run -p campaign -- ci`: runs the campaigns, prints what they covered, and fails if something went wrong.

use campaign::{Campaign, Plan, Report, Side, scenarios, write_failures};
use clap::{Parser, Subcommand};
use std::{error::Error, path::PathBuf, process::ExitCode, time::Instant};

/// Tests the operator in process, on simulated time, with a fault at each of its requests.
#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    suite: Option<Suite>,
    /// Runs one plan from a file, and prints its history.
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,
    /// The seed of all random delays.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Runs only the scenarios whose names contain this text.
    #[arg(long, default_value = "")]
    scenario: String,
    /// The folder for plans that fail.
    #[arg(long, default_value = "target/campaign")]
    failures: PathBuf,
}

/// The campaigns of one occasion.
#[derive(Clone, Copy, Debug, Subcommand)]
enum Suite {
    /// Every single crash point of every scenario.
    Ci,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match execute(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("campaign: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Runs what the arguments name. Returns whether nothing went wrong.
fn execute(arguments: &Arguments) -> Result<bool, Box<dyn Error>> {
    let plan = arguments.plan.as_deref().map(Plan::read).transpose()?;
    let seed = plan.as_ref().map_or(arguments.seed, |plan| plan.seed);
    let mut selected = scenarios()?;
    if plan.is_none() {
        selected.retain(|it| it.name.contains(&arguments.scenario));
    }
    let begun = Instant::now();
    let campaign = Campaign::prepare(selected, seed)?;
    if let Some(plan) = plan {
        return replay(&campaign, &plan);
    }
    print_traces(&campaign, begun);
    let unfaulted = campaign.check_traces();
    for failure in &unfaulted {
        println!(
            "without faults, {}: {:?}",
            failure.plan.scenario, failure.violations
        );
    }
    if arguments.suite.is_none() {
        return Ok(unfaulted.is_empty());
    }
    let plans = campaign.crash_points();
    let report = campaign.execute(&plans)?;
    print_report(&report, arguments)?;
    Ok(unfaulted.is_empty() && report.failures.is_empty())
}

/// Prints the requests of each scenario, as the harness listed them and as the servers recorded them.
fn print_traces(campaign: &Campaign, begun: Instant) {
    println!(
        "{:>8} {:>8} {:>8} {:>8}  scenario",
        "listed", "recorded", "k8s", "seconds"
    );
    for (scenario, trace) in campaign.traces() {
        let kubernetes = trace.labels.iter().filter(|it| it.side == Side::Kubernetes);
        println!(
            "{:>8} {:>8} {:>8} {:>8}  {}",
            trace.labels.len(),
            trace.recorded_requests,
            kubernetes.count(),
            trace.simulated.as_secs(),
            scenario.name
        );
    }
    println!(
        "runs without faults: {:.1} s",
        begun.elapsed().as_secs_f64()
    );
}

fn print_report(report: &Report, arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let files = write_failures(&report.failures, &arguments.failures)?;
    for (failure, file) in report.failures.iter().zip(&files) {
        println!("FAILED {}", file.display());
        for fault in &failure.plan.faults {
            println!(
                "  {}: {:?} at {}",
                failure.plan.scenario, fault.fault, fault.label
            );
        }
        for violation in &failure.violations {
            println!("  {}: {}", violation.invariant, violation.detail);
        }
    }
    println!(
        "crash points: {} run, {} failures, {} human steps, {:.1} s, seed {}",
        report.plans,
        report.failures.len(),
        report.human_steps(),
        report.duration.as_secs_f64(),
        arguments.seed
    );
    Ok(())
}

/// Runs a plan, and prints what went wrong.
fn replay(campaign: &Campaign, plan: &Plan) -> Result<bool, Box<dyn Error>> {
    let (run, violations) = campaign.replay(plan)?;
    for event in &run.history.events {
        println!("{:>10.3} {}", event.at.as_secs_f64(), event.what);
    }
    for violation in &violations {
        println!("{}: {}", violation.invariant, violation.detail);
    }
    Ok(violations.is_empty())
}
