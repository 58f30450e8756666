//! The conditions of an InvalidationPolicy.

use super::{
    budget::price,
    change::Observation,
    plan::{Blocker, Facts, Plan, recorded},
    status::InvalidationPolicyStatus,
    target::{Target, TriggerKind},
};
use crate::engine::Reason;
use k8s_openapi::{
    apimachinery::pkg::apis::meta::v1::{Condition, Time},
    jiff::Timestamp,
};
use std::fmt::Write;

/// The state of a policy: the status and the reason of `Ready`, the condition beside it, and the message of both.
struct State {
    ready: &'static str,
    beside: Option<&'static str>,
    reason: Reason,
    message: String,
}

/// Returns the status of a policy about which nothing else is done in this reconciliation.
pub(super) fn settled(
    facts: Facts<'_>,
    plan: &Plan,
    generation: Option<i64>,
    now: Timestamp,
) -> InvalidationPolicyStatus {
    let state = state(facts, plan);
    InvalidationPolicyStatus {
        observed_generation: generation,
        conditions: conditions(&state, facts.status, generation, now),
        triggers: recorded(facts.spec, facts.status, facts.observations),
        ..facts.status.clone()
    }
}

/// Returns the status of a policy while the API server refuses Invalidations of a change. `refusal`: why.
pub(super) fn refused(
    status: InvalidationPolicyStatus,
    refusal: &str,
    generation: Option<i64>,
    now: Timestamp,
) -> InvalidationPolicyStatus {
    let message = format!(
        "The API server refuses an Invalidation: {refusal}. Remove the cause; the operator tries again every minute."
    );
    let state = stalled(Reason::Rejected, message);
    InvalidationPolicyStatus {
        observed_generation: generation,
        conditions: conditions(&state, &status, generation, now),
        ..status
    }
}

fn conditions(
    state: &State,
    status: &InvalidationPolicyStatus,
    generation: Option<i64>,
    now: Timestamp,
) -> Vec<Condition> {
    let condition = |type_: &str, value: &str| {
        let mut previous = status.conditions.iter();
        let same = previous.find(|it| it.type_ == type_ && it.status == value);
        Condition {
            type_: type_.into(),
            status: value.into(),
            reason: state.reason.to_string(),
            message: state.message.clone(),
            observed_generation: generation,
            last_transition_time: same
                .map_or_else(|| whole_seconds(now), |it| it.last_transition_time.clone()),
        }
    };
    let beside = state.beside.map(|type_| condition(type_, "True"));
    let ready = [condition("Ready", state.ready)];
    ready.into_iter().chain(beside).collect()
}

/// Kubernetes stores times in whole seconds: a more precise time would never equal the stored one.
pub(super) fn whole_seconds(now: Timestamp) -> Time {
    Time(Timestamp::from_second(now.as_second()).unwrap_or(now))
}

fn state(facts: Facts<'_>, plan: &Plan) -> State {
    let mut observations = facts.observations.iter();
    let denied = observations.find_map(|(_, it)| match it {
        Observation::Denied(text) => Some(text),
        _ => None,
    });
    if let Some(text) = denied {
        return stalled(Reason::AccessDenied, text.clone());
    }
    match plan {
        Plan::Postpone(Blocker::BudgetExceeded) => {
            return stalled(Reason::BudgetExceeded, over_budget(facts));
        }
        Plan::Postpone(Blocker::ReadOnly) => {
            let message = "A trigger has changed, and the operator runs with --read-only. Without it, one Invalidation for each distribution is created.";
            return State {
                ready: "Unknown",
                ..stalled(Reason::ReadOnly, message.into())
            };
        }
        _ if facts.spec.suspend => {
            let message = "spec.suspend is true, so changes create no Invalidations. After it is removed, all changes since then are one change.";
            return State {
                beside: None,
                ..stalled(Reason::Suspended, message.into())
            };
        }
        Plan::Postpone(Blocker::Suspended) | Plan::Begin(_) | Plan::Create(_) | Plan::Rest => {}
    }
    let missing = facts
        .observations
        .iter()
        .filter(|(_, it)| **it == Observation::Missing);
    let missing: Vec<String> = missing.map(|(target, _)| target.to_string()).collect();
    if !missing.is_empty() {
        return State {
            ready: "False",
            beside: Some("Reconciling"),
            reason: Reason::ReferenceNotReady,
            message: format!(
                "Waits for {}, which does not exist in this namespace. Changes of the other triggers create Invalidations.",
                missing.join(", ")
            ),
        };
    }
    State {
        ready: "True",
        beside: None,
        reason: Reason::Watching,
        message: watching(facts),
    }
}

fn stalled(reason: Reason, message: String) -> State {
    State {
        ready: "False",
        beside: Some("Stalled"),
        reason,
        message,
    }
}

/// Returns a sentence with the budget, the price and what to do.
fn over_budget(facts: Facts<'_>) -> String {
    let paths = facts.spec.paths_per_change();
    let used = facts.budget.used_by_others + facts.status.paths_in(facts.month);
    let limit = facts.budget.limit.unwrap_or_default();
    let month = facts.month;
    let wait = if paths > limit {
        "or use fewer paths: this change alone exceeds the limit"
    } else {
        "use fewer paths, or wait for the next month"
    };
    let raise = if facts.spec.paths_per_month == Some(limit) {
        "raise spec.pathsPerMonth"
    } else {
        "ask the administrator for a higher --max-invalidation-paths-per-month (value invalidationPolicies.maxPathsPerMonth of the chart)"
    };
    format!(
        "A trigger has changed, and its Invalidations need {paths} paths, but the policies of this namespace have used {used} of {limit} paths in {month}. \
         {paths} paths cost at most {}: 1,000 a month and account are free, then each is 0.005 USD. \
         To create the Invalidations, {raise}, {wait}.",
        price(paths)
    )
}

/// Returns sentences about what a change does, and about the triggers that are not complete.
fn watching(facts: Facts<'_>) -> String {
    let names = |names: Vec<String>| names.join(", ");
    let distributions = facts.spec.distribution_refs.iter();
    let distributions = names(distributions.map(|it| it.name.clone()).collect());
    let targets = facts.spec.targets();
    let triggers = names(targets.iter().map(Target::to_string).collect());
    let mut message = format!(
        "A change of {triggers} creates one Invalidation for each distribution: {distributions}."
    );
    for (target, observation) in facts.observations {
        let note = match (observation, target.kind) {
            (Observation::Failed, _) => " failed, and creates none",
            (Observation::InProgress, TriggerKind::Deployment) => " is in progress",
            (Observation::InProgress, _) => " is not ready",
            _ => continue,
        };
        let subject = match target.kind {
            TriggerKind::Deployment => "The rollout of ",
            _ => "",
        };
        // Writing to a string does not fail.
        let _ = write!(message, " {subject}{target}{note}.");
    }
    message
}
