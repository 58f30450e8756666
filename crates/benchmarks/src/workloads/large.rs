//! Objects of almost the maximum size beside many of the usual size: the memory of the operator.

use crate::{
    Outcome,
    environment::{Environment, LEADER_ELECTION, NO_RATE_LIMIT},
    figure::{Case, Figure},
    harness::{Harness, Role},
    objects::{LARGE, LARGE_BYTES, SMALL, distributions, large_distributions},
    process::{Process, Usage},
};
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// The API server needs this long for that many objects.
const TIMEOUT: Duration = Duration::from_mins(60);

/// How long the operator has to be idle: large objects are reconciled a few at a time, with pauses of about a second.
const IDLE_SECONDS: u32 = 10;

/// Creates the small objects with the operator, the large ones without it, and restarts it twice.
pub(crate) async fn measure(harness: &Harness, role: Role) -> Outcome<Vec<Figure>> {
    Environment::release_lease(harness)?;
    let environment = Environment::new(harness, "large", Duration::from_millis(20)).await?;
    let flags = [&NO_RATE_LIMIT[..], &[LEADER_ELECTION]].concat();
    // CloudFront raises this quota on request. By default it is 100.
    let control = environment.simulator.control();
    control.set_quota(None, "TooManyOrigins", 250)?;
    let process = environment.start(role, &flags)?;
    environment.objects.create(distributions(0, SMALL)).await?;
    environment.objects.until_ready(SMALL, 1, TIMEOUT).await?;
    process.stop()?;
    environment
        .objects
        .create(large_distributions(LARGE, LARGE_BYTES))
        .await?;
    let mut figures = vec![];
    for start in ["first start with them", "restart"] {
        let process = environment.start(role, &flags)?;
        // Without this, objects that CloudFront refuses would be measured.
        let objects = &environment.objects;
        objects.until_ready(SMALL + LARGE, 1, TIMEOUT).await?;
        let usage = until_idle(&process).await?;
        process.stop()?;
        let mut case = Case::new(format!(
            "{LARGE} objects of 1.4 MB of random text beside {SMALL} small ones, {start}"
        ));
        case.add("RSS settled", "MiB", usage.resident);
        case.add("RSS peak", "MiB", usage.peak);
        case.add("CPU", "s", usage.cpu);
        figures.extend(case.into_figures());
    }
    Ok(figures)
}

/// Waits until the program uses almost no CPU for some seconds.
async fn until_idle(process: &Process) -> Outcome<Usage> {
    let started = Instant::now();
    let mut before = process.usage()?;
    let mut idle = 0;
    while started.elapsed() < TIMEOUT {
        sleep(Duration::from_secs(1)).await;
        let now = process.usage()?;
        idle = if now.cpu - before.cpu < 0.02 {
            idle + 1
        } else {
            0
        };
        if idle >= IDLE_SECONDS {
            return Ok(now);
        }
        before = now;
    }
    Err("the operator did not become idle".into())
}
