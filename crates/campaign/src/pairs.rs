//! Two faults in sequence: a crash, and a second crash or a stale read while the operator recovers from the first.

use crate::{
    campaign::Campaign,
    fault::{Fault, Repetition},
    harness::{Run, RunError},
    history::What,
    label::Label,
    plan::{Plan, PlannedFault},
};

impl Campaign {
    /// Returns plans with a second crash after each of these plans with one crash, at a request with which the operator recovers from it.
    /// The requests are those of the run with the first crash.
    pub fn crash_pairs(&self, first: &[Plan]) -> Result<Vec<Plan>, RunError> {
        self.pairs(first, recovery, crashes)
    }

    /// Returns plans in which a read of CloudFront shows an earlier state after each of these plans with one crash.
    pub fn crashes_with_stale_reads(&self, first: &[Plan]) -> Result<Vec<Plan>, RunError> {
        self.pairs(first, recovery, |label| {
            let faults = Fault::of(label).into_iter();
            let stale = faults.filter(|fault| matches!(fault, Fault::StaleRead(_)));
            let repeated = stale.flat_map(|fault| {
                let repetitions = fault.repetitions().iter().chain(&[Repetition::Once]);
                repetitions.map(move |repetition| (fault, *repetition))
            });
            repeated.collect()
        })
    }

    /// Returns plans with a second fault after each of these plans with one fault, at each of the requests that a function finds in the run
    /// with the first fault.
    pub(crate) fn pairs(
        &self,
        first: &[Plan],
        requests: impl Fn(&Run) -> Vec<Label> + Sync,
        second: impl Fn(&Label) -> Vec<(Fault, Repetition)>,
    ) -> Result<Vec<Plan>, RunError> {
        let found = self.measure(first, |run| requests(&run))?;
        let mut plans = vec![];
        for (plan, labels) in first.iter().zip(found) {
            for label in labels {
                let faults = second(&label).into_iter();
                plans.extend(faults.map(|(fault, repetition)| {
                    let mut plan = plan.clone();
                    plan.faults.push(PlannedFault {
                        label: label.clone(),
                        fault,
                        repetition,
                    });
                    plan
                }));
            }
        }
        Ok(plans)
    }
}

/// Returns the crashes that a request can have as a second fault.
pub(crate) fn crashes(label: &Label) -> Vec<(Fault, Repetition)> {
    let crashes = Fault::distinct_crashes(label).into_iter();
    crashes.map(|crash| (crash, Repetition::Once)).collect()
}

/// Returns the requests after the crash of a run, until the next step of the scenario.
fn recovery(run: &Run) -> Vec<Label> {
    let events = run.history.events.iter();
    let after = events.skip_while(|event| !matches!(event.what, What::Crashed));
    let until = after.take_while(|event| !matches!(event.what, What::Step(_) | What::Quiet));
    let labels = until.filter_map(|event| match &event.what {
        What::Request(label) => Some(label.clone()),
        _ => None,
    });
    labels.collect()
}
