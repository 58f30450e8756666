//! Measures what the operator costs: calls to CloudFront, writes to Kubernetes, time, CPU and memory.
//!
//! The shipped binary runs between a real API server and the CloudFront simulator. The simulator's journal counts calls, the API
//! server's audit log counts writes, and the kernel measures CPU and memory. Each workload runs in turn with a second program, which is
//! an operator without logic or, with `--compare`, another build of the operator. Results are not asserted: docs/benchmarks.md reports
//! them.

mod arguments;
mod audit_log;
mod environment;
mod figure;
mod harness;
mod machine;
mod plot;
mod ratio;
mod report;
mod table;
mod workloads;

use arguments::Arguments;
use benchmarks::{Outcome, objects, process};
use clap::Parser;
use harness::Harness;
use report::Report;

#[tokio::main]
async fn main() -> Outcome<()> {
    let arguments = Arguments::parse();
    let workloads = arguments.workloads();
    let harness = Harness::new(&arguments).await?;
    let mut report = Report::new(&harness, &arguments)?;
    for workload in workloads {
        workload.run(&harness, &mut report).await?;
    }
    Ok(())
}
