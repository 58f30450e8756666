//! Invalidations of several distributions.

use crate::{
    Outcome,
    environment::{Environment, NO_RATE_LIMIT},
    figure::{Case, Figure, per},
    harness::{Harness, Role},
    objects::{Objects, distributions},
};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const DISTRIBUTIONS: usize = 50;
const INVALIDATIONS: usize = 1_000;
const TIMEOUT: Duration = Duration::from_mins(5);

/// Creates 1,000 invalidations at once and waits until they are complete.
pub(crate) async fn measure(harness: &Harness, role: Role) -> Outcome<Vec<Figure>> {
    let latency = Duration::from_millis(20);
    let mut environment = Environment::new(harness, "purge", latency).await?;
    let process = environment.start(role, &NO_RATE_LIMIT)?;
    let sites = &environment.objects;
    sites.create(distributions(0, DISTRIBUTIONS)).await?;
    sites.until_ready(DISTRIBUTIONS, 1, TIMEOUT).await?;
    let objects = Objects::invalidations(harness.kube.clone(), &environment.namespace);
    environment.counts().await?;
    let before = process.usage()?;
    let started = Instant::now();
    let specs = (0..INVALIDATIONS).map(invalidation).collect();
    objects.create(specs).await?;
    let complete = objects.until_ready(INVALIDATIONS, 1, TIMEOUT).await?;
    let after = process.usage()?;
    let counts = environment.counts().await?;

    let mut case = Case::new("1,000 at once of 50 distributions, no rate limit");
    let seconds = (complete - started).as_secs_f64();
    case.add("complete (CloudFront takes 5 s)", "s", seconds);
    let calls = per(counts.object_calls, INVALIDATIONS);
    case.add("calls for each object", "count", calls);
    let writes = per(counts.writes.objects, INVALIDATIONS);
    case.add("Kubernetes writes for each object", "count", writes);
    case.count("list calls", counts.list_calls);
    case.count("calls refused", counts.refused);
    case.add("CPU", "s", after.cpu - before.cpu);
    Ok(case.into_figures())
}

fn invalidation(number: usize) -> (String, Value) {
    let site = format!("site-{}", number % DISTRIBUTIONS);
    let path = format!("/release-{number}");
    let spec = json!({"distributionRef": {"name": site}, "paths": [path]});
    (format!("release-{number}"), spec)
}
