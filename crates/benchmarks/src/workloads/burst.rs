//! Many objects at once.

use super::Load;
use crate::{
    Outcome,
    environment::{DEPLOYMENT_DELAY, Environment, minimum_seconds},
    figure::{Case, Figure},
    harness::{Harness, Role},
    objects::distributions,
    process::{Process, Usage},
};
use jiff::Timestamp;
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// The loads within the default rate limit.
pub(crate) const LIMITED_LOADS: [Load; 2] = [
    Load {
        objects: 50,
        latency: 0,
    },
    Load {
        objects: 500,
        latency: 300,
    },
];

const TIMEOUT: Duration = Duration::from_mins(10);

/// Lets the watches start before the first object is created.
const START_UP: Duration = Duration::from_secs(2);

/// After this time memory and CPU no longer change.
const SETTLING: Duration = Duration::from_secs(5);

/// Seconds from the first apply.
struct Times {
    ready: f64,
    applied: f64,
}

/// Creates the objects of one load and waits until they are ready. Without flags the default rate limit applies.
pub(crate) async fn measure(
    harness: &Harness,
    role: Role,
    load: Load,
    flags: &[&str],
) -> Outcome<Vec<Figure>> {
    let mut environment = Environment::new(harness, "burst", load.latency()).await?;
    let process = environment.start(role, flags)?;
    sleep(START_UP).await;
    environment.counts().await?;
    let before = process.usage()?;
    let times = create(&environment, &process, load.objects).await?;
    let after = process.usage()?;
    let creating = creating_seconds(&environment)?;
    let counts = environment.counts().await?;
    sleep(SETTLING).await;
    let settled = process.usage()?;

    let limit = if flags.is_empty() {
        "2 writes/s"
    } else {
        "no rate limit"
    };
    let mut case = Case::new(format!(
        "{} at once, {} ms, {limit}",
        load.objects, load.latency
    ));
    case.add("applied", "s", times.applied);
    case.add("Ready", "s", times.ready);
    add_own_time(&mut case, role, times.ready);
    add_usage(&mut case, before, after, settled);
    counts.add_to(&mut case);
    case.add("first to last create call", "s", creating);
    if flags.is_empty() {
        let used = minimum_seconds(load.objects) / creating * 100.0;
        case.add("rate limit used", "%", used);
    }
    Ok(case.into_figures())
}

async fn create(environment: &Environment<'_>, process: &Process, count: usize) -> Outcome<Times> {
    let started = Instant::now();
    let objects = &environment.objects;
    objects.create(distributions(0, count)).await?;
    let applied = started.elapsed().as_secs_f64();
    let ready = objects.until_ready(count, 1, TIMEOUT).await;
    let ready = ready.map_err(|error| format!("{error}\n{}", process.log_tail()))?;
    let ready = (ready - started).as_secs_f64();
    Ok(Times { ready, applied })
}

/// The null operator does not wait for a deployment, so this is the time that compares with it.
fn add_own_time(case: &mut Case, role: Role, ready: f64) {
    let waiting = match role {
        Role::Operator | Role::OtherBuild => DEPLOYMENT_DELAY.as_secs_f64(),
        Role::NullOperator => 0.0,
    };
    case.add("Ready, without the deployment delay", "s", ready - waiting);
}

fn add_usage(case: &mut Case, before: Usage, after: Usage, settled: Usage) {
    case.add("CPU", "s", after.cpu - before.cpu);
    case.add("RSS before", "MiB", before.resident);
    case.add("RSS settled", "MiB", settled.resident);
    case.add("RSS peak", "MiB", settled.peak);
}

/// Seconds between the first create call and the last.
fn creating_seconds(environment: &Environment) -> Outcome<f64> {
    let calls = environment.simulator.control().journal();
    let creates = calls
        .iter()
        .filter(|call| call.operation.starts_with("Create"));
    let times: Vec<Timestamp> = creates
        .map(|call| call.time.parse())
        .collect::<Result<_, _>>()?;
    let (first, last) = (times.iter().min(), times.iter().max());
    let (first, last) = first.zip(last).ok_or("nothing was created")?;
    Ok(last.duration_since(*first).as_secs_f64())
}
