use super::*;
use crate::invalidation_policy::{
    report::settled, spec::InvalidationPolicySpec, target::TriggerKind,
};
use k8s_openapi::{apimachinery::pkg::apis::meta::v1::Time, jiff::Timestamp};
use serde_json::{Value, json};

const MONTH: &str = "2026-12";

const VERSIONS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

fn spec(fields: &Value) -> InvalidationPolicySpec {
    let mut spec = json!({
        "triggers": [{ "deploymentRef": { "name": "web" } }, { "configMapRef": { "name": "content" } }],
        "distributionRefs": [{ "name": "a" }, { "name": "b" }, { "name": "c" }],
        "paths": ["/index.html"],
    });
    for (name, value) in fields.as_object().expect("fields") {
        spec[name] = value.clone();
    }
    serde_json::from_value(spec).expect("a valid spec")
}

fn target(kind: TriggerKind) -> Target {
    let name = match kind {
        TriggerKind::Deployment => "web",
        _ => "content",
    };
    Target {
        kind,
        name: name.into(),
    }
}

fn version(kind: TriggerKind, uid: &str, version: &str) -> TriggerVersion {
    let Target { name, .. } = target(kind);
    TriggerVersion {
        kind: kind.to_string(),
        name,
        uid: uid.into(),
        version: version.into(),
    }
}

/// Revision of the Deployment, and hash of the ConfigMap.
fn observed(revision: &str, hash: &str) -> Observations {
    let all = [
        (TriggerKind::Deployment, revision),
        (TriggerKind::ConfigMap, hash),
    ];
    let all = all.map(|(kind, it)| (target(kind), Observation::Complete(version(kind, "u", it))));
    all.into_iter().collect()
}

fn facts<'a>(
    spec: &'a InvalidationPolicySpec,
    status: &'a InvalidationPolicyStatus,
    observations: &'a Observations,
) -> Facts<'a> {
    Facts {
        uid: "p",
        // The status of each change has other paths, and so has the object another version.
        resource_version: VERSIONS[usize::try_from(status.paths_in(MONTH)).expect("few") % 10],
        spec,
        status,
        observations,
        month: MONTH,
        budget: Budget {
            limit: spec.paths_per_month,
            used_by_others: 0,
        },
        is_read_only: false,
    }
}

fn rest(facts: Facts<'_>, plan: &Plan) -> InvalidationPolicyStatus {
    settled(facts, plan, Some(1), Timestamp::UNIX_EPOCH)
}

fn reason(status: &InvalidationPolicyStatus) -> &str {
    &status.conditions[0].reason
}

/// Does what a reconciliation does. Returns the ids of the changes of which it creates Invalidations.
fn reconcile(
    spec: &InvalidationPolicySpec,
    status: &mut InvalidationPolicyStatus,
    observations: &Observations,
) -> Vec<String> {
    let mut created = vec![];
    loop {
        let facts = facts(spec, status, observations);
        let step = plan(facts);
        match &step {
            Plan::Begin(change) => {
                *status = status.begin(change.clone(), MONTH, spec.paths_per_change());
            }
            Plan::Create(change) => {
                created.push(change.id.clone());
                *status = status.finish(change, Time(Timestamp::UNIX_EPOCH));
            }
            Plan::Postpone(_) | Plan::Rest => {
                *status = rest(facts, &step);
                return created;
            }
        }
    }
}

#[test]
fn the_first_versions_are_the_start_and_each_later_one_is_one_change() {
    let (spec, mut status) = (spec(&json!({})), InvalidationPolicyStatus::default());
    assert!(reconcile(&spec, &mut status, &observed("1", "x")).is_empty());
    assert_eq!(status.triggers.len(), 2);
    let first = reconcile(&spec, &mut status, &observed("2", "x"));
    assert_eq!(first.len(), 1);
    assert_eq!(status.last_change.as_deref(), Some("Deployment web"));
    assert_eq!(status.paths_in(MONTH), 3, "a path in each distribution");
    assert!(reconcile(&spec, &mut status, &observed("2", "x")).is_empty());
    let both = reconcile(&spec, &mut status, &observed("3", "y"));
    assert_eq!(both.len(), 1, "changes at the same time are one");
    assert_ne!(both, first);
    assert_eq!(
        status.last_change.as_deref(),
        Some("Deployment web, ConfigMap content")
    );
    let rollback = reconcile(&spec, &mut status, &observed("3", "x"));
    assert_eq!(rollback.len(), 1);
    let again = reconcile(&spec, &mut status, &observed("3", "y"));
    assert_eq!(again.len(), 1);
    let back = reconcile(&spec, &mut status, &observed("3", "x"));
    assert_ne!(back, rollback, "each change has names of its own");
}

#[test]
fn an_incomplete_or_missing_trigger_keeps_its_version_and_blocks_no_other_trigger() {
    let (spec, mut status) = (spec(&json!({})), InvalidationPolicyStatus::default());
    reconcile(&spec, &mut status, &observed("1", "x"));
    for unfinished in [
        Observation::InProgress,
        Observation::Failed,
        Observation::Missing,
    ] {
        let mut observations = observed("1", "x");
        observations.insert(target(TriggerKind::Deployment), unfinished);
        assert!(reconcile(&spec, &mut status, &observations).is_empty());
    }
    assert_eq!(reason(&status), "ReferenceNotReady");
    let mut observations = observed("1", "y");
    observations.insert(target(TriggerKind::Deployment), Observation::Missing);
    assert_eq!(reconcile(&spec, &mut status, &observations).len(), 1);
    let recreated = version(TriggerKind::Deployment, "u2", "1");
    let mut observations = observed("1", "y");
    observations.insert(
        target(TriggerKind::Deployment),
        Observation::Complete(recreated),
    );
    assert_eq!(
        reconcile(&spec, &mut status, &observations).len(),
        1,
        "another uid"
    );
    assert_eq!(reason(&status), "Watching");
}

#[test]
fn a_crash_after_each_step_neither_repeats_nor_loses_a_change() {
    let (spec, mut status) = (spec(&json!({})), InvalidationPolicyStatus::default());
    reconcile(&spec, &mut status, &observed("1", "x"));
    let observations = observed("2", "x");
    let Plan::Begin(change) = plan(facts(&spec, &status, &observations)) else {
        panic!("a change begins");
    };
    assert_eq!(change.distributions, ["a", "b", "c"]);
    let begun = status.begin(change.clone(), MONTH, 3);
    // The process was killed, and meanwhile the next rollout is complete.
    let later = observed("3", "x");
    let Plan::Create(resumed) = plan(facts(&spec, &begun, &later)) else {
        panic!("the change that began is finished first");
    };
    assert_eq!(resumed, change, "the names are the same");
    let mut status = begun;
    let created = reconcile(&spec, &mut status, &later);
    assert_eq!(created.len(), 2);
    assert_eq!(created[0], change.id);
    assert_eq!(status.paths_in(MONTH), 6, "each change is counted once");
}

#[test]
fn a_budget_blocks_a_change_until_it_is_raised_or_a_month_begins() {
    let (limited, mut status) = (
        spec(&json!({ "pathsPerMonth": 5 })),
        InvalidationPolicyStatus::default(),
    );
    reconcile(&limited, &mut status, &observed("1", "x"));
    assert_eq!(
        reconcile(&limited, &mut status, &observed("2", "x")).len(),
        1
    );
    assert!(reconcile(&limited, &mut status, &observed("3", "x")).is_empty());
    assert_eq!(reason(&status), "BudgetExceeded");
    let message = &status.conditions[0].message;
    for part in [
        "need 3 paths",
        "used 3 of 5 paths in 2026-12",
        "at most 0.015 USD",
        "raise spec.pathsPerMonth",
    ] {
        assert!(message.contains(part), "{message}");
    }
    assert_eq!(status.conditions[1].type_, "Stalled");
    let observations = observed("3", "x");
    let next_month = Facts {
        month: "2027-01",
        ..facts(&limited, &status, &observations)
    };
    assert!(matches!(plan(next_month), Plan::Begin(_)));
    let raised = spec(&json!({ "pathsPerMonth": 6 }));
    assert_eq!(reconcile(&raised, &mut status, &observations).len(), 1);
    assert_eq!((reason(&status), status.conditions.len()), ("Watching", 1));
}

#[test]
fn changes_while_nothing_may_be_created_are_one_change_afterwards() {
    let (active, suspended) = (spec(&json!({})), spec(&json!({ "suspend": true })));
    let mut status = InvalidationPolicyStatus::default();
    reconcile(&active, &mut status, &observed("1", "x"));
    for revision in ["2", "3"] {
        assert!(reconcile(&suspended, &mut status, &observed(revision, "x")).is_empty());
        assert_eq!(reason(&status), "Suspended");
        let observations = observed(revision, "x");
        let read_only = Facts {
            is_read_only: true,
            ..facts(&active, &status, &observations)
        };
        let step = plan(read_only);
        assert_eq!(step, Plan::Postpone(Blocker::ReadOnly));
        assert_eq!(reason(&rest(read_only, &step)), "ReadOnly");
    }
    assert_eq!(
        reconcile(&active, &mut status, &observed("3", "x")).len(),
        1
    );
}

#[test]
fn a_pending_change_keeps_its_paths_and_what_was_refused_and_waits_while_suspended() {
    let (active, mut status) = (spec(&json!({})), InvalidationPolicyStatus::default());
    reconcile(&active, &mut status, &observed("1", "x"));
    let observations = observed("2", "x");
    let Plan::Begin(change) = plan(facts(&active, &status, &observations)) else {
        panic!("the Deployment has changed");
    };
    let pending = status.begin(change, MONTH, active.paths_per_change());
    let refused = pending.keep(&["b".into()]);
    let suspended = spec(&json!({ "suspend": true }));
    let step = plan(facts(&suspended, &refused, &observations));
    assert_eq!(step, Plan::Postpone(Blocker::Suspended));
    let edited = spec(&json!({ "paths": ["/other", "/more"] }));
    let step = plan(facts(&edited, &refused, &observations));
    let Plan::Create(change) = step else {
        panic!("the change is pending");
    };
    assert_eq!(
        (change.distributions, change.paths),
        (vec!["b".into()], vec!["/index.html".into()])
    );
    assert_eq!(refused.paths_in(MONTH), 3, "the count stays");
}

#[test]
fn a_removed_trigger_is_forgotten_and_its_return_is_a_start() {
    let (both, mut status) = (spec(&json!({})), InvalidationPolicyStatus::default());
    reconcile(&both, &mut status, &observed("1", "x"));
    let one = spec(&json!({ "triggers": [{ "deploymentRef": { "name": "web" } }] }));
    reconcile(&one, &mut status, &observed("1", "x"));
    assert_eq!(status.triggers.len(), 1);
    assert!(reconcile(&both, &mut status, &observed("1", "y")).is_empty());
}
