//! The time from the end of the leader to the first write of the next one, with the default duration of the Lease.

use crate::{
    Outcome,
    environment::{Environment, LEADER_ELECTION},
    figure::{Case, Figure},
    harness::{Harness, Role},
    objects::distributions,
    process::Process,
};
use std::time::{Duration, Instant};
use tokio::time::sleep;

const TIMEOUT: Duration = Duration::from_mins(1);

/// How long the leader is suspended with SIGSTOP.
const SUSPENDED: Duration = Duration::from_secs(60);

/// The variables of the processes in the pods of the two replicas.
const PODS: [[(&str, &str); 2]; 2] = [
    [("HOSTNAME", "operator-0"), ("POD_UID", "pod-0")],
    [("HOSTNAME", "operator-1"), ("POD_UID", "pod-1")],
];

const FIRST_WRITE: &str = "end of the leader to the first write";

/// A leader, a standby replica, and a distribution that is ready.
struct Pair<'a> {
    environment: Environment<'a>,
    role: Role,
    leader: Process,
    standby: Process,
    names: Vec<String>,
}

/// Ends or suspends the leader, edits the distribution, and measures the time until CloudFront has the edit.
pub(crate) async fn measure(harness: &Harness, role: Role) -> Outcome<Vec<Figure>> {
    let mut figures = vec![];
    for (name, signal, restarts) in [
        ("the leader gets SIGTERM", "TERM", false),
        (
            "the leader gets SIGKILL, and its container restarts",
            "KILL",
            true,
        ),
        ("the node of the leader fails", "KILL", false),
    ] {
        let mut pair = Pair::start(harness, role).await?;
        let started = Instant::now();
        // The edit follows, so that the old leader cannot write it.
        pair.leader.end(signal)?;
        // The new process ends when the pair is dropped.
        let _restarted = restarts.then(|| pair.start_replica(0)).transpose()?;
        pair.edit_and_wait(started).await?;
        let mut case = Case::new(name);
        case.add(FIRST_WRITE, "s", started.elapsed().as_secs_f64());
        figures.extend(case.into_figures());
    }
    figures.extend(suspend(harness, role).await?);
    Ok(figures)
}

async fn suspend(harness: &Harness, role: Role) -> Outcome<Vec<Figure>> {
    let pair = Pair::start(harness, role).await?;
    let started = Instant::now();
    pair.leader.signal("STOP")?;
    pair.edit_and_wait(started).await?;
    let seconds = started.elapsed().as_secs_f64();
    sleep(SUSPENDED.saturating_sub(started.elapsed())).await;
    pair.leader.signal("CONT")?;
    let resumed = Instant::now();
    until_logged(&pair.leader, "another replica").await?;
    let mut case = Case::new("the leader is suspended for 60 s");
    case.add(FIRST_WRITE, "s", seconds);
    let end = resumed.elapsed().as_secs_f64();
    case.add("the old leader stands by after it resumes", "s", end);
    Ok(case.into_figures())
}

impl<'a> Pair<'a> {
    async fn start(harness: &'a Harness, role: Role) -> Outcome<Self> {
        Environment::release_lease(harness)?;
        let environment = Environment::new(harness, "takeover", Duration::ZERO).await?;
        let start = |pod: usize| environment.start_with(role, &[LEADER_ELECTION], &PODS[pod]);
        let leader = start(0)?;
        until_logged(&leader, "managing CloudFront").await?;
        let specs = distributions(0, 1);
        let names = specs.iter().map(|(name, _)| name.clone()).collect();
        environment.objects.create(specs).await?;
        environment.objects.until_ready(1, 1, TIMEOUT).await?;
        let standby = start(1)?;
        until_logged(&standby, "waiting to lead").await?;
        // One or two renewals, so that the signal comes at any point between two of them.
        sleep(Duration::from_secs(3)).await;
        Ok(Self {
            environment,
            role,
            leader,
            standby,
            names,
        })
    }

    fn start_replica(&self, pod: usize) -> Outcome<Process> {
        self.environment
            .start_with(self.role, &[LEADER_ELECTION], &PODS[pod])
    }

    /// Edits the distribution, and waits until CloudFront has carried out the update.
    async fn edit_and_wait(&self, started: Instant) -> Outcome<()> {
        let control = self.environment.simulator.control();
        let last_call = control.journal().last().map_or(0, |call| call.sequence);
        self.environment.objects.edit(&self.names, "second").await?;
        while started.elapsed() < TIMEOUT {
            let calls = control.journal_since(last_call);
            if calls.iter().any(|it| it.operation == "UpdateDistribution") {
                return Ok(());
            }
            sleep(Duration::from_millis(1)).await;
        }
        let log = self.standby.log_tail();
        Err(format!("the edit did not reach CloudFront:\n{log}").into())
    }
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
