//! One edit a second, and more of them than most API servers take.

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
/// Edits offered each second, whether or not the API server keeps up.
const RATE: u32 = 160;
/// How often each object is edited.
const ROUNDS: u32 = 10;
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
    many(&mut stage, process, &names[EDITS..]).await
}

/// Offers edits at a fixed rate, each object in turn, with the operator at work and then to the API server alone.
async fn many(stage: &mut Stage, process: Process, names: &[String]) -> Outcome<()> {
    let edits = u32::try_from(names.len())? * ROUNDS;
    let before = process.usage()?;
    let begun = Instant::now();
    stage.objects.offer(names, RATE, edits).await?;
    let taken = begun.elapsed().as_secs_f64();
    let last = 1 + i64::from(ROUNDS);
    let ready = stage.objects.until_ready(names.len(), last, PATIENCE);
    let ready = (ready.await? - begun).as_secs_f64();
    let after = process.usage()?;
    let counts = stage.counts().await?;
    process.stop()?;
    let begun = Instant::now();
    stage.objects.offer(names, RATE, edits).await?;
    let alone = begun.elapsed().as_secs_f64();
    let edits = f64::from(edits);
    let text = format!(
        "{edits} edits of {} objects taken at {:.0} a second ({:.0} with no operator at work); Ready in {ready:.1} s, {:.2} calls and {:.2} writes for each edit, {} list calls, {} refused, {:.2} CPU s",
        names.len(),
        edits / taken,
        edits / alone,
        each(counts.own, 1) / edits,
        each(counts.writes.objects, 1) / edits,
        counts.lists,
        counts.refused,
        after.cpu - before.cpu
    );
    let figure = format!("{RATE} edits offered a second, no budget");
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
