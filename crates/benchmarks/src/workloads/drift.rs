//! One distribution in a hundred is changed behind the operator's back.

use crate::{
    Outcome,
    bench::Bench,
    objects::distributions,
    report::{each, row},
    stage::{NO_BUDGET, Stage, Who},
};
use cloudfront_simulator::Edit;
use std::time::{Duration, Instant};
use tokio::time::sleep;

const OBJECTS: usize = 500;
const ROUNDS: usize = 3;
const PATIENCE: Duration = Duration::from_mins(2);

/// Shortened from ten minutes.
const RESYNC: &str = "15s";

/// How long it is counted what comparisons each minute cost.
const MINUTES: Duration = Duration::from_mins(5);

pub(crate) async fn run(bench: &Bench) -> Outcome<()> {
    let mut stage = Stage::new(bench, "drift", Duration::from_millis(20)).await?;
    let flags = [&NO_BUDGET[..], &["--resync-interval", RESYNC]].concat();
    let process = stage.start(Who::Operator, &flags)?;
    stage.objects.create(distributions(0, OBJECTS)).await?;
    stage.objects.until_ready(OBJECTS, 1, PATIENCE).await?;
    let creates = stage.calls();
    let ids: Vec<String> = creates.into_iter().filter_map(|call| call.id).collect();
    let mut seen = vec![];
    for round in 0..ROUNDS {
        sleep(Duration::from_secs(10)).await;
        stage.counts().await?;
        let changed: Vec<&String> = ids.iter().skip(round).step_by(100).take(5).collect();
        seen.push(repaired(&stage, &changed).await?);
    }
    let counts = stage.counts().await?;
    let text = format!(
        "all repaired {seen:.1?} s after the change, compared every 15 s; in the last round {} calls for 5 objects, {} list calls, {} writes",
        counts.own, counts.lists, counts.writes.objects
    );
    row("drift", "5 of 500 changed at once", &text, None);
    process.stop()?;
    minutes(&mut stage).await
}

/// What it takes to see drift within a minute.
async fn minutes(stage: &mut Stage) -> Outcome<()> {
    let flags = [&NO_BUDGET[..], &["--resync-interval", "60s"]].concat();
    let _process = stage.start(Who::Operator, &flags)?;
    // Past the first comparison, which comes sooner.
    sleep(Duration::from_secs(70)).await;
    stage.counts().await?;
    let begun = Instant::now();
    sleep(MINUTES).await;
    let passed = begun.elapsed().as_secs_f64();
    let counts = stage.counts().await?;
    let calls = each(counts.own + counts.lists, 1);
    let text = format!(
        "{} comparisons in {passed:.0} s, {} + {} list calls: {:.0} calls an hour",
        counts.sweeps,
        counts.own,
        counts.lists,
        calls * 3600.0 / passed
    );
    row("drift", "500 at rest, compared every 60 s", &text, None);
    Ok(())
}

/// Changes these, and says how many seconds later the last update of them came.
async fn repaired(stage: &Stage, ids: &[&String]) -> Outcome<f64> {
    let control = stage.simulator.control();
    let from = control.journal().last().map_or(0, |call| call.sequence);
    for id in ids {
        let edit = Edit::Set {
            path: "Comment".into(),
            value: "changed behind the operator's back".into(),
        };
        control.edit(id, edit)?;
    }
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        let calls = control.journal_since(from);
        let updates = calls
            .iter()
            .filter(|call| call.operation == "UpdateDistribution" && call.committed);
        if updates.count() >= ids.len() {
            return Ok(begun.elapsed().as_secs_f64());
        }
        sleep(Duration::from_millis(50)).await;
    }
    Err("the drift was not repaired".into())
}
