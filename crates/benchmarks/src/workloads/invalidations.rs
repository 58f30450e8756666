//! Invalidations over several distributions.

use crate::{
    Outcome,
    bench::Bench,
    objects::{Objects, distributions},
    report::{each, row},
    stage::{NO_BUDGET, Stage, Who},
};
use serde_json::json;
use std::time::{Duration, Instant};

const DISTRIBUTIONS: usize = 50;
const INVALIDATIONS: usize = 1_000;
const PATIENCE: Duration = Duration::from_mins(5);

pub(crate) async fn run(bench: &Bench) -> Outcome<()> {
    let mut stage = Stage::new(bench, "purge", Duration::from_millis(20)).await?;
    let process = stage.start(Who::Operator, &NO_BUDGET)?;
    stage
        .objects
        .create(distributions(0, DISTRIBUTIONS))
        .await?;
    stage
        .objects
        .until_ready(DISTRIBUTIONS, 1, PATIENCE)
        .await?;
    let all = Objects::invalidations(bench.kube.clone(), &stage.namespace);
    stage.counts().await?;
    let before = process.usage()?;
    let begun = Instant::now();
    let one = |n| {
        let site = format!("site-{}", n % DISTRIBUTIONS);
        let spec = json!({"distributionRef": {"name": site}, "paths": [format!("/release-{n}")]});
        (format!("release-{n}"), spec)
    };
    all.create((0..INVALIDATIONS).map(one).collect()).await?;
    let ready = all.until_ready(INVALIDATIONS, 1, PATIENCE).await?;
    let after = process.usage()?;
    let counts = stage.counts().await?;
    let text = format!(
        "complete in {:.1} s, of which CloudFront takes 5 s; {:.2} calls and {:.2} writes for each, {} list calls, {} refused, {:.2} CPU s",
        (ready - begun).as_secs_f64(),
        each(counts.own, INVALIDATIONS),
        each(counts.writes.objects, INVALIDATIONS),
        counts.lists,
        counts.refused,
        after.cpu - before.cpu
    );
    row(
        "invalidations",
        "1,000 at once over 50 distributions, no budget",
        &text,
        None,
    );
    Ok(())
}
