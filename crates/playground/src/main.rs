//! The operator on a laptop: a real Kubernetes API, a CloudFront that behaves, and the operator between them, from one binary.

mod once;
mod playground;
mod table;

use clap::{Parser, Subcommand};
use cloudfront_operator::operator::{execute, options::Cli};
use playground::{Parts, Trouble};
use std::{process::ExitCode, time::Duration};

/// Starts a Kubernetes API server, a CloudFront simulator and the operator, applies examples/, and shows what becomes of them until
/// Ctrl-C. No AWS account is needed, and nothing is left behind.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Do without a person: wait until every example is ready, edit one, repair a drift, delete all, and check that nothing is left
    #[arg(long)]
    once: bool,

    /// How long the simulated CloudFront takes to deploy a change: 5s, 2m
    #[arg(long, default_value = "5s", value_parser = cloudfront_simulator::parse_duration, value_name = "TIME")]
    deploy_delay: Duration,

    #[command(subcommand)]
    part: Option<Part>,
}

/// What this binary starts itself as.
#[derive(Subcommand)]
enum Part {
    /// The operator itself, with its own command line
    #[command(hide = true)]
    Operator(Cli),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if let Some(Part::Operator(cli)) = arguments.part {
        return execute(cli);
    }
    match play(arguments.once, arguments.deploy_delay) {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            eprintln!("playground: {trouble}");
            ExitCode::FAILURE
        }
    }
}

fn play(once: bool, deploy_delay: Duration) -> Result<(), Trouble> {
    let parts = Parts::start(deploy_delay)?;
    if once {
        return once::run(&parts);
    }
    parts.introduce();
    parts.apply_examples()?;
    table::show_until_ctrl_c(&parts)
}
