//! Runs the operator locally with a real Kubernetes API server and the CloudFront simulator, all from one executable file.

mod once;
mod playground;
mod table;

use clap::{Parser, Subcommand};
use cloudfront_operator::operator::{Cli, execute};
use playground::{Error, Playground};
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
    program: Option<Program>,
}

/// The programs that the playground starts from its own executable file.
#[derive(Subcommand)]
enum Program {
    /// The operator itself, with its own command line
    #[command(hide = true)]
    Operator(Cli),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if let Some(Program::Operator(cli)) = arguments.program {
        return execute(cli);
    }
    match run(arguments.once, arguments.deploy_delay) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("playground: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(once: bool, deploy_delay: Duration) -> Result<(), Error> {
    let playground = Playground::start(deploy_delay)?;
    if once {
        return once::run(&playground);
    }
    playground.print_instructions();
    playground.apply_examples()?;
    table::print_changes_until_ctrl_c(&playground)
}
