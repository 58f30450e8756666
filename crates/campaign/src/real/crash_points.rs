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
use std::{collections::HashSet, fmt, hash::Hash, path::Path};

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

/// The verbs of the operations that change a resource.
const CHANGES: [&str; 3] = ["Create", "Update", "Delete"];

/// The runs that take place at the same time.
const PARALLEL: usize = 4;

/// Lists the crash points of the lives of all kinds, and kills the operator at each, or at this many that the seed draws: first one at each
/// operation that changes a resource of a kind, then one of each phase of each kind, and so on.
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
        verdict.extend(shown);
        points.extend(listed);
    }
    let listed = points.len();
    let mut drawn = draw_covering(
        points,
        seed,
        |point| Some((point.life.kind, point.change()?)),
        |point| (point.life.kind, point.phase),
    );
    drawn.truncate(count.unwrap_or(listed));
    let all = format!("{} of {listed} run, seed {seed}", drawn.len());
    let runs = drawn.iter().map(async |point| {
        let environment = Environment::new(cluster, operator, "crash").await?;
        crash(&environment, point).await
    });
    let runs: Vec<Crash> = stream::iter(runs).buffered(PARALLEL).try_collect().await?;
    let missed = runs.iter().filter(|it| !it.is_killed).count();
    let is_failed = |it: &&Crash| !it.verdict.violations.is_empty();
    let failed = runs.iter().filter(is_failed).count();
    verdict.add("crash points", &all);
    verdict.add("polls that did not occur again", &missed);
    verdict.add("failures", &failed);
    for (point, mut run) in drawn.iter().zip(runs) {
        for sentence in &mut run.verdict.violations {
            *sentence = format!("{point}: {sentence}");
        }
        verdict.extend(run.verdict);
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
    verdict.extend(Verdict {
        figures: vec![],
        ..again.verdict
    });
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

impl CrashPoint {
    /// Returns the verb with which the request changes a resource in CloudFront.
    fn change(&self) -> Option<&'static str> {
        let mut verbs = CHANGES.into_iter();
        let verb = verbs.find(|verb| self.label.has_verb(&[verb]))?;
        (self.label.side == Side::CloudFront).then_some(verb)
    }
}

/// Puts items in a random order: first one of each class, then one with each key, then a second one with each key, and so on.
fn draw_covering<T, C: Eq + Hash, K: Eq + Hash>(
    items: Vec<T>,
    seed: u64,
    class: impl Fn(&T) -> Option<C>,
    key: impl Fn(&T) -> K,
) -> Vec<T> {
    let classified = items.into_iter().partition(|item| class(item).is_some());
    let (classified, mut rest): (Vec<T>, Vec<T>) = classified;
    let classes: HashSet<C> = classified.iter().filter_map(&class).collect();
    let mut drawn = draw(classified, usize::MAX, seed, class);
    rest.extend(drawn.split_off(classes.len()));
    drawn.extend(draw(rest, usize::MAX, seed, key));
    drawn
}

/// A run with a crash.
struct Crash {
    is_killed: bool,
    /// What it has shown, without figures.
    verdict: Verdict,
}

/// Kills the operator at a point, starts it again, and compares what it shows with the run without a crash.
async fn crash(environment: &Environment, point: &CrashPoint) -> Result<Crash, Error> {
    let mut run = LifeRun::start(environment, &point.life, Some(point)).await?;
    run.finish().await?;
    let mut verdict = run.verdict;
    verdict.figures.clear();
    for (found, expected) in run.ends.iter().zip(&point.ends) {
        let differences = found.differences(expected).into_iter();
        let sentences = differences.map(|(_, sentence)| sentence);
        verdict.violations.extend(sentences);
    }
    // How often the operator reads depends on the time, but what it writes does not.
    if !run.is_killed && !point.label.is_read() {
        verdict.check(Err("the operator did not send the request".into()));
    }
    Ok(Crash {
        is_killed: run.is_killed,
        verdict,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_each_class_comes_first_and_each_item_once() {
        let items: Vec<(Option<u32>, u32)> = (0..60)
            .map(|number| ((number < 9).then_some(number % 3), number))
            .collect();
        let class = |item: &(Option<u32>, u32)| item.0;
        let key = |item: &(Option<u32>, u32)| item.1 / 20;
        for seed in 0..20 {
            let mut drawn = draw_covering(items.clone(), seed, class, key);
            let first: HashSet<_> = drawn[..3].iter().map(|item| item.0).collect();
            assert_eq!(first, HashSet::from([Some(0), Some(1), Some(2)]));
            let next: HashSet<_> = drawn[3..6].iter().map(key).collect();
            assert_eq!(next, HashSet::from([0, 1, 2]));
            drawn.sort_unstable_by_key(|item| item.1);
            assert_eq!(drawn, items);
        }
    }
}
