//! A growing number of objects in one account: time, memory, and the cost of a restart and of idle operation at each size.

use crate::{
    Outcome,
    environment::{Environment, LEADER_ELECTION, NO_RATE_LIMIT},
    figure::{Case, Figure, number},
    harness::{Harness, Role},
    objects::distributions,
    plot::{self, Point},
    process::{Process, Usage},
};
use std::time::{Duration, Instant};
use tokio::time::sleep;

const LATENCY: Duration = Duration::from_millis(20);

/// The API server needs this long for tens of thousands of objects.
const TIMEOUT: Duration = Duration::from_mins(90);

/// The time between two lists in seconds while idle operation is measured. With more than 10,000 objects a list takes longer than
/// that, so the time grows with the objects.
const PERIOD: usize = 10;

/// The lists during that measurement.
const LISTS: u32 = 6;

/// Sizes before the last one, which is an option.
const SIZES: [usize; 4] = [0, 500, 1_000, 10_000];

/// Adds objects size by size. The null operator only creates them.
pub(crate) async fn measure(harness: &Harness, role: Role) -> Outcome<Vec<Figure>> {
    Environment::release_lease(harness)?;
    let mut environment = Environment::new(harness, "growth", LATENCY).await?;
    let mut figures = vec![];
    let mut points = vec![];
    let mut previous: Option<(usize, Usage)> = None;
    let sizes = SIZES.into_iter().filter(|size| *size < harness.objects);
    for objects in sizes.chain([harness.objects]) {
        let existing = previous.map_or(0, |(existing, _)| existing);
        let (grown, usage) = grow(&mut environment, role, existing, objects).await?;
        figures.extend(grown);
        if let Some((existing, before)) = previous {
            figures.extend(memory_per_object(existing, before, objects, usage));
        }
        if role != Role::NullOperator && objects > 0 {
            let (restarted, point) = restart(&mut environment, role, objects).await?;
            figures.extend(restarted);
            points.push(point);
        }
        previous = Some((objects, usage));
    }
    if let Some(path) = &harness.plot
        && role == Role::Operator
    {
        std::fs::write(path, plot::svg(&points))?;
    }
    Ok(figures)
}

/// Starts a program with the existing objects, and adds objects up to a number. Returns the usage after that.
async fn grow(
    environment: &mut Environment<'_>,
    role: Role,
    existing: usize,
    objects: usize,
) -> Outcome<(Vec<Figure>, Usage)> {
    let flags = [&NO_RATE_LIMIT[..], &[LEADER_ELECTION]].concat();
    let process = environment.start(role, &flags)?;
    sleep(Duration::from_secs(2)).await;
    let idle = until_idle(&process).await?;
    environment.counts().await?;
    let started = Instant::now();
    let new = distributions(existing, objects - existing);
    environment.objects.create(new).await?;
    let applied = started.elapsed().as_secs_f64();
    let ready = environment.objects.until_ready(objects, 1, TIMEOUT).await;
    let ready = ready.map_err(|error| format!("{error}\n{}", process.log_tail()))?;
    sleep(Duration::from_secs(5)).await;
    let settled = process.usage()?;
    let counts = environment.counts().await?;
    process.stop()?;

    let new = objects - existing;
    let mut case = Case::new(format!("{objects} objects, {new} new, 20 ms"));
    if new > 0 {
        case.add("applied", "s", applied);
        case.add("Ready", "s", (ready - started).as_secs_f64());
        case.add("CPU", "s", settled.cpu - idle.cpu);
    }
    case.add("RSS settled", "MiB", settled.resident);
    case.add("RSS peak", "MiB", settled.peak);
    counts.add_to(&mut case);
    Ok((case.into_figures(), settled))
}

fn memory_per_object(few: usize, before: Usage, many: usize, after: Usage) -> Vec<Figure> {
    let bytes = (after.resident - before.resident) * 1024.0 * 1024.0;
    let mut case = Case::new(format!("from {few} to {many} objects"));
    let per_object = bytes / number(many - few);
    case.add("RSS for each object", "bytes", per_object);
    case.into_figures()
}

/// Restarts the operator, and leaves it idle for some lists.
async fn restart(
    environment: &mut Environment<'_>,
    role: Role,
    objects: usize,
) -> Outcome<(Vec<Figure>, Point)> {
    environment.counts().await?;
    let seconds = PERIOD.max(objects / 1_000);
    let period = format!("{seconds}s");
    let flags = [
        &NO_RATE_LIMIT[..],
        &[LEADER_ELECTION, "--resync-period", &period],
    ]
    .concat();
    let process = environment.start(role, &flags)?;
    let started = Instant::now();
    let settled = until_idle(&process).await?;
    let mut case = Case::new(format!("restart with {objects} objects"));
    case.add("idle", "s", started.elapsed().as_secs_f64());
    case.add("CPU", "s", settled.cpu);
    case.add("RSS settled", "MiB", settled.resident);
    case.add("RSS peak", "MiB", settled.peak);
    environment.counts().await?.add_to(&mut case);
    let mut figures = case.into_figures();

    sleep(Duration::from_secs(u64::try_from(seconds)?) * LISTS).await;
    let after = process.usage()?;
    let counts = environment.counts().await?;
    process.stop()?;
    let mut case = Case::new(format!(
        "{objects} objects idle for {LISTS} lists, one every {period}"
    ));
    counts.add_to(&mut case);
    case.count("lists", counts.lists);
    case.add("CPU", "s", after.cpu - settled.cpu);
    case.add("RSS", "MiB", after.resident);
    let calls = number(counts.object_calls + counts.list_calls);
    let calls = calls / number(counts.lists.max(1)) * lists_per_hour(objects);
    case.add("calls per hour by default", "count", calls);
    figures.extend(case.into_figures());
    Ok((figures, Point { objects, calls }))
}

/// Returns how often an hour the operator lists this many objects by default: once in 11 seconds for each page of 100, at most every
/// 55 seconds and at least every ten minutes.
fn lists_per_hour(objects: usize) -> f64 {
    let period = objects.div_ceil(100).saturating_mul(11).clamp(55, 600);
    3_600.0 / number(period)
}

/// Waits until the program uses almost no CPU for a second.
async fn until_idle(process: &Process) -> Outcome<Usage> {
    let started = Instant::now();
    let mut before = process.usage()?;
    while started.elapsed() < TIMEOUT {
        sleep(Duration::from_secs(1)).await;
        let now = process.usage()?;
        if now.cpu - before.cpu < 0.02 {
            return Ok(now);
        }
        before = now;
    }
    Err("the operator did not become idle".into())
}
