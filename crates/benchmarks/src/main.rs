//! What the operator costs: calls to CloudFront, writes to Kubernetes, time, CPU and memory.
//!
//! A real API server and the simulated CloudFront stand on either side of the shipped binary. Calls are counted by the
//! simulator's journal, writes by the API server's audit log, CPU and memory by the kernel; where it makes sense, an operator
//! without logic does the same work in turn, for comparison. Nothing here is a test: docs/benchmarks.md tells what came out.

mod audit;
mod bench;
mod objects;
mod plot;
mod process;
mod report;
mod stage;
mod workloads;

use bench::Bench;
use clap::Parser;
use std::{error::Error, path::PathBuf};
use workloads::Workload;

/// What went well, or why a benchmark could not go on.
type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Measures the operator, and prints a row of Markdown for each figure.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// What to measure; all of it unless named
    #[arg(value_enum)]
    workloads: Vec<Workload>,

    /// How many objects `growth` ends with
    #[arg(long, default_value_t = 10_000, value_name = "N")]
    objects: usize,

    /// Where `growth` draws calls per hour against the number of objects
    #[arg(long, value_name = "FILE")]
    plot: Option<PathBuf>,

    /// The operator to measure, instead of one built as its image ships it
    #[arg(long, value_name = "FILE")]
    operator: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> Outcome<()> {
    let arguments = Arguments::parse();
    let bench = Bench::new(arguments.objects, arguments.plot, arguments.operator).await?;
    let workloads = if arguments.workloads.is_empty() {
        Workload::all()
    } else {
        arguments.workloads
    };
    report::head();
    for workload in workloads {
        workload.run(&bench).await?;
    }
    Ok(())
}
