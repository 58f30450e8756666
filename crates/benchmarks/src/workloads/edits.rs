//! One edit per second, and more edits than most API servers accept.

use crate::{
    Outcome,
    environment::{Environment, NO_RATE_LIMIT},
    figure::{Case, Figure, number, per},
    harness::{Harness, Role},
    objects::distributions,
    process::Process,
};
use std::time::{Duration, Instant};
use tokio::time::sleep;

const OBJECTS: usize = 500;

/// Number of single edits.
const EDITS: usize = 30;

/// Edits started per second, whether or not the API server keeps up.
const RATE: u32 = 160;

/// How many times each object is edited at that rate.
const ROUNDS: u32 = 10;

const TIMEOUT: Duration = Duration::from_mins(2);

/// Edits some objects one by one, and the others at a high rate.
pub(crate) async fn measure(harness: &Harness, role: Role) -> Outcome<Vec<Figure>> {
    let latency = Duration::from_millis(20);
    let mut environment = Environment::new(harness, "edits", latency).await?;
    let process = environment.start(role, &NO_RATE_LIMIT)?;
    let specs = distributions(0, OBJECTS);
    let names: Vec<String> = specs.iter().map(|(name, _)| name.clone()).collect();
    environment.objects.create(specs).await?;
    environment.objects.until_ready(OBJECTS, 1, TIMEOUT).await?;
    let (few, many) = names.split_at(EDITS);
    let mut figures = edit_singly(&mut environment, &process, few).await?;
    figures.extend(edit_at_rate(&mut environment, process, many).await?);
    Ok(figures)
}

async fn edit_singly(
    environment: &mut Environment<'_>,
    process: &Process,
    names: &[String],
) -> Outcome<Vec<Figure>> {
    environment.counts().await?;
    let before = process.usage()?;
    let mut delays = vec![];
    for name in names {
        delays.push(call_delay(environment, name).await?);
        sleep(Duration::from_millis(900)).await;
    }
    environment.objects.until_ready(EDITS, 2, TIMEOUT).await?;
    let after = process.usage()?;
    let counts = environment.counts().await?;
    delays.sort_unstable();
    let milliseconds = |at: usize| delays[at].as_secs_f64() * 1_000.0;

    let mut case = Case::new("30 edits, one per second, among 500 objects");
    let calls = per(counts.object_calls, EDITS);
    case.add("calls for each edit", "count", calls);
    let writes = per(counts.writes.objects, EDITS);
    case.add("Kubernetes writes for each edit", "count", writes);
    case.count("list calls", counts.list_calls);
    case.add("edit to call, median", "ms", milliseconds(EDITS / 2));
    case.add("edit to call, maximum", "ms", milliseconds(EDITS - 1));
    case.add("CPU", "s", after.cpu - before.cpu);
    Ok(case.into_figures())
}

/// Starts edits at a fixed rate, of each object in turn: first with the operator, then without it.
async fn edit_at_rate(
    environment: &mut Environment<'_>,
    process: Process,
    names: &[String],
) -> Outcome<Vec<Figure>> {
    let edits = u32::try_from(names.len())? * ROUNDS;
    let last_generation = 1 + i64::from(ROUNDS);
    let objects = &environment.objects;
    let before = process.usage()?;
    let started = Instant::now();
    objects.edit_at_rate(names, RATE, edits).await?;
    let accepted = started.elapsed().as_secs_f64();
    let ready = objects.until_ready(names.len(), last_generation, TIMEOUT);
    let ready = (ready.await? - started).as_secs_f64();
    let after = process.usage()?;
    let counts = environment.counts().await?;
    process.stop()?;
    let started = Instant::now();
    let objects = &environment.objects;
    objects.edit_at_rate(names, RATE, edits).await?;
    let alone = started.elapsed().as_secs_f64();

    let edits = f64::from(edits);
    let mut case = Case::new(format!("{RATE} edits/s of 470 objects, no rate limit"));
    case.add("accepted by the API server", "1/s", edits / accepted);
    let without = "accepted without an operator";
    case.add(without, "1/s", edits / alone);
    case.add("Ready", "s", ready);
    let calls = number(counts.object_calls) / edits;
    case.add("calls for each edit", "count", calls);
    let writes = number(counts.writes.objects) / edits;
    case.add("Kubernetes writes for each edit", "count", writes);
    case.count("list calls", counts.list_calls);
    case.count("calls refused", counts.refused);
    case.add("CPU", "s", after.cpu - before.cpu);
    Ok(case.into_figures())
}

/// Edits one object, and returns the time until CloudFront has carried out the update.
async fn call_delay(environment: &Environment<'_>, name: &String) -> Outcome<Duration> {
    let control = environment.simulator.control();
    let last_call = control.journal().last().map_or(0, |call| call.sequence);
    let started = Instant::now();
    let names = std::slice::from_ref(name);
    environment.objects.edit(names, "second").await?;
    while started.elapsed() < TIMEOUT {
        let calls = control.journal_since(last_call);
        if calls
            .iter()
            .any(|call| call.operation == "UpdateDistribution")
        {
            return Ok(started.elapsed());
        }
        sleep(Duration::from_millis(1)).await;
    }
    Err(format!("the edit of {name} did not reach CloudFront").into())
}
