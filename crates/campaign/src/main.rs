//! `cargo run -p campaign -- ci`: runs the campaigns, prints what they covered, and fails if something went wrong.

use campaign::{Campaign, Plan, Report, Side, sample, scenarios, write_failures};
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
    /// Every distinct crash point, and a sample of the faults at one request.
    Ci {
        /// The size of the sample.
        #[arg(long, default_value_t = 2_000)]
        faults: usize,
    },
    /// Every crash point of every scenario, and all faults at one request.
    Nightly,
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
    let Some(suite) = arguments.suite else {
        return Ok(unfaulted.is_empty());
    };
    let (crashes, faults) = (campaign.crash_points(), campaign.single_faults());
    println!(
        "crash points: {}, faults at one request: {}",
        crashes.len(),
        faults.len()
    );
    let (crashes, faults) = match suite {
        Suite::Ci { faults: count } => (
            campaign.distinct_crash_points(),
            sample(faults, count, seed),
        ),
        Suite::Nightly => (crashes, faults),
    };
    let mut is_green = unfaulted.is_empty();
    for (name, plans) in [("crash points", crashes), ("faults", faults)] {
        let report = campaign.execute(&plans)?;
        print_report(name, &report, arguments)?;
        is_green &= report.failures.is_empty();
    }
    Ok(is_green)
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

fn print_report(name: &str, report: &Report, arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let files = write_failures(
        &report.failures,
        &arguments.failures.join(name.replace(' ', "-")),
    )?;
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
        "{name}: {} run, {} failures, {} human steps, {:.1} s, seed {}",
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
