//! The crash points of the shipped program: the requests at which it is killed, and the runs that show that it recovers.

use super::{Environment, Error, Verdict, life_run::LifeRun};
use crate::{
    campaign::draw,
    check::EndState,
    fault::Fault,
    label::{Label, Side},
    scenario::{Life, lives},
};
use cluster::Cluster;
use futures::{StreamExt, TryStreamExt, future::try_join, stream};
use std::{fmt, path::Path};

/// A part of the life of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Phase {
    /// The object is created, and becomes ready.
    Create,
    /// The object is edited, and becomes ready.
    Edit,
    /// The object is deleted, and ends.
    Delete,
}

/// A request at which the operator is killed.
#[derive(Clone, Debug)]
pub(super) struct CrashPoint {
    life: Life,
    pub(super) phase: Phase,
    /// The request, with its position among the equal requests of the phase.
    pub(super) label: Label,
    /// A crash before the request is sent, or after the server has executed it.
    pub(super) fault: Fault,
    /// What a run without crashes shows at the end of each phase.
    ends: Vec<EndState>,
}

/// The runs that take place at the same time.
const PARALLEL: usize = 4;

/// Lists the crash points of the lives of all kinds, and kills the operator at each, or at this many that the seed draws: one of each phase of each kind first.
pub async fn run(
    cluster: &'static Cluster,
    operator: &Path,
    count: Option<usize>,
    seed: u64,
) -> Result<Verdict, Error> {
    let lives = lives()?;
    let lists = lives.iter().map(async |life| {
        let first = Environment::new(cluster, operator, "life").await?;
        let second = Environment::new(cluster, operator, "life").await?;
        list(&first, &second, life).await
    });
    let lists: Vec<(Verdict, Vec<CrashPoint>)> =
        stream::iter(lists).buffered(PARALLEL).try_collect().await?;
    let mut verdict = Verdict::default();
    let mut points = vec![];
    for (shown, listed) in lists {
        verdict.figures.extend(shown.figures);
        verdict.violations.extend(shown.violations);
        points.extend(listed);
    }
    let listed = points.len();
    let kind_and_phase = |point: &CrashPoint| (point.life.kind, point.phase);
    let drawn = draw(points, count.unwrap_or(listed), seed, kind_and_phase);
    let all = format!("{} of {listed} run, seed {seed}", drawn.len());
    let runs = drawn.iter().map(async |point| {
        let environment = Environment::new(cluster, operator, "crash").await?;
        crash(&environment, point).await
    });
    let runs: Vec<Crash> = stream::iter(runs).buffered(PARALLEL).try_collect().await?;
    let missed = runs.iter().filter(|it| !it.is_killed).count();
    let failed = runs.iter().filter(|it| !it.violations.is_empty()).count();
    verdict.add("crash points", &all);
    verdict.add("polls that did not occur again", &missed);
    verdict.add("failures", &failed);
    for (point, run) in drawn.iter().zip(runs) {
        let sentences = run.violations.iter();
        let sentences = sentences.map(|sentence| format!("{point}: {sentence}"));
        verdict.violations.extend(sentences);
    }
    Ok(verdict)
}

/// Runs the life of a kind twice without a crash, and returns what the first run has shown, and the points at which the operator can be
/// killed: the requests that it sent in both runs. Whether it sends others depends on the time.
async fn list(
    first: &Environment,
    second: &Environment,
    life: &Life,
) -> Result<(Verdict, Vec<CrashPoint>), Error> {
    let [first, second] = [first, second].map(|it| LifeRun::without_crash(it, life));
    let (run, again) = try_join(first, second).await?;
    let (proxied, journal) = (run.proxied_requests(), run.journal_length());
    let logged = run.logged_requests().await?;
    let in_log = logged.map_or("no log".into(), |it| it.to_string());
    let figure = format!(
        "{} in the phases; whole run: {proxied} at the proxy, {in_log} in the API server's log, {journal} in the simulator's journal",
        run.labels.len()
    );
    let mut verdict = run.verdict;
    verdict.add(&format!("requests of {}", life.kind), &figure);
    if logged.is_some_and(|logged| logged != proxied) {
        verdict.check(Err(format!("{}: {figure}", life.kind)));
    }
    let labels = run.labels.iter().filter(|it| again.labels.contains(it));
    let points = labels.flat_map(|(phase, label)| {
        // How often the operator polls depends on the time.
        let crashes = if label.is_read() && label.ordinal > 1 {
            vec![]
        } else {
            Fault::distinct_crashes(label)
        };
        crashes.into_iter().map(|fault| CrashPoint {
            life: life.clone(),
            phase: *phase,
            label: label.clone(),
            fault,
            ends: run.ends.clone(),
        })
    });
    Ok((verdict, points.collect()))
}

/// A run with a crash.
struct Crash {
    is_killed: bool,
    violations: Vec<String>,
}

/// Kills the operator at a point, starts it again, and compares what it shows with the run without a crash.
async fn crash(environment: &Environment, point: &CrashPoint) -> Result<Crash, Error> {
    let mut run = LifeRun::start(environment, &point.life, Some(point)).await?;
    run.finish().await?;
    let mut violations = run.verdict.violations;
    for (found, expected) in run.ends.iter().zip(&point.ends) {
        let differences = found.differences(expected).into_iter();
        violations.extend(differences.map(|(_, sentence)| sentence));
    }
    // How often the operator reads depends on the time, but what it writes does not.
    if !run.is_killed && !point.label.is_read() {
        violations.push("the operator did not send the request".into());
    }
    Ok(Crash {
        is_killed: run.is_killed,
        violations,
    })
}

impl fmt::Display for CrashPoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let server = match self.label.side {
            Side::Kubernetes => "Kubernetes",
            Side::CloudFront => "CloudFront",
        };
        let (kind, phase) = (self.life.kind, self.phase);
        write!(
            f,
            "{kind}, {phase:?}: {:?} at {server}: {}",
            self.fault, self.label
        )
    }
}
