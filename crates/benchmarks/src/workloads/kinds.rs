//! An operator at rest without objects: what the watches and lists of all kinds cost, and those of one kind.

use crate::{
    Outcome,
    environment::{Environment, LEADER_ELECTION},
    figure::{Case, Figure, number},
    harness::{Harness, Role},
};
use std::time::Duration;
use tokio::time::sleep;

/// The flags of each case.
const CASES: [(&str, &[&str]); 2] = [
    ("all kinds, no object", &[LEADER_ELECTION]),
    (
        "kind Distribution, no object",
        &[LEADER_ELECTION, "--kinds", "Distribution"],
    ),
];

/// How long the start is left to settle.
const START: Duration = Duration::from_secs(20);

const IDLE: Duration = Duration::from_mins(2);

/// Measures the memory, the threads and the requests of each case.
pub(crate) async fn measure(harness: &Harness, role: Role) -> Outcome<Vec<Figure>> {
    let mut figures = vec![];
    for (name, flags) in CASES {
        let mut environment = Environment::new(harness, "kinds", Duration::ZERO).await?;
        let process = environment.start(role, flags)?;
        sleep(START).await;
        environment.counts().await?;
        let before = process.usage()?;
        sleep(IDLE).await;
        let after = process.usage()?;
        let counts = environment.counts().await?;
        let per_hour = 3_600.0 / IDLE.as_secs_f64();
        let mut case = Case::new(name);
        case.add("resident memory", "MiB", after.resident);
        case.add("peak memory", "MiB", after.peak);
        case.add("CPU an hour", "s", (after.cpu - before.cpu) * per_hour);
        case.count("threads", process.threads()?);
        let calls = number(counts.object_calls + counts.list_calls);
        case.add("calls an hour", "count", calls * per_hour);
        figures.extend(case.into_figures());
    }
    Ok(figures)
}
