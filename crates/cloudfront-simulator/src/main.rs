//! The simulator program.

use std::{
    io::{self, Write},
    net::SocketAddr,
    path::PathBuf,
    process::ExitCode,
    time::Duration,
};

use clap::Parser;
use cloudfront_simulator::{CONTROL_HELP, Credential, Options, Simulator, parse_duration};
use tokio::signal::unix::{SignalKind, signal};

/// A CloudFront on loopback that says no when CloudFront would.
///
/// Prints, one a line: "api URL", "control URL", and "credential AKID SECRET ACCOUNT" for each key pair. Point a
/// client at it with AWS_ENDPOINT_URL_CLOUDFRONT (and AWS_ENDPOINT_URL_CLOUDFRONT_KEYVALUESTORE, AWS_ENDPOINT_URL_STS)
/// set to the api URL. Stops on SIGTERM and Ctrl-C.
#[derive(Parser)]
#[command(version, after_long_help = CONTROL_HELP)]
struct Arguments {
    /// Where the API listens; port 0 takes any free port.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Where the control port listens; port 0 takes any free port.
    #[arg(long, default_value = "127.0.0.1:0")]
    control: SocketAddr,
    /// From a write to Deployed, and from an invalidation's creation to Completed.
    #[arg(long, default_value = "5s", value_parser = parse_duration)]
    deploy_delay: Duration,
    /// Waited before each API call is looked at.
    #[arg(long, default_value = "0s", value_parser = parse_duration)]
    latency: Duration,
    /// Keeps the state across restarts; written within a second of a change and at the end.
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// A key pair that may sign, and its account (111122223333 if not named); can be repeated. Without any, a pair for
    /// tests is accepted.
    #[arg(long = "credential", value_name = "AKID:SECRET[:ACCOUNT]")]
    credentials: Vec<Credential>,
    /// Repeats all identifiers from run to run.
    #[arg(long)]
    seed: Option<u64>,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cloudfront-simulator: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Box<dyn std::error::Error>> {
    // The handlers are installed before the endpoints are printed, so that a reader of the endpoints can send a signal.
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let simulator = Simulator::start(Options {
        listen: arguments.listen,
        control_listen: arguments.control,
        deploy_delay: arguments.deploy_delay,
        latency: arguments.latency,
        state_file: arguments.state,
        credentials: arguments.credentials,
        id_seed: arguments.seed,
        start_time: None,
    })
    .await?;
    print_endpoints(&simulator)?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

/// Prints the endpoints and the credentials, one per line.
fn print_endpoints(simulator: &Simulator) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "api {}", simulator.endpoint())?;
    writeln!(out, "control {}", simulator.control_endpoint())?;
    for credential in simulator.credentials() {
        writeln!(
            out,
            "credential {} {} {}",
            credential.access_key, credential.secret_key, credential.account
        )?;
    }
    out.flush()
}
