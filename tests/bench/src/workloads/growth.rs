//! More and more objects in one account: time, memory, and what restart and rest cost at each size.

use crate::{
    Outcome,
    bench::Bench,
    objects::distributions,
    plot::{self, Point},
    process::{Process, Usage},
    report::{each, row},
    stage::{NO_BUDGET, Stage, Who},
};
use std::time::{Duration, Instant};
use tokio::time::sleep;

const LATENCY: Duration = Duration::from_millis(20);
/// Tens of thousands take as long as the API server does.
const PATIENCE: Duration = Duration::from_mins(90);

/// Shortened from ten minutes, and only while the rest is measured, so that a minute has as many comparisons as an hour.
const RESYNC: &str = "10s";
const REST: Duration = Duration::from_mins(1);

/// The resync interval unless set otherwise is ten minutes.
const SWEEPS_AN_HOUR: usize = 6;

/// What was measured with so many objects.
struct Size {
    objects: usize,
    settled: Usage,
}

pub(crate) async fn run(bench: &Bench) -> Outcome<()> {
    let mut ours = Stage::new(bench, "growth", LATENCY).await?;
    let mut null = Stage::new(bench, "growth-null", LATENCY).await?;
    let mut sizes = vec![];
    let mut points = vec![];
    let mut before = 0;
    let steps = [0, 500, 1_000, 10_000];
    let steps = steps.into_iter().filter(|n| *n < bench.objects);
    for objects in steps.chain([bench.objects]) {
        let first = grow(&mut ours, Who::Operator, before, objects).await?;
        let second = grow(&mut null, Who::Null, before, objects).await?;
        let figure = format!("{objects} objects, {} new, 20 ms", objects - before);
        row("growth", &figure, &first.1, Some(&second.1));
        let settled = first.0;
        sizes.push(Size { objects, settled });
        if objects > 0 {
            points.push(rest(&mut ours, objects).await?);
        }
        if let Some(path) = &bench.plot {
            std::fs::write(path, plot::svg(&points))?;
        }
        before = objects;
    }
    for (small, large) in sizes.iter().zip(sizes.iter().skip(1)) {
        let bytes = (large.settled.resident - small.settled.resident) * 1024.0 * 1024.0;
        let slope = bytes / each(large.objects - small.objects, 1);
        let figure = format!(
            "resident memory for each object, from {} to {}",
            small.objects, large.objects
        );
        row("growth", &figure, &format!("{slope:.0} bytes"), None);
    }
    Ok(())
}

/// Starts an operator on what there is, and adds objects until there are so many.
async fn grow(
    stage: &mut Stage,
    who: Who,
    before: usize,
    objects: usize,
) -> Outcome<(Usage, String)> {
    let process = stage.start(who, &NO_BUDGET)?;
    sleep(Duration::from_secs(5)).await;
    stage.counts().await?;
    let idle = process.usage()?;
    let begun = Instant::now();
    let new = distributions(before, objects - before);
    stage.objects.create(new).await?;
    let applied = begun.elapsed().as_secs_f64();
    let ready = stage.objects.until_ready(objects, 1, PATIENCE).await;
    let ready = ready.map_err(|error| format!("{error}\n{}", process.log_tail()));
    let seconds = if objects == before {
        0.0
    } else {
        (ready? - begun).as_secs_f64()
    };
    sleep(Duration::from_secs(5)).await;
    let usage = process.usage()?;
    let counts = stage.counts().await?;
    process.stop()?;
    let text = format!(
        "Ready in {seconds:.1} s (applied in {applied:.1} s), {:.2} CPU s, RSS settled {:.1} and peak {:.1} MiB, {} + {} list calls, {} writes",
        usage.cpu - idle.cpu,
        usage.resident,
        usage.peak,
        counts.own,
        counts.lists,
        counts.writes.objects
    );
    Ok((usage, text))
}

/// A restart, and what follows when nothing changes.
async fn rest(stage: &mut Stage, objects: usize) -> Outcome<Point> {
    stage.counts().await?;
    let flags = [&NO_BUDGET[..], &["--resync-interval", RESYNC]].concat();
    let process = stage.start(Who::Operator, &flags)?;
    let begun = Instant::now();
    let settled = settle(&process).await?;
    let counts = stage.counts().await?;
    let text = format!(
        "quiet after {:.1} s, {:.2} CPU s, RSS {:.1} and peak {:.1} MiB, {} + {} list calls, {} writes",
        begun.elapsed().as_secs_f64(),
        settled.cpu,
        settled.resident,
        settled.peak,
        counts.own,
        counts.lists,
        counts.writes.objects
    );
    row("growth", &format!("restart at {objects}"), &text, None);
    sleep(REST).await;
    let after = process.usage()?;
    let counts = stage.counts().await?;
    let sweeps = sweeps(objects, counts.lists);
    let text = format!(
        "{sweeps:.1} sweeps, {} + {} list calls, {} writes, {:.2} CPU s, RSS {:.1} MiB",
        counts.own,
        counts.lists,
        counts.writes.objects,
        after.cpu - settled.cpu,
        after.resident
    );
    let figure =
        format!("an hour at rest with {objects}, shortened to a minute and compared every 10 s");
    row("growth", &figure, &text, None);
    process.stop()?;
    let pages = each(counts.lists, 1) / sweeps.max(1.0);
    Ok(Point {
        objects,
        calls: pages * each(SWEEPS_AN_HOUR, 1),
    })
}

/// How often all was compared, when each time takes a list call for a hundred.
fn sweeps(objects: usize, lists: usize) -> f64 {
    let pages = objects.div_ceil(100);
    if pages == 0 { 0.0 } else { each(lists, pages) }
}

/// Waits until it has used next to no CPU for a second.
async fn settle(process: &Process) -> Outcome<Usage> {
    let begun = Instant::now();
    let mut before = process.usage()?;
    while begun.elapsed() < PATIENCE {
        sleep(Duration::from_secs(1)).await;
        let now = process.usage()?;
        if now.cpu - before.cpu < 0.02 {
            return Ok(now);
        }
        before = now;
    }
    Err("the operator never came to rest".into())
}
