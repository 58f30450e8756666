//! `cargo run -p campaign -- ci`: runs the campaigns, prints what they covered, and fails if something went wrong.

mod dashboard;
mod programs;
mod real_servers;
mod suite;

use self::{
    dashboard::Dashboard,
    suite::{Session, Suite, print_failure},
};
use campaign::{Campaign, Plan, Side, scenarios};
use clap::Parser;
use std::{error::Error, path::PathBuf, process::ExitCode, time::Instant};

/// Tests the operator in process, on simulated time, with a fault at each of its requests.
#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    suite: Option<Suite>,
    /// Runs one plan from a file, and prints its history.
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,
    /// Runs the campaigns on the real servers with this program. With `weekly`, the other campaigns too.
    #[arg(long, value_name = "FILE")]
    operator: Option<PathBuf>,
    /// The seed of all random delays and samples.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Runs only the scenarios whose names contain this text.
    #[arg(long, default_value = "")]
    scenario: String,
    /// The folder for plans that fail.
    #[arg(long, default_value = "target/campaign")]
    failures: PathBuf,
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
    selected.retain(|it| it.name.contains(&arguments.scenario));
    let begun = Instant::now();
    let campaign = Campaign::prepare(selected, seed)?;
    if let Some(plan) = plan {
        return replay(&campaign, &plan);
    }
    print_traces(&campaign, begun);
    let mut session = Session {
        campaign,
        arguments,
        dashboard: Dashboard::default(),
    };
    for failure in session.campaign.check_traces() {
        println!("FAILED without faults");
        print_failure(&failure);
        session.dashboard.fail();
    }
    match arguments.suite {
        Some(suite) => session.run(suite)?,
        None if arguments.operator.is_some() => session.real_servers()?,
        None => {}
    }
    Ok(session.dashboard.print())
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
