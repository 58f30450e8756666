//! One distribution in a hundred is changed in CloudFront, with the intervals that are the defaults.

use crate::{
    Outcome,
    environment::{Environment, NO_RATE_LIMIT},
    figure::{Case, Figure, number},
    harness::{Harness, Role},
    objects::distributions,
};
use cloudfront_simulator::Edit;
use std::time::{Duration, Instant};
use tokio::time::sleep;

const OBJECTS: usize = 500;
const ROUNDS: usize = 3;
const TIMEOUT: Duration = Duration::from_mins(2);

/// How long the calls without changes are counted.
const IDLE: Duration = Duration::from_mins(5);

/// Changes distributions in three rounds, then counts the calls without changes.
pub(crate) async fn measure(harness: &Harness, role: Role) -> Outcome<Vec<Figure>> {
    let latency = Duration::from_millis(20);
    let mut environment = Environment::new(harness, "drift", latency).await?;
    let _process = environment.start(role, &NO_RATE_LIMIT)?;
    let objects = &environment.objects;
    objects.create(distributions(0, OBJECTS)).await?;
    objects.until_ready(OBJECTS, 1, TIMEOUT).await?;
    let creates = environment.calls();
    let ids: Vec<String> = creates.into_iter().filter_map(|call| call.id).collect();
    let mut case = Case::new("5 of 500 changed at once");
    for round in 0..ROUNDS {
        sleep(Duration::from_secs(10)).await;
        environment.counts().await?;
        let changed: Vec<&String> = ids.iter().skip(round).step_by(100).take(5).collect();
        let seconds = correction_seconds(&environment, &changed).await?;
        case.add(format!("corrected, round {}", round + 1), "s", seconds);
    }
    // Those of the last round.
    environment.counts().await?.add_to(&mut case);
    let mut figures = case.into_figures();
    figures.extend(idle(&mut environment).await?);
    Ok(figures)
}

/// The calls that detecting drift within a minute takes.
async fn idle(environment: &mut Environment<'_>) -> Outcome<Vec<Figure>> {
    // The last corrections are deployed by then.
    sleep(Duration::from_secs(15)).await;
    environment.counts().await?;
    let started = Instant::now();
    sleep(IDLE).await;
    let hours = started.elapsed().as_secs_f64() / 3600.0;
    let counts = environment.counts().await?;
    let mut case = Case::new("500 idle for 5 min");
    counts.add_to(&mut case);
    case.count("lists", counts.lists);
    let calls = number(counts.object_calls + counts.list_calls);
    case.add("calls per hour", "count", calls / hours);
    Ok(case.into_figures())
}

/// Changes distributions, and returns the seconds until the last of them is updated.
async fn correction_seconds(environment: &Environment<'_>, ids: &[&String]) -> Outcome<f64> {
    let control = environment.simulator.control();
    let last_call = control.journal().last().map_or(0, |call| call.sequence);
    for id in ids {
        let edit = Edit::Set {
            path: "Comment".into(),
            value: "changed outside of the operator".into(),
        };
        control.edit(id, edit)?;
    }
    let started = Instant::now();
    while started.elapsed() < TIMEOUT {
        let calls = control.journal_since(last_call);
        let updates = calls
            .iter()
            .filter(|call| call.operation == "UpdateDistribution" && call.committed);
        if updates.count() >= ids.len() {
            return Ok(started.elapsed().as_secs_f64());
        }
        sleep(Duration::from_millis(50)).await;
    }
    Err("the drift was not corrected".into())
}
