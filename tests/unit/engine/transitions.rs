//! The status contract for every sequence of outcomes: all pairs, and random sequences.

use crate::status_contract::{check_transition, row_of};
use cloudfront_operator::{
    engine::{Outcome, Reason, conditions},
    xml::Drift,
};
use k8s_openapi::{
    apimachinery::pkg::apis::meta::v1::{Condition, Time},
    jiff::Timestamp,
};
use proptest::prelude::*;
use serde_json::{Value, json};

/// The reasons of transient failures, and of stalls.
const TRANSIENT: [Reason; 5] = [
    Reason::Throttled,
    Reason::Unreachable,
    Reason::Conflict,
    Reason::AccessDenied,
    Reason::Rejected,
];
const REFUSED: [Reason; 10] = [
    Reason::Rejected,
    Reason::AccessDenied,
    Reason::Invalid,
    Reason::Immutable,
    Reason::NotConverging,
    Reason::OwnershipConflict,
    Reason::NotFound,
    Reason::ReadOnly,
    Reason::ResourceFailed,
    Reason::Suspended,
];

fn stalled(reason: Reason, code: Option<&str>) -> Outcome {
    Outcome::Stalled {
        reason,
        code: code.map(str::to_owned),
        message: "UpdateDistribution was rejected: InvalidArgument: no (request 1)".into(),
    }
}

/// Returns every outcome that is in the conditions, with every reason that it can have.
fn all_outcomes() -> Vec<Outcome> {
    let drift = Drift {
        path: "comment".into(),
        desired: None,
        observed: Some("x".into()),
    };
    let retrying = TRANSIENT.map(|reason| Outcome::Retrying {
        reason,
        message: "GetDistribution was rejected: no (request 1)".into(),
    });
    let refused = REFUSED.map(|reason| stalled(reason, None));
    let failed = [Reason::Rejected, Reason::NotFound].map(|reason| Outcome::Failed {
        reason,
        code: None,
        message: "it is gone".into(),
    });
    let others = [
        Outcome::Waiting("Waits for OriginAccessIdentity site, which has no id yet.".into()),
        Outcome::Queued("Others were first.".into()),
        Outcome::Completed,
        Outcome::Deploying("CloudFront is deploying the last change.".into()),
        Outcome::InSync,
        Outcome::Drifted(vec![drift]),
        Outcome::ReadOnly {
            message: "It is not created.".into(),
            drift: vec![],
        },
        Outcome::Suspended {
            pending_changes: false,
        },
        Outcome::Suspended {
            pending_changes: true,
        },
        stalled(Reason::Rejected, Some("InvalidArgument")),
        Outcome::DeletionProtected("spec.deletionProtection is true.".into()),
        Outcome::Disabling,
        Outcome::InUse("In use by Distribution www.".into()),
    ];
    others
        .into_iter()
        .chain(retrying)
        .chain(refused)
        .chain(failed)
        .collect()
}

fn is_suspended(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Suspended { .. })
}

/// An object, as the API server creates it and as reconciliations change it.
#[derive(Clone)]
struct Object {
    generation: i64,
    observed: Option<i64>,
    conditions: Vec<Condition>,
    seconds: i64,
    suspended: bool,
}

impl Object {
    fn new() -> Self {
        let pending = Condition {
            type_: "Ready".into(),
            status: "Unknown".into(),
            reason: "Pending".into(),
            message: "The operator has not looked yet.".into(),
            observed_generation: None,
            last_transition_time: Time(Timestamp::UNIX_EPOCH),
        };
        Self {
            generation: 1,
            observed: None,
            conditions: vec![pending],
            seconds: 1_000,
            suspended: false,
        }
    }

    fn ready(&self) -> &Condition {
        let ready = self.conditions.iter().find(|c| c.type_ == "Ready");
        ready.expect("Ready is never absent")
    }

    /// Returns the object after a reconciliation with this outcome.
    fn after(&self, outcome: &Outcome, edited: bool) -> Self {
        let generation = self.generation + i64::from(edited);
        let now = Timestamp::from_second(self.seconds).expect("a small number of seconds");
        Self {
            generation,
            observed: Some(generation),
            conditions: conditions(outcome, &self.conditions, generation, now),
            seconds: self.seconds + 7,
            suspended: is_suspended(outcome),
        }
    }

    fn json(&self, generation: i64, deleting: bool) -> Value {
        let deleted = deleting.then_some("2026-01-01T00:00:00Z");
        json!({
            "metadata": { "generation": generation, "deletionTimestamp": deleted },
            "status": { "observedGeneration": self.observed, "conditions": self.conditions },
        })
    }
}

/// Returns the name of the row of an outcome, given the object before it.
fn expected(outcome: &Outcome, before: &Object, edited: bool) -> &'static str {
    let ready = before.ready();
    let stalled = before.conditions.iter().any(|c| c.type_ == "Stalled");
    let still = !edited && !stalled && ready.observed_generation == Some(before.generation);
    match (outcome, ready.status.as_str()) {
        (Outcome::Waiting(_), _) => "waits for a reference",
        (Outcome::Queued(_), _) => "queued",
        (Outcome::Completed, _) => "completed",
        (Outcome::Failed { .. }, _) => "failed",
        (Outcome::Deploying(_), _) => "deploying",
        (Outcome::InSync, _) => "in sync",
        (Outcome::Drifted(_), _) => "drifted",
        (Outcome::ReadOnly { .. }, _) => "read-only",
        (
            Outcome::Suspended {
                pending_changes: true,
            },
            _,
        ) => "suspended, with pending changes",
        (
            Outcome::Suspended {
                pending_changes: false,
            },
            "True",
        ) => "suspended, ready before",
        (
            Outcome::Suspended {
                pending_changes: false,
            },
            "False",
        ) => "suspended, not ready before",
        (
            Outcome::Suspended {
                pending_changes: false,
            },
            _,
        ) => "suspended, unknown before",
        (Outcome::Retrying { .. }, "True") if still => "transient error, ready before",
        (Outcome::Retrying { .. }, "Unknown") if still => "transient error, unknown before",
        (Outcome::Retrying { .. }, _) => "transient error, with pending changes",
        (Outcome::Stalled { .. }, _) => "stalled",
        (Outcome::DeletionProtected(_), _) => "deletion protected",
        (Outcome::Disabling, _) => "disabling",
        (Outcome::InUse(_), _) => "in use",
        (Outcome::Postponed | Outcome::Finalized | Outcome::Unreported, _) => "in no condition",
    }
}

/// Makes one transition, checks the contract, and returns the object after it.
fn step(before: &Object, outcome: &Outcome, edited: bool) -> Object {
    let completed = before.ready().reason == "Completed";
    // A completed object is not reconciled again.
    let outcome = if completed {
        &Outcome::Completed
    } else {
        outcome
    };
    // Changes stay pending until the object is resumed.
    let stalled = before.conditions.iter().find(|c| c.type_ == "Stalled");
    let is_pending = stalled.is_some_and(|c| c.reason == "Suspended") && is_suspended(outcome);
    let outcome = if is_pending {
        &Outcome::Suspended {
            pending_changes: true,
        }
    } else {
        outcome
    };
    // To suspend and to resume are edits.
    let edited = edited || before.suspended != is_suspended(outcome);
    let after = before.after(outcome, edited);
    let context = format!(
        "{:#?}\n{outcome:?}\n{:#?}",
        before.conditions, after.conditions
    );
    let generation = after.generation;
    let row = expected(outcome, before, edited);
    for (generation, deleting) in [
        (generation, false),
        (generation, true),
        (generation + 1, false),
    ] {
        let found = row_of(&after.json(generation, deleting));
        assert_eq!(found, Ok(row), "{context}");
    }
    let (old, new) = (before.json(1, false), after.json(1, false));
    assert_eq!(check_transition(&old, &new), Ok(()), "{context}");
    let again = after.after(outcome, false);
    assert_eq!(
        again.conditions, after.conditions,
        "the same outcome changes nothing"
    );
    after
}

#[test]
fn the_contract_holds_for_every_pair_of_outcomes() {
    let outcomes = all_outcomes();
    for first in &outcomes {
        let start = step(&Object::new(), first, false);
        for (second, edited) in outcomes.iter().flat_map(|s| [(s, false), (s, true)]) {
            step(&start, second, edited);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn the_contract_holds_for_random_sequences(
        steps in prop::collection::vec((prop::sample::select(all_outcomes()), any::<bool>()), 1..40)
    ) {
        let mut object = Object::new();
        for (outcome, edited) in steps {
            object = step(&object, &outcome, edited);
        }
    }
}
