//! The time without a leader, with the default Lease duration of 15 seconds.

use crate::{
    Outcome,
    environment::{Environment, LEADER_ELECTION},
    figure::{Case, Figure},
    harness::{Harness, Role},
    process::Process,
};
use std::time::{Duration, Instant};
use tokio::time::sleep;

const TIMEOUT: Duration = Duration::from_mins(1);

/// How long the leader is suspended with SIGSTOP.
const SUSPENDED: Duration = Duration::from_secs(60);

/// Ends or suspends the leader, and measures the time until the standby leads.
pub(crate) async fn measure(harness: &Harness, role: Role) -> Outcome<Vec<Figure>> {
    let mut figures = vec![];
    for (name, signal) in [
        ("the leader gets SIGTERM", "TERM"),
        ("the leader gets SIGKILL", "KILL"),
    ] {
        let (_environment, leader, standby) = start_pair(harness, role).await?;
        let started = Instant::now();
        leader.signal(signal)?;
        until_leading(&standby).await?;
        let mut case = Case::new(name);
        let seconds = started.elapsed().as_secs_f64();
        case.add("standby leads", "s", seconds);
        figures.extend(case.into_figures());
    }
    figures.extend(suspend(harness, role).await?);
    Ok(figures)
}

async fn suspend(harness: &Harness, role: Role) -> Outcome<Vec<Figure>> {
    let (_environment, mut leader, standby) = start_pair(harness, role).await?;
    let started = Instant::now();
    leader.signal("STOP")?;
    until_leading(&standby).await?;
    let seconds = started.elapsed().as_secs_f64();
    sleep(SUSPENDED.saturating_sub(started.elapsed())).await;
    leader.signal("CONT")?;
    let resumed = Instant::now();
    leader.wait().await?;
    let mut case = Case::new("the leader is suspended for 60 s");
    case.add("standby leads", "s", seconds);
    let end = resumed.elapsed().as_secs_f64();
    case.add("the old leader ends after it resumes", "s", end);
    Ok(case.into_figures())
}

/// Starts a leader and a standby.
async fn start_pair(harness: &Harness, role: Role) -> Outcome<(Environment<'_>, Process, Process)> {
    Environment::delete_lease(harness)?;
    let environment = Environment::new(harness, "takeover", Duration::ZERO).await?;
    let leader = environment.start(role, &[LEADER_ELECTION])?;
    until_leading(&leader).await?;
    let standby = environment.start(role, &[LEADER_ELECTION])?;
    until_logged(&standby, "waiting to lead").await?;
    // One or two renewals, so that the signal comes at any point between two of them.
    sleep(Duration::from_secs(3)).await;
    Ok((environment, leader, standby))
}

async fn until_leading(process: &Process) -> Outcome<()> {
    until_logged(process, "managing CloudFront").await
}

async fn until_logged(process: &Process, text: &str) -> Outcome<()> {
    let started = Instant::now();
    while started.elapsed() < TIMEOUT {
        if process.log().contains(text) {
            return Ok(());
        }
        sleep(Duration::from_millis(10)).await;
    }
    Err(format!("the operator did not log {text:?}:\n{}", process.log_tail()).into())
}
