//! Calls and writes for each distribution in each phase of its life.

use crate::{
    Outcome,
    environment::{Counts, Environment, NO_RATE_LIMIT},
    figure::{Case, Figure, per},
    harness::{Harness, Role},
    objects::distributions,
};
use std::time::Duration;
use tokio::time::sleep;

const OBJECTS: usize = 20;
const TIMEOUT: Duration = Duration::from_mins(2);

/// Ten minutes by default. The idle phase has three of these intervals.
const RESYNC: &str = "10s";
const IDLE: Duration = Duration::from_secs(30);

/// Takes 20 distributions through all phases. Half of them are deleted after a restart, before which nothing has been read.
pub(crate) async fn measure(harness: &Harness, role: Role) -> Outcome<Vec<Figure>> {
    let mut environment = Environment::new(harness, "phases", Duration::ZERO).await?;
    let flags = [&NO_RATE_LIMIT[..], &["--resync-period", RESYNC]].concat();
    let process = environment.start(role, &flags)?;
    let specs = distributions(0, OBJECTS);
    let names: Vec<String> = specs.iter().map(|(name, _)| name.clone()).collect();
    let mut figures = vec![];

    environment.objects.create(specs).await?;
    environment.objects.until_ready(OBJECTS, 1, TIMEOUT).await?;
    figures.extend(phase("create", OBJECTS, &environment.counts().await?));
    environment.objects.edit(&names, "second").await?;
    environment.objects.until_ready(OBJECTS, 2, TIMEOUT).await?;
    figures.extend(phase("edit", OBJECTS, &environment.counts().await?));
    sleep(IDLE).await;
    let idle = "idle for 30 s, resync every 10 s";
    figures.extend(phase(idle, OBJECTS, &environment.counts().await?));
    let (early, late) = names.split_at(OBJECTS / 2);
    delete(&environment, early, late.len()).await?;
    figures.extend(phase("delete", early.len(), &environment.counts().await?));
    process.stop()?;
    environment.counts().await?;
    let _process = environment.start(role, &flags)?;
    sleep(Duration::from_secs(5)).await;
    figures.extend(phase("restart", late.len(), &environment.counts().await?));
    delete(&environment, late, 0).await?;
    let last = "delete, first write after a restart";
    figures.extend(phase(last, late.len(), &environment.counts().await?));
    Ok(figures)
}

/// Deletes objects and waits until only the given number remains.
async fn delete(environment: &Environment<'_>, names: &[String], remaining: usize) -> Outcome<()> {
    environment.objects.delete(names).await?;
    let objects = &environment.objects;
    objects.until_remaining(remaining, TIMEOUT).await
}

fn phase(name: &str, objects: usize, counts: &Counts) -> Vec<Figure> {
    let writes = counts.writes;
    let mut case = Case::new(name);
    let calls = per(counts.object_calls, objects);
    case.add("calls for each object", "count", calls);
    let per_object = per(writes.objects, objects);
    case.add("Kubernetes writes for each object", "count", per_object);
    let events = per(writes.events, objects);
    case.add("events for each object", "count", events);
    case.count("list calls", counts.list_calls);
    for (operation, calls) in &counts.operations {
        case.count(operation, *calls);
    }
    case.into_figures()
}
