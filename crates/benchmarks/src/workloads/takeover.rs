//! How long nobody leads when a leader goes, with the Lease's usual fifteen seconds.

use crate::{
    Outcome,
    bench::Bench,
    process::Process,
    report::row,
    stage::{ELECT, Stage, Who},
};
use std::time::{Duration, Instant};
use tokio::time::sleep;

const ROUNDS: usize = 3;
const PATIENCE: Duration = Duration::from_mins(1);
/// How long a leader stands still.
const STILL: Duration = Duration::from_secs(60);

pub(crate) async fn run(bench: &Bench) -> Outcome<()> {
    for (figure, signal) in [
        ("the leader is asked to end (SIGTERM)", "TERM"),
        ("the leader is killed (SIGKILL)", "KILL"),
    ] {
        let mut times = vec![];
        for _ in 0..ROUNDS {
            let (_stage, leader, standby) = pair(bench).await?;
            let begun = Instant::now();
            leader.signal(signal)?;
            leads(&standby).await?;
            times.push(begun.elapsed().as_secs_f64());
        }
        row("takeover", figure, &format!("after {times:.2?} s"), None);
    }
    let (_stage, mut leader, standby) = pair(bench).await?;
    let begun = Instant::now();
    leader.signal("STOP")?;
    leads(&standby).await?;
    let taken = begun.elapsed().as_secs_f64();
    sleep(STILL.saturating_sub(begun.elapsed())).await;
    leader.signal("CONT")?;
    let woken = Instant::now();
    leader.end().await?;
    let text = format!(
        "after {taken:.2} s; the old leader ended {:.2} s after it was woken",
        woken.elapsed().as_secs_f64()
    );
    row("takeover", "the leader stands still for 60 s", &text, None);
    Ok(())
}

/// A leader, and one that stands by.
async fn pair(bench: &Bench) -> Outcome<(Stage, Process, Process)> {
    Stage::free_lease(bench)?;
    let stage = Stage::new(bench, "takeover", Duration::ZERO).await?;
    let leader = stage.start(Who::Operator, &[ELECT])?;
    leads(&leader).await?;
    let standby = stage.start(Who::Operator, &[ELECT])?;
    says(&standby, "waiting to lead").await?;
    // A renewal or two, so that the standby comes at any point between two of them.
    sleep(Duration::from_secs(3)).await;
    Ok((stage, leader, standby))
}

async fn leads(process: &Process) -> Outcome<()> {
    says(process, "managing CloudFront").await
}

async fn says(process: &Process, text: &str) -> Outcome<()> {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        if process.log().contains(text) {
            return Ok(());
        }
        sleep(Duration::from_millis(10)).await;
    }
    Err(format!("it never said {text}:\n{}", process.log_tail()).into())
}
