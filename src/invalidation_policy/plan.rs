//! Decides what a reconciliation does next: a pure function.

use super::{
    budget::Budget,
    change::{Observation, hash},
    spec::InvalidationPolicySpec,
    status::{InvalidationPolicyStatus, PendingChange, TriggerVersion},
    target::Target,
};
use std::collections::BTreeMap;

/// What the objects of the triggers show.
pub(super) type Observations = BTreeMap<Target, Observation>;

/// The inputs of the decision.
#[derive(Clone, Copy, Debug)]
pub(super) struct Facts<'a> {
    pub(super) uid: &'a str,
    /// The version of the policy, which differs for each change that begins: a trigger can get a version that it had before.
    pub(super) resource_version: &'a str,
    pub(super) spec: &'a InvalidationPolicySpec,
    pub(super) status: &'a InvalidationPolicyStatus,
    pub(super) observations: &'a Observations,
    /// The calendar month.
    pub(super) month: &'a str,
    pub(super) budget: Budget,
    pub(super) is_read_only: bool,
}

/// The next step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Plan {
    /// Store the change in the status, and count its paths.
    Begin(PendingChange),
    /// Create the Invalidations of the change in the status.
    Create(PendingChange),
    /// Leave a change for later.
    Postpone(Blocker),
    /// Nothing has changed.
    Rest,
}

/// Why a change creates no Invalidations for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Blocker {
    Suspended,
    ReadOnly,
    BudgetExceeded,
}

/// Returns the next step.
pub(super) fn plan(facts: Facts<'_>) -> Plan {
    let Facts { spec, status, .. } = facts;
    let pending = status.pending.as_ref();
    let changes = changes(spec, status, facts.observations);
    if pending.is_none() && changes.is_empty() {
        return Plan::Rest;
    }
    if facts.is_read_only {
        return Plan::Postpone(Blocker::ReadOnly);
    }
    if spec.suspend {
        return Plan::Postpone(Blocker::Suspended);
    }
    if let Some(pending) = pending {
        return Plan::Create(pending.clone());
    }
    let used = status.paths_in(facts.month);
    if facts.budget.is_exceeded_by(spec.paths_per_change(), used) {
        return Plan::Postpone(Blocker::BudgetExceeded);
    }
    let (distributions, paths) = (spec.distribution_refs.iter(), spec.paths.0.iter());
    Plan::Begin(PendingChange {
        id: hash(&(facts.uid, facts.resource_version, &changes)),
        triggers: changes,
        distributions: distributions.map(|it| it.name.clone()).collect(),
        paths: paths.map(|it| it.0.clone()).collect(),
    })
}

/// Returns the present versions of the triggers that have changed since their recorded versions.
pub(super) fn changes(
    spec: &InvalidationPolicySpec,
    status: &InvalidationPolicyStatus,
    observations: &Observations,
) -> Vec<TriggerVersion> {
    let targets = spec.targets().into_iter();
    let changed = targets.filter_map(|target| {
        let recorded = status.version_of(&target)?;
        let present = complete(observations, &target)?;
        (present != recorded).then(|| present.clone())
    });
    changed.collect()
}

/// Returns the recorded versions with those of new triggers, and without those of removed ones.
pub(super) fn recorded(
    spec: &InvalidationPolicySpec,
    status: &InvalidationPolicyStatus,
    observations: &Observations,
) -> Vec<TriggerVersion> {
    let targets = spec.targets().into_iter();
    let versions = targets.filter_map(|target| {
        let recorded = status.version_of(&target);
        recorded
            .or_else(|| complete(observations, &target))
            .cloned()
    });
    versions.collect()
}

fn complete<'a>(observations: &'a Observations, target: &Target) -> Option<&'a TriggerVersion> {
    match observations.get(target)? {
        Observation::Complete(version) => Some(version),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
