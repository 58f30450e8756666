//! More and more objects in one account: time, memory, and what restart and rest cost at each size.

use crate::{
    Outcome,
    bench::Bench,
    objects::distributions,
    plot::{self, Point},
    process::{Process, Usage},
    report::{each, row, times},
    stage::{ELECT, NO_BUDGET, Stage, Who},
};
use std::time::{Duration, Instant};
use tokio::time::sleep;

const LATENCY: Duration = Duration::from_millis(20);
/// Tens of thousands take as long as the API server does.
const PATIENCE: Duration = Duration::from_mins(90);

/// Seconds, shortened from ten minutes, and only while the rest is measured. A list of more than ten thousand takes longer than that.
const RESYNC: usize = 10;
/// As many comparisons as an hour has with ten minutes, the interval unless set otherwise.
const COMPARISONS: u32 = 6;

/// What was measured with so many objects.
struct Size {
    objects: usize,
    settled: Usage,
}

pub(crate) async fn run(bench: &Bench) -> Outcome<()> {
    Stage::free_lease(bench)?;
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
        let mut text = first.text;
        if objects > before {
            let time = times(first.seconds, second.seconds);
            let cpu = times(first.cpu, second.cpu);
            text = format!("{text}; {time} the time and {cpu} the CPU of the null operator");
        }
        row("growth", &figure, &text, Some(&second.text));
        let settled = first.settled;
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

/// How one operator came to a number of objects.
struct Grown {
    seconds: f64,
    cpu: f64,
    settled: Usage,
    text: String,
}

/// Starts an operator on what there is, and adds objects until there are so many.
async fn grow(stage: &mut Stage, who: Who, before: usize, objects: usize) -> Outcome<Grown> {
    let flags = [&NO_BUDGET[..], &[ELECT]].concat();
    let process = stage.start(who, if who == Who::Null { &[] } else { &flags })?;
    sleep(Duration::from_secs(2)).await;
    let idle = settle(&process).await?;
    stage.counts().await?;
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
    let settled = process.usage()?;
    let counts = stage.counts().await?;
    process.stop()?;
    let cpu = settled.cpu - idle.cpu;
    let text = format!(
        "Ready in {seconds:.1} s (applied in {applied:.1} s), {cpu:.2} CPU s, RSS settled {:.1} and peak {:.1} MiB, {} + {} list calls, {} writes",
        settled.resident, settled.peak, counts.own, counts.lists, counts.writes.objects
    );
    Ok(Grown {
        seconds,
        cpu,
        settled,
        text,
    })
}

/// A restart, and what follows when nothing changes.
async fn rest(stage: &mut Stage, objects: usize) -> Outcome<Point> {
    stage.counts().await?;
    let seconds = RESYNC.max(objects / 1_000);
    let resync = format!("{seconds}s");
    let flags = [&NO_BUDGET[..], &[ELECT, "--resync-interval", &resync]].concat();
    let process = stage.start(Who::Operator, &flags)?;
    let begun = Instant::now();
    let settled = settle(&process).await?;
    let quiet = begun.elapsed().as_secs_f64();
    let counts = stage.counts().await?;
    let text = format!(
        "quiet within {quiet:.1} s, {:.2} CPU s, RSS {:.1} and peak {:.1} MiB, {} + {} list calls, {} writes",
        settled.cpu,
        settled.resident,
        settled.peak,
        counts.own,
        counts.lists,
        counts.writes.objects
    );
    row("growth", &format!("restart at {objects}"), &text, None);
    sleep(Duration::from_secs(u64::try_from(seconds)?) * COMPARISONS).await;
    let after = process.usage()?;
    let counts = stage.counts().await?;
    let text = format!(
        "{} comparisons, {} + {} list calls, {} writes, {:.2} CPU s, RSS {:.1} MiB",
        counts.sweeps,
        counts.own,
        counts.lists,
        counts.writes.objects,
        after.cpu - settled.cpu,
        after.resident
    );
    let figure =
        format!("an hour at rest with {objects}, shortened to {COMPARISONS} intervals of {resync}");
    row("growth", &figure, &text, None);
    process.stop()?;
    Ok(Point {
        objects,
        calls: each(counts.own + counts.lists, 1),
    })
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
