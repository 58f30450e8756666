//! Many edits at two writes per second, limited by the operator or by CloudFront.

use crate::{
    Outcome,
    environment::{Environment, NO_RATE_LIMIT, minimum_seconds},
    figure::{Case, Figure, per},
    harness::{Harness, Role},
    objects::distributions,
};
use std::time::{Duration, Instant};

const OBJECTS: usize = 1_000;
const TIMEOUT: Duration = Duration::from_mins(40);

/// Calls per second that CloudFront accepts. 0 is unlimited: the operator's own rate limit applies.
const LIMITS: [f64; 2] = [0.0, 2.0];

/// Edits all objects at once, under each limit.
pub(crate) async fn measure(harness: &Harness, role: Role) -> Outcome<Vec<Figure>> {
    let mut figures = vec![];
    for limit in LIMITS {
        figures.extend(edit(harness, role, limit).await?);
    }
    Ok(figures)
}

async fn edit(harness: &Harness, role: Role, limit: f64) -> Outcome<Vec<Figure>> {
    let latency = Duration::from_millis(20);
    let mut environment = Environment::new(harness, "throttle", latency).await?;
    let names = create(&environment, role).await?;
    let _process = environment.start(role, &[])?;
    tokio::time::sleep(Duration::from_secs(3)).await;
    environment.counts().await?;
    let control = environment.simulator.control();
    control.change_settings(|settings| settings.rate_limit = limit);
    let started = Instant::now();
    environment.objects.edit(&names, "second").await?;
    let ready = environment.objects.until_ready(OBJECTS, 2, TIMEOUT).await?;
    let seconds = (ready - started).as_secs_f64();
    let counts = environment.counts().await?;
    let calls = counts.object_calls + counts.list_calls;

    let mut case = Case::new(if limit > 0.0 {
        format!("{OBJECTS} edits, CloudFront accepts {limit} calls/s, reads included")
    } else {
        format!("{OBJECTS} edits, the operator makes 2 writes/s")
    });
    case.add("Ready", "s", seconds);
    let used = 100.0 * minimum_seconds(OBJECTS) / seconds;
    case.add("rate limit used", "%", used);
    counts.add_to(&mut case);
    case.count("calls throttled", counts.throttled);
    let accepted = 100.0 * per(calls - counts.throttled, calls);
    case.add("calls not throttled", "%", accepted);
    Ok(case.into_figures())
}

/// Creates the objects without a rate limit, and returns their names.
async fn create(environment: &Environment<'_>, role: Role) -> Outcome<Vec<String>> {
    let specs = distributions(0, OBJECTS);
    let names = specs.iter().map(|(name, _)| name.clone()).collect();
    let process = environment.start(role, &NO_RATE_LIMIT)?;
    environment.objects.create(specs).await?;
    environment.objects.until_ready(OBJECTS, 1, TIMEOUT).await?;
    process.stop()?;
    Ok(names)
}
