//! Calls and writes for each distribution in each phase of its life.

use crate::{
    Outcome,
    bench::Bench,
    objects::distributions,
    report::{each, row},
    stage::{Counts, NO_BUDGET, Stage, Who},
};
use std::time::Duration;
use tokio::time::sleep;

const OBJECTS: usize = 20;
const PATIENCE: Duration = Duration::from_mins(2);

/// Shortened from ten minutes, so that all is compared three times in the rest.
const RESYNC: &str = "10s";
const REST: Duration = Duration::from_secs(30);

pub(crate) async fn run(bench: &Bench) -> Outcome<()> {
    let mut stage = Stage::new(bench, "phases", Duration::ZERO).await?;
    let flags = [&NO_BUDGET[..], &["--resync-interval", RESYNC]].concat();
    let process = stage.start(Who::Operator, &flags)?;
    let specs = distributions(0, OBJECTS);
    let names: Vec<String> = specs.iter().map(|(name, _)| name.clone()).collect();

    stage.objects.create(specs).await?;
    stage.objects.until_ready(OBJECTS, 1, PATIENCE).await?;
    tell("create", OBJECTS, &stage.counts().await?);
    stage.objects.edit(&names, "second").await?;
    stage.objects.until_ready(OBJECTS, 2, PATIENCE).await?;
    tell("edit", OBJECTS, &stage.counts().await?);
    sleep(REST).await;
    let rest = "rest of 30 s, compared every 10 s";
    tell(rest, OBJECTS, &stage.counts().await?);
    let (early, late) = names.split_at(OBJECTS / 2);
    stage.objects.delete(early).await?;
    stage.objects.until_left(late.len(), PATIENCE).await?;
    tell("delete", early.len(), &stage.counts().await?);
    process.stop()?;
    stage.counts().await?;
    let _process = stage.start(Who::Operator, &flags)?;
    sleep(Duration::from_secs(5)).await;
    tell("restart", late.len(), &stage.counts().await?);
    stage.objects.delete(late).await?;
    stage.objects.until_left(0, PATIENCE).await?;
    let delete = "delete, first write after a restart";
    tell(delete, late.len(), &stage.counts().await?);
    Ok(())
}

fn tell(phase: &str, objects: usize, counts: &Counts) {
    let Counts { own, writes, .. } = counts;
    let text = format!(
        "{:.2} calls and {:.2} Kubernetes writes for each ({:.2} events apart); all calls: {:?}",
        each(*own, objects),
        each(writes.objects, objects),
        each(writes.events, objects),
        counts.operations,
    );
    row("phases", phase, &text, None);
}
