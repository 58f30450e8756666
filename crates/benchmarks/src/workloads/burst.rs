//! Many objects at once.

use crate::{
    Outcome,
    bench::Bench,
    objects::distributions,
    report::{row, times},
    stage::{Counts, DEPLOY, NO_BUDGET, Stage, Who, least},
};
use jiff::Timestamp;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_mins(10);

/// What one operator did with one burst.
struct Run {
    /// From the first apply to the last Ready.
    seconds: f64,
    /// From the first apply to the last one.
    applied: f64,
    cpu: f64,
    peak: f64,
    /// From the first create call to the last one.
    creating: f64,
    counts: Counts,
}

/// Both operators in turn, twice, at several latencies.
pub(crate) async fn without_budget(bench: &Bench) -> Outcome<()> {
    let loads = [
        (50, 0),
        (50, 20),
        (50, 100),
        (50, 300),
        (500, 0),
        (500, 20),
        (500, 100),
        (500, 300),
    ];
    for (objects, latency) in loads {
        for turn in 1..=2 {
            let ours = one(bench, Who::Operator, objects, latency, &NO_BUDGET).await?;
            let null = one(bench, Who::Null, objects, latency, &[]).await?;
            let figure = format!("{objects} at once, {latency} ms, no budget, turn {turn}");
            let beyond = ours.seconds - DEPLOY.as_secs_f64();
            // The null operator does not wait until anything is deployed.
            let text = format!(
                "{}; {beyond:.2} s beside the delay, {} the time and {} the CPU of the null operator",
                ours.tell(),
                times(beyond, null.seconds),
                times(ours.cpu, null.cpu)
            );
            row("burst", &figure, &text, Some(&null.tell()));
        }
    }
    Ok(())
}

/// The operator alone: the other one keeps to no budget.
pub(crate) async fn within_budget(bench: &Bench) -> Outcome<()> {
    for (objects, latency) in [(50, 0), (500, 300)] {
        let run = one(bench, Who::Operator, objects, latency, &[]).await?;
        let least = least(objects);
        let figure = format!("{objects} at once, {latency} ms, 2 writes a second");
        let text = format!(
            "{}; creates took {:.1} s where the budget allows {least:.1} s: {:.1} % of it used",
            run.tell(),
            run.creating,
            least / run.creating * 100.0
        );
        row("budget", &figure, &text, None);
    }
    Ok(())
}

async fn one(
    bench: &Bench,
    who: Who,
    objects: usize,
    latency: u64,
    flags: &[&str],
) -> Outcome<Run> {
    let mut stage = Stage::new(bench, "burst", Duration::from_millis(latency)).await?;
    let process = stage.start(who, flags)?;
    // Both are to be watching before anything happens.
    tokio::time::sleep(Duration::from_secs(2)).await;
    stage.counts().await?;
    let before = process.usage()?;
    let begun = Instant::now();
    stage.objects.create(distributions(0, objects)).await?;
    let applied = begun.elapsed().as_secs_f64();
    let ready = stage.objects.until_ready(objects, 1, PATIENCE).await;
    let ready = ready.map_err(|error| format!("{error}\n{}", process.log_tail()))?;
    let after = process.usage()?;
    let creating = creating(&stage)?;
    Ok(Run {
        seconds: (ready - begun).as_secs_f64(),
        applied,
        cpu: after.cpu - before.cpu,
        peak: after.peak,
        creating,
        counts: stage.counts().await?,
    })
}

/// The seconds between the first create call and the last.
fn creating(stage: &Stage) -> Outcome<f64> {
    let calls = stage.simulator.control().journal();
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

impl Run {
    fn tell(&self) -> String {
        format!(
            "Ready in {:.2} s (applied in {:.2} s), {:.2} CPU s, peak {:.1} MiB, {} + {} list calls, {} refused, {} writes",
            self.seconds,
            self.applied,
            self.cpu,
            self.peak,
            self.counts.own,
            self.counts.lists,
            self.counts.refused,
            self.counts.writes.objects,
        )
    }
}
