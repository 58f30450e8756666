//! One edit a second, and as many as the API server takes.

use crate::{
    Outcome,
    bench::Bench,
    objects::distributions,
    process::Process,
    report::{each, row},
    stage::{DEPLOY, NO_BUDGET, Stage, Who},
};
use std::time::{Duration, Instant};
use tokio::time::sleep;

const OBJECTS: usize = 500;
const EDITS: usize = 30;
const PATIENCE: Duration = Duration::from_mins(2);

pub(crate) async fn run(bench: &Bench) -> Outcome<()> {
    let mut stage = Stage::new(bench, "edits", Duration::from_millis(20)).await?;
    let process = stage.start(Who::Operator, &NO_BUDGET)?;
    let specs = distributions(0, OBJECTS);
    let names: Vec<String> = specs.iter().map(|(name, _)| name.clone()).collect();
    stage.objects.create(specs).await?;
    stage.objects.until_ready(OBJECTS, 1, PATIENCE).await?;
    stage.counts().await?;
    let before = process.usage()?;
    let mut delays = vec![];
    for name in &names[..EDITS] {
        delays.push(call_after(&stage, name).await?);
        sleep(Duration::from_millis(900)).await;
    }
    stage.objects.until_ready(EDITS, 2, PATIENCE).await?;
    let after = process.usage()?;
    let counts = stage.counts().await?;
    delays.sort_unstable();
    let text = format!(
        "{:.2} calls and {:.2} writes for each edit, {} list calls; edit to call p50 {:?}, max {:?}, of which CloudFront's latency 20 ms; {:.2} CPU s (deploys in {} s)",
        each(counts.own, EDITS),
        each(counts.writes.objects, EDITS),
        counts.lists,
        delays[EDITS / 2],
        delays[EDITS - 1],
        after.cpu - before.cpu,
        DEPLOY.as_secs()
    );
    row("edits", "30 edits, one a second, among 500", &text, None);
    all_at_once(&mut stage, &process, &names[EDITS..]).await
}

/// Edits these as fast as the API server takes it.
async fn all_at_once(stage: &mut Stage, process: &Process, names: &[String]) -> Outcome<()> {
    let before = process.usage()?;
    let begun = Instant::now();
    stage.objects.edit(names, "second").await?;
    let sent = begun.elapsed().as_secs_f64();
    let ready = stage.objects.until_ready(OBJECTS, 2, PATIENCE).await?;
    let after = process.usage()?;
    let counts = stage.counts().await?;
    let text = format!(
        "{:.0} edits a second; Ready in {:.1} s, {:.2} calls and {:.2} writes for each, {} list calls, {} refused, {:.2} CPU s",
        each(names.len(), 1) / sent,
        (ready - begun).as_secs_f64(),
        each(counts.own, names.len()),
        each(counts.writes.objects, names.len()),
        counts.lists,
        counts.refused,
        after.cpu - before.cpu
    );
    let figure = format!("{} edits at once, no budget", names.len());
    row("edits", &figure, &text, None);
    Ok(())
}

/// Edits one, and says how much later CloudFront had carried out the update.
async fn call_after(stage: &Stage, name: &String) -> Outcome<Duration> {
    let control = stage.simulator.control();
    let from = control.journal().last().map_or(0, |call| call.sequence);
    let begun = Instant::now();
    stage
        .objects
        .edit(std::slice::from_ref(name), "second")
        .await?;
    while begun.elapsed() < PATIENCE {
        let calls = control.journal_since(from);
        if calls
            .iter()
            .any(|call| call.operation == "UpdateDistribution")
        {
            return Ok(begun.elapsed());
        }
        sleep(Duration::from_millis(1)).await;
    }
    Err(format!("the edit of {name} never reached CloudFront").into())
}
