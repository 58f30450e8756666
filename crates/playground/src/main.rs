//! Runs the operator locally with a real Kubernetes API server and the CloudFront simulator, all from one executable file.

mod once;
mod playground;
mod table;

use clap::{Parser, Subcommand};
use cloudfront_operator::operator::{Cli, execute};
use cluster::{DownloadOptions, run_program};
use playground::{Error, Playground};
use std::{process::ExitCode, time::Duration};

/// Runs a Kubernetes API server, a CloudFront simulator and the operator locally, and applies the manifests in examples/.
///
/// Prints `kubectl get cloudfront --all-namespaces` after each change, until Ctrl-C.
/// No AWS account is needed.
///
/// The control plane (etcd, kube-apiserver and kubectl) comes from the first source that
/// has it:
///   1. the directory in KUBEBUILDER_ASSETS
///   2. a directory on PATH
///   3. the cache, which keeps the results of 4 and 5
///   4. a download of about 70 MB, usually in a minute
///   5. a build with Go 1.26 or newer, in about ten minutes on two cores
///
/// The cache is ~/.cache/cloudfront-operator, or cloudfront-operator in XDG_CACHE_HOME.
/// All other files are in one temporary directory, which is removed at the end.
///
/// Exit codes: 0 on success, 1 after an error, 2 after a wrong option, 130 after SIGINT
/// (Ctrl-C), 143 after SIGTERM. All other programs end before the playground does.
#[derive(Parser)]
#[command(version, verbatim_doc_comment)]
struct Arguments {
    /// Show one scenario and exit: apply the examples, edit one, correct a drift, delete all, and check that nothing is left
    #[arg(long)]
    once: bool,

    /// How long the simulated CloudFront takes to deploy a change: 500ms, 5s, 2m. The real one takes minutes
    #[arg(long, default_value = "2s", value_parser = cloudfront_simulator::parse_duration, value_name = "TIME")]
    deploy_delay: Duration,

    #[command(flatten)]
    download: DownloadOptions,

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
    let mut arguments = Arguments::parse();
    match arguments.program.take() {
        Some(Program::Operator(cli)) => execute(cli),
        None => run_program("playground", move || run(&arguments)),
    }
}

fn run(arguments: &Arguments) -> Result<(), Error> {
    let playground = Playground::start(&arguments.download, arguments.deploy_delay)?;
    if arguments.once {
        return once::run(&playground);
    }
    playground.print_instructions();
    playground.apply_examples()?;
    table::print_changes(&playground)
}
