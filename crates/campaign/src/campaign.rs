//! Campaigns: plans that the requests of runs without faults list, run and checked.

use crate::{
    check::{Reference, Violation, check},
    fault::{CRASHES, Fault, Repetition},
    harness::{Kubernetes, Run, RunError, run, run_on},
    history::What,
    label::Label,
    plan::{Plan, PlannedFault},
    scenario::{Scenario, walk},
};
use std::{
    collections::{HashMap, HashSet},
    hash::Hash,
    io,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

/// The scenarios with their runs without faults.
pub struct Campaign {
    scenarios: Vec<Scenario>,
    traces: Vec<Run>,
    reference: Reference,
    /// The plan of each run without faults, except for the name of the scenario.
    base: Plan,
}

/// The result of a plan.
#[derive(Debug)]
pub struct Failure {
    /// The plan.
    pub plan: Plan,
    /// What went wrong.
    pub violations: Vec<Violation>,
}

/// The results of the plans of a campaign.
#[derive(Debug, Default)]
pub struct Report {
    /// The plans that were run.
    pub plans: usize,
    /// The plans in which the operator did not send a request at which a fault would have occurred.
    pub missed: usize,
    /// The plans in which something went wrong.
    pub failures: Vec<Failure>,
    /// The time that the plans took.
    pub duration: Duration,
}

impl Report {
    /// Adds the results of other plans.
    pub(crate) fn add(&mut self, other: Self) {
        self.plans += other.plans;
        self.missed += other.missed;
        self.failures.extend(other.failures);
        self.duration += other.duration;
    }

    /// Returns how many violations of these invariants were found.
    pub fn violations_of(&self, invariants: &[&str]) -> usize {
        let violations = self.failures.iter().flat_map(|it| &it.violations);
        violations
            .filter(|it| invariants.contains(&it.invariant))
            .count()
    }

    /// Returns in how many plans an object did not finish, so that a person has to act.
    pub fn human_steps(&self) -> usize {
        let needs_human = |it: &&Failure| {
            let mut violations = it.violations.iter();
            violations.any(|it| ["I4", "I7"].contains(&it.invariant))
        };
        self.failures.iter().filter(needs_human).count()
    }
}

impl Campaign {
    /// Runs all scenarios without faults.
    pub fn prepare(scenarios: Vec<Scenario>, seed: u64) -> Result<Self, RunError> {
        let traces = in_parallel(&scenarios, |scenario| {
            run(scenario, &Plan::without_faults(&scenario.name, seed))
        });
        let traces = traces.into_iter().collect::<Result<Vec<Run>, RunError>>()?;
        let mut reference = Reference::default();
        for (scenario, trace) in scenarios.iter().zip(&traces) {
            reference.add(scenario, trace);
        }
        Ok(Self {
            scenarios,
            traces,
            reference,
            base: Plan::without_faults("", seed),
        })
    }

    /// Returns a campaign whose plans have this many replicas. Each plan must end as that with one replica does.
    pub fn with_replicas(&self, replicas: u32) -> Result<Self, RunError> {
        self.with(Plan {
            replicas,
            ..self.base.clone()
        })
    }

    /// Returns a campaign in whose plans the API server adds the finalizer to new objects. Each must end as without that.
    pub fn with_finalizer_policy(&self) -> Result<Self, RunError> {
        self.with(Plan {
            has_finalizer_policy: true,
            ..self.base.clone()
        })
    }

    fn with(&self, base: Plan) -> Result<Self, RunError> {
        let traces = in_parallel(&self.scenarios, |scenario| {
            run(scenario, &base.clone().of(scenario))
        });
        Ok(Self {
            scenarios: self.scenarios.clone(),
            traces: traces.into_iter().collect::<Result<Vec<Run>, RunError>>()?,
            reference: self.reference.clone(),
            base,
        })
    }

    /// Returns the scenarios with their runs without faults.
    pub fn traces(&self) -> impl Iterator<Item = (&Scenario, &Run)> {
        self.scenarios.iter().zip(&self.traces)
    }

    /// Returns the plans with one crash at one request of one scenario: all of them.
    pub fn crash_points(&self) -> Vec<Plan> {
        let traces = self.traces().filter(|(scenario, _)| !scenario.has_tenants);
        let points = traces
            .flat_map(|(scenario, trace)| self.plans(scenario, &trace.labels, |_| once(&CRASHES)));
        points.collect()
    }

    /// Returns [`Self::crash_points`] without those that equal another one: those after a read, which equal those before it, and those
    /// that an earlier scenario has as well, at requests before the first step in which the two scenarios differ.
    pub fn distinct_crash_points(&self) -> Vec<Plan> {
        self.distinct(|label| once(&Fault::distinct_crashes(label)))
    }

    /// Returns the plans with one fault other than a crash at one request, without those that an earlier scenario has as well.
    pub fn single_faults(&self) -> Vec<Plan> {
        self.distinct(|label| once(&Fault::of(label)))
    }

    /// Returns the plans of [`Self::single_faults`] with faults that occur at several requests in sequence.
    pub fn repeated_faults(&self) -> Vec<Plan> {
        self.distinct(|label| {
            let faults = Fault::of(label).into_iter();
            let repeated = faults.flat_map(|fault| {
                let repetitions = fault.repetitions().iter();
                repetitions.map(move |repetition| (fault, *repetition))
            });
            repeated.collect()
        })
    }

    fn distinct(&self, faults: impl Fn(&Label) -> Vec<Cell>) -> Vec<Plan> {
        let mut plans = vec![];
        let traces = self.traces().enumerate();
        for (at, (scenario, trace)) in traces.filter(|(_, (it, _))| !it.has_tenants) {
            let earlier = self.scenarios[..at].iter();
            let shared = earlier.map(|it| shared_steps(it, scenario)).max();
            let covered = labels_before_step(trace, shared.unwrap_or(0));
            let labels = trace.labels.iter().filter(|it| !covered.contains(it));
            plans.extend(self.plans(scenario, labels, &faults));
        }
        plans
    }

    /// Returns the plans with one fault at one of these requests of a scenario.
    fn plans<'a>(
        &self,
        scenario: &Scenario,
        labels: impl IntoIterator<Item = &'a Label>,
        faults: impl Fn(&Label) -> Vec<Cell>,
    ) -> Vec<Plan> {
        let plan = |label: &Label, (fault, repetition)| {
            let fault = PlannedFault::new(label, fault, repetition);
            self.plan(scenario).with_faults(vec![fault])
        };
        let mut plans = vec![];
        for label in labels.into_iter().filter(|label| is_listed(label)) {
            plans.extend(faults(label).into_iter().map(|cell| plan(label, cell)));
        }
        plans
    }

    /// Checks the runs without faults.
    pub fn check_traces(&self) -> Vec<Failure> {
        let failures = self.traces().map(|(scenario, trace)| Failure {
            plan: self.plan(scenario),
            violations: check(&trace.history, scenario, &self.reference),
        });
        failures.filter(|it| !it.violations.is_empty()).collect()
    }

    /// Runs plans, and checks them.
    pub fn execute(&self, plans: &[Plan]) -> Result<Report, RunError> {
        let begun = Instant::now();
        let results = in_parallel(plans, |plan: &Plan| {
            self.replay(plan)
                .map(|(run, violations)| (!run.missed.is_empty(), violations))
        });
        let mut report = Report {
            plans: plans.len(),
            ..Report::default()
        };
        for (plan, violations) in plans.iter().zip(results) {
            let (is_missed, violations) = violations?;
            report.missed += usize::from(is_missed);
            let plan = plan.clone();
            if !violations.is_empty() {
                report.failures.push(Failure { plan, violations });
            }
        }
        report.duration = begun.elapsed();
        Ok(report)
    }

    /// Returns the seed of all plans.
    pub(crate) fn seed(&self) -> u64 {
        self.base.seed
    }

    /// Returns the plan of a scenario without faults.
    pub(crate) fn plan(&self, scenario: &Scenario) -> Plan {
        self.base.clone().of(scenario)
    }

    /// Runs plans, and returns what a function finds in each run.
    pub(crate) fn measure<R: Send>(
        &self,
        plans: &[Plan],
        find: impl Fn(Run) -> R + Sync,
    ) -> Result<Vec<R>, RunError> {
        let results = in_parallel(plans, |plan| {
            let run = self.run(&Kubernetes::Model, plan);
            run.map(|(_, run)| find(run))
        });
        results.into_iter().collect()
    }

    /// Runs plans on an API server, and returns what a function finds in each run and in what went wrong.
    pub(crate) fn measure_on<R: Send>(
        &self,
        kubernetes: &Kubernetes,
        plans: &[Plan],
        find: impl Fn(Run, Vec<Violation>) -> R + Sync,
    ) -> Result<Vec<R>, RunError> {
        let results = in_parallel(plans, |plan| {
            let result = self.replay_on(kubernetes, plan);
            result.map(|(run, violations)| find(run, violations))
        });
        results.into_iter().collect()
    }

    fn run(&self, kubernetes: &Kubernetes, plan: &Plan) -> Result<(Scenario, Run), RunError> {
        let named = self.scenarios.iter().find(|it| it.name == plan.scenario);
        let walk = || walk(&self.scenarios, &plan.scenario);
        let Some(scenario) = named.cloned().or_else(walk) else {
            let unknown = format!("there is no scenario `{}`", plan.scenario);
            return Err(io::Error::other(unknown).into());
        };
        let run = run_on(kubernetes, &scenario, plan)?;
        Ok((scenario, run))
    }

    /// Runs a plan, and returns its run and what went wrong.
    pub fn replay(&self, plan: &Plan) -> Result<(Run, Vec<Violation>), RunError> {
        self.replay_on(&Kubernetes::Model, plan)
    }

    fn replay_on(
        &self,
        kubernetes: &Kubernetes,
        plan: &Plan,
    ) -> Result<(Run, Vec<Violation>), RunError> {
        let (scenario, run) = self.run(kubernetes, plan)?;
        let mut violations = check(&run.history, &scenario, &self.reference);
        // A second fault can be missed: the order of concurrent requests differs between runs.
        let first = plan.faults.first().map(|it| &it.label);
        let missed = run.missed.iter().filter(|label| first == Some(*label));
        violations.extend(missed.map(|label| Violation {
            invariant: "coverage",
            detail: format!("the operator did not send {label}"),
        }));
        Ok((run, violations))
    }
}

/// The first of the requests for the Lease that have faults. A leader sends one every few seconds.
const LEASE_REQUESTS: u32 = 3;

/// Whether a request can have faults.
fn is_listed(label: &Label) -> bool {
    !label.operation.ends_with(" leases") || label.ordinal <= LEASE_REQUESTS
}

/// A fault, and at how many requests it occurs.
type Cell = (Fault, Repetition);

fn once(faults: &[Fault]) -> Vec<Cell> {
    let faults = faults.iter();
    faults.map(|fault| (*fault, Repetition::Once)).collect()
}

/// Draws at most `count` plans: one with each fault at each operation, in a random scenario and order, then a second one of each, and so on.
pub fn sample(plans: Vec<Plan>, count: usize, seed: u64) -> Vec<Plan> {
    draw(plans, count, seed, pairs)
}

/// Draws at most `count` items in a random order: one with each key, then a second one of each, and so on.
pub(crate) fn draw<T, K: Eq + Hash>(
    mut items: Vec<T>,
    count: usize,
    seed: u64,
    key: impl Fn(&T) -> K,
) -> Vec<T> {
    fastrand::Rng::with_seed(seed).shuffle(&mut items);
    let mut drawn: HashMap<K, usize> = HashMap::new();
    let numbered = items.into_iter().map(|item| {
        let number = drawn.entry(key(&item)).or_default();
        *number += 1;
        (*number, item)
    });
    let mut numbered: Vec<(usize, T)> = numbered.collect();
    numbered.sort_by_key(|(number, _)| *number);
    let drawn = numbered.into_iter().take(count);
    drawn.map(|(_, item)| item).collect()
}

/// Returns the operations of a plan's faults, each with its fault.
fn pairs(plan: &Plan) -> Vec<(String, Fault)> {
    let faults = plan.faults.iter();
    faults
        .map(|it| (it.label.operation.clone(), it.fault))
        .collect()
}

/// Returns with how many equal steps two scenarios begin.
fn shared_steps(one: &Scenario, other: &Scenario) -> usize {
    let pairs = one.steps.iter().zip(&other.steps);
    pairs.take_while(|(one, other)| one == other).count()
}

/// Returns the requests of a run that were executed before a step, which is counted from 0.
fn labels_before_step(run: &Run, step: usize) -> HashSet<&Label> {
    let mut steps = 0;
    let events = run.history.events.iter();
    let events = events.take_while(|event| {
        steps += usize::from(matches!(event.what, What::Step(_)));
        steps <= step
    });
    let labels = events.filter_map(|event| match &event.what {
        What::Request(label) => Some(label),
        _ => None,
    });
    labels.collect()
}

/// Writes the failing plans as files that can be repeated.
pub fn write_failures(failures: &[Failure], folder: &Path) -> io::Result<Vec<PathBuf>> {
    let numbered = failures.iter().enumerate();
    numbered
        .map(|(number, it)| it.plan.write(folder, number))
        .collect()
}

/// Applies a function to all items on as many threads as the machine has processors, and returns the results in the order of the items.
fn in_parallel<T: Sync, R: Send>(items: &[T], apply: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicUsize::new(0);
    let work = || {
        let mut results = vec![];
        while let Some((at, item)) =
            Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|at| Some((at, items.get(at)?)))
        {
            results.push((at, apply(item)));
        }
        results
    };
    let mut results: Vec<(usize, R)> = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let results = workers.into_iter().map(thread::ScopedJoinHandle::join);
        results
            .flat_map(|it| it.expect("a plan does not panic"))
            .collect()
    });
    results.sort_by_key(|(at, _)| *at);
    results.into_iter().map(|(_, result)| result).collect()
}
