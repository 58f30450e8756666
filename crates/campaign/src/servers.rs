//! The model API server compared with a real one: both run the same plans, and must end alike after the same requests.

use crate::{
    api_server::RealApiServer,
    campaign::{Campaign, draw},
    check::EndState,
    harness::{Kubernetes, Run, RunError},
    history::History,
    label::Side,
    plan::Plan,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// A plan whose runs differ.
#[derive(Debug)]
pub struct Difference {
    /// The plan.
    pub plan: Plan,
    /// A sentence for each difference: the real server's value, and then the model's.
    pub sentences: Vec<String>,
}

/// What two servers have shown.
#[derive(Debug, Default)]
pub struct Comparison {
    /// The plans that both have run.
    pub plans: usize,
    /// The scenarios of these plans.
    pub scenarios: usize,
    /// The requests of the operator to each server, and to CloudFront.
    pub requests: usize,
    /// The plans whose runs differ.
    pub differences: Vec<Difference>,
}

impl Campaign {
    /// Draws plans with one crash or fault: one of each scenario in a random order, then a second one of each, and so on.
    pub fn plans_of_each_scenario(&self, count: usize) -> Vec<Plan> {
        let mut plans = self.crash_points();
        plans.extend(self.single_faults());
        draw(plans, count, self.seed(), |plan| plan.scenario.clone())
    }

    /// Runs plans on the model and on a real server, and compares
    ///
    /// - the objects at the end: their specs, generations, finalizers and conditions, without messages and times;
    /// - the resources at the end, with names in the place of ids, and the number of changes by operation;
    /// - the number of requests to each server by verb and object until the quiet period, and those that were not sent;
    /// - the violations.
    ///
    /// Watches are not compared, because the harness serves those of both runs from the changes that a server has reported. A plan with a
    /// difference runs again on both servers. What does not occur each time is of the order in which the tasks of the operator run, such as
    /// one list of the poller more or less, and not of the servers.
    pub fn compare_servers(
        &self,
        real: &Arc<RealApiServer>,
        plans: &[Plan],
    ) -> Result<Comparison, RunError> {
        let real = Kubernetes::Real(real.clone());
        let expected = self.show(&Kubernetes::ModelOfNamespace, plans)?;
        let found = self.show(&real, plans)?;
        let scenarios: BTreeSet<&String> = plans.iter().map(|plan| &plan.scenario).collect();
        let mut comparison = Comparison {
            plans: plans.len(),
            scenarios: scenarios.len(),
            ..Comparison::default()
        };
        for (plan, (found, expected)) in plans.iter().zip(found.iter().zip(&expected)) {
            comparison.requests += found.requests.values().sum::<usize>();
            let mut sentences = found.differences(expected);
            for _ in 0..REPETITIONS {
                if sentences.is_empty() {
                    break;
                }
                let again = self.differences_of(&real, plan)?;
                sentences.retain(|it| again.contains(it));
            }
            if !sentences.is_empty() {
                let plan = plan.clone();
                comparison.differences.push(Difference { plan, sentences });
            }
        }
        Ok(comparison)
    }

    fn differences_of(&self, real: &Kubernetes, plan: &Plan) -> Result<Vec<String>, RunError> {
        let plan = std::slice::from_ref(plan);
        let expected = self.show(&Kubernetes::ModelOfNamespace, plan)?;
        let found = self.show(real, plan)?;
        let both = found.iter().zip(&expected);
        Ok(both
            .flat_map(|(found, expected)| found.differences(expected))
            .collect())
    }

    fn show(&self, kubernetes: &Kubernetes, plans: &[Plan]) -> Result<Vec<Shown>, RunError> {
        self.measure_on(kubernetes, plans, |run, violations| {
            let violations = violations.into_iter();
            let violations = violations.map(|it| format!("{}: {}", it.invariant, it.detail));
            Shown::new(&run, violations.collect())
        })
    }
}

/// How often a plan with a difference runs again.
const REPETITIONS: usize = 3;

/// The object of all requests for events.
const EVENT: &str = "Event";

/// What a run has shown.
struct Shown {
    end: EndState,
    /// The number of requests by server, operation and object.
    requests: BTreeMap<(Side, String, String), usize>,
    missed: BTreeSet<String>,
    violations: BTreeSet<String>,
    metadata: BTreeSet<String>,
}

impl Shown {
    fn new(run: &Run, violations: BTreeSet<String>) -> Self {
        let mut requests = BTreeMap::new();
        let labels = run.labels.iter();
        for label in labels.filter(|it| !it.operation.starts_with("watch ")) {
            let object = if label.operation.ends_with(" events") {
                EVENT.into() // the names of events are random
            } else {
                label.object.clone()
            };
            let key = (label.side, label.operation.clone(), object);
            *requests.entry(key).or_default() += 1;
        }
        Self {
            end: EndState::of(&run.history),
            requests,
            missed: run.missed.iter().map(ToString::to_string).collect(),
            violations,
            metadata: metadata(&run.history),
        }
    }

    fn differences(&self, expected: &Self) -> Vec<String> {
        let ends = self.end.differences(&expected.end).into_iter();
        let mut sentences: Vec<String> = ends.map(|(_, sentence)| sentence).collect();
        let keys: BTreeSet<_> = self
            .requests
            .keys()
            .chain(expected.requests.keys())
            .collect();
        for key in keys {
            let count = |of: &Self| of.requests.get(key).copied().unwrap_or_default();
            let (found, expected) = (count(self), count(expected));
            if found != expected {
                let (_, operation, object) = key;
                sentences.push(format!(
                    "{operation} {object}: {found} instead of {expected}"
                ));
            }
        }
        for (what, found, expected) in [
            ("metadata", &self.metadata, &expected.metadata),
            ("not sent", &self.missed, &expected.missed),
            ("violations", &self.violations, &expected.violations),
        ] {
            if found != expected {
                sentences.push(format!("{what}: {found:?} instead of {expected:?}"));
            }
        }
        sentences
    }
}

/// Returns the generation, the finalizers and the annotations of the last version of each object, without its random UID.
fn metadata(history: &History) -> BTreeSet<String> {
    let mut last = BTreeMap::new();
    for (_, version) in history.versions() {
        let metadata = &version.object["metadata"];
        let text = format!(
            "{}: generation {}, finalizers {}, annotations {}, removed {}",
            version.name(),
            metadata["generation"],
            metadata["finalizers"],
            metadata["annotations"],
            version.is_removed
        );
        last.insert(version.uid(), text.replace(version.uid(), "UID"));
    }
    last.into_values().collect()
}
