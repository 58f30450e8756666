//! The time that a deletion takes when the response to the request that deletes the distribution is lost, with the default settings.

use crate::{
    Outcome,
    environment::Environment,
    figure::{Case, Figure},
    harness::{Harness, Role},
    objects::tagged_distributions,
};
use cloudfront_simulator::{Fault, FaultMode};
use std::time::{Duration, Instant};
use tokio::time::sleep;

const TIMEOUT: Duration = Duration::from_mins(5);
const OPERATION: &str = "DeleteDistribution";

/// Loses the response once by a connection that is reset, and once by a SIGKILL before the response arrives.
pub(crate) async fn measure(harness: &Harness, role: Role) -> Outcome<Vec<Figure>> {
    let mut figures = vec![];
    for (name, mode) in [
        ("the connection is reset", FaultMode::ResetAfterCommit),
        ("the operator is killed, and starts again", FaultMode::Hold),
    ] {
        let is_killed = mode == FaultMode::Hold;
        let environment = Environment::new(harness, "deletion", Duration::from_millis(20)).await?;
        let mut process = environment.start(role, &[])?;
        let specs = tagged_distributions(1);
        let names: Vec<String> = specs.iter().map(|(name, _)| name.clone()).collect();
        environment.objects.create(specs).await?;
        environment.objects.until_ready(1, 1, TIMEOUT).await?;
        environment
            .simulator
            .control()
            .inject(Fault::on(OPERATION, mode));
        environment.objects.delete(&names).await?;
        until_executed(&environment).await?;
        let started = Instant::now();
        if is_killed {
            process.end("KILL")?;
            process = environment.start(role, &[])?;
        }
        environment.objects.until_remaining(0, TIMEOUT).await?;
        let mut case = Case::new(format!("the response of {OPERATION} is lost: {name}"));
        let seconds = started.elapsed().as_secs_f64();
        case.add("CloudFront's deletion to the object's end", "s", seconds);
        figures.extend(case.into_figures());
        process.stop()?;
    }
    Ok(figures)
}

/// Waits until CloudFront has deleted the distribution.
async fn until_executed(environment: &Environment<'_>) -> Outcome<()> {
    let started = Instant::now();
    while started.elapsed() < TIMEOUT {
        let calls = environment.simulator.control().journal_since(0);
        if calls.iter().any(|call| call.operation == OPERATION) {
            return Ok(());
        }
        sleep(Duration::from_millis(5)).await;
    }
    Err(format!("the operator does not send {OPERATION}").into())
}
