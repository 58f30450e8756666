//! The conditions of each outcome, row by row of the status contract.

use cloudfront_operator::{
    engine::{Outcome, Reason, conditions},
    xml::Drift,
};
use k8s_openapi::{apimachinery::pkg::apis::meta::v1::Condition, jiff::Timestamp};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("a small number of seconds")
}

fn throttled() -> Outcome {
    Outcome::Retrying {
        reason: Reason::Throttled,
        message: "UpdateDistribution was rejected: Throttling: Rate exceeded (request 1)".into(),
    }
}

fn refused() -> Outcome {
    Outcome::Stalled {
        reason: Reason::Rejected,
        code: Some("InvalidArgument".into()),
        message: "UpdateDistribution was rejected: InvalidArgument: no (request 1)".into(),
    }
}

fn failed() -> Outcome {
    Outcome::Failed {
        reason: Reason::Rejected,
        code: Some("InvalidArgument".into()),
        message: "CreateInvalidation was rejected: InvalidArgument: no (request 1)".into(),
    }
}

/// Returns a row as text: `Ready=False(Deploying) Synced=True(InSync) …`.
fn row(conditions: &[Condition]) -> String {
    let words = conditions
        .iter()
        .map(|c| format!("{}={}({})", c.type_, c.status, c.reason));
    words.collect::<Vec<_>>().join(" ")
}

fn check(outcome: &Outcome, before: &[Condition], expected: &str) -> Vec<Condition> {
    let found = conditions(outcome, before, 2, at(100));
    assert_eq!(row(&found), expected, "{outcome:?}");
    for condition in &found {
        assert_eq!(condition.observed_generation, Some(2), "{condition:?}");
        assert!(!condition.message.is_empty(), "{condition:?}");
    }
    found
}

fn deployed(generation: i64) -> Vec<Condition> {
    conditions(&Outcome::InSync, &[], generation, at(1))
}

#[test]
fn every_outcome_has_its_row() {
    let drift = Drift {
        path: "comment".into(),
        desired: None,
        observed: Some("x".into()),
    };
    let text_of = |text: &str| text.to_owned();
    let table = [
        (
            Outcome::Waiting(text_of("w")),
            "Ready=False(ReferenceNotReady) Synced=Unknown(ReferenceNotReady) Reconciling=True(ReferenceNotReady)",
        ),
        (
            Outcome::Queued(text_of("q")),
            "Ready=False(Queued) Synced=True(Queued) Reconciling=True(Queued)",
        ),
        (
            Outcome::Completed,
            "Ready=True(Completed) Synced=True(Completed) Complete=True(Completed)",
        ),
        (
            failed(),
            "Ready=False(Rejected) Synced=False(InvalidArgument) Stalled=True(Rejected) Failed=True(Rejected)",
        ),
        (
            Outcome::Deploying(text_of("d")),
            "Ready=False(Deploying) Synced=True(InSync) Reconciling=True(Deploying)",
        ),
        (Outcome::InSync, "Ready=True(InSync) Synced=True(InSync)"),
        (
            Outcome::Drifted(vec![drift]),
            "Ready=False(Drifted) Synced=True(Drifted) Stalled=True(Drifted)",
        ),
        (
            Outcome::ReadOnly {
                message: text_of("w"),
                drift: vec![],
            },
            "Ready=Unknown(ReadOnly) Synced=True(ReadOnly) Stalled=True(ReadOnly)",
        ),
        (
            Outcome::Suspended {
                pending_changes: true,
            },
            "Ready=False(Suspended) Synced=Unknown(Suspended) Stalled=True(Suspended)",
        ),
        (
            throttled(),
            "Ready=False(Throttled) Synced=False(Throttled) Reconciling=True(Throttled)",
        ),
        (
            refused(),
            "Ready=False(Rejected) Synced=False(InvalidArgument) Stalled=True(Rejected)",
        ),
        (
            Outcome::DeletionProtected(text_of("p")),
            "Ready=False(DeletionProtected) Synced=True(DeletionProtected) Stalled=True(DeletionProtected)",
        ),
        (
            Outcome::Disabling,
            "Ready=False(Disabling) Synced=True(Disabling) Reconciling=True(Disabling)",
        ),
        (
            Outcome::InUse(text_of("u")),
            "Ready=False(InUse) Synced=True(InUse) Reconciling=True(InUse)",
        ),
    ];
    for (outcome, expected) in table {
        check(&outcome, &[], expected);
    }
}

#[test]
fn a_transient_failure_keeps_ready_of_the_same_generation() {
    check(
        &throttled(),
        &deployed(2),
        "Ready=True(InSync) Synced=False(Throttled)",
    );
}

#[test]
fn a_transient_failure_after_an_edit_is_not_ready_and_reconciling() {
    check(
        &throttled(),
        &deployed(1),
        "Ready=False(Throttled) Synced=False(Throttled) Reconciling=True(Throttled)",
    );
}

#[test]
fn a_transient_failure_during_a_deployment_is_still_reconciling() {
    let deploying = conditions(&Outcome::Deploying("d".into()), &[], 2, at(1));
    check(
        &throttled(),
        &deploying,
        "Ready=False(Deploying) Synced=False(Throttled) Reconciling=True(Throttled)",
    );
}

#[test]
fn suspending_without_another_edit_keeps_the_status_of_ready() {
    let found = check(
        &Outcome::Suspended {
            pending_changes: false,
        },
        &deployed(1),
        "Ready=True(Suspended) Synced=Unknown(Suspended)",
    );
    let again = conditions(
        &Outcome::Suspended {
            pending_changes: false,
        },
        &found,
        2,
        at(500),
    );
    assert_eq!(again, found, "the start time does not change");
}

#[test]
fn the_transition_time_changes_only_with_the_status() {
    let first = conditions(&Outcome::InSync, &[], 1, at(1));
    let second = conditions(&Outcome::InSync, &first, 2, at(2));
    assert_eq!(second[0].last_transition_time.0, at(1));
    let third = conditions(&Outcome::Disabling, &second, 3, at(3));
    assert_eq!(third[0].last_transition_time.0, at(3));
}

#[test]
fn a_repeated_refusal_with_another_request_id_changes_nothing() {
    let first = conditions(&refused(), &[], 2, at(1));
    let Outcome::Stalled {
        reason,
        code,
        message,
    } = refused()
    else {
        panic!("a refusal is a stall");
    };
    let again = Outcome::Stalled {
        reason,
        code,
        message: message.replace("request 1", "request 2"),
    };
    assert_eq!(conditions(&again, &first, 2, at(9)), first);
}

#[test]
fn a_deletion_shows_when_it_began() {
    let retiring = conditions(&Outcome::Disabling, &[], 2, at(0));
    assert_eq!(retiring[0].message, "Disabling since 1970-01-01T00:00:00Z");
    let later = conditions(&Outcome::Disabling, &retiring, 2, at(60));
    assert_eq!(later, retiring);
}

#[test]
fn a_code_that_is_not_an_identifier_is_replaced_by_the_reason() {
    let odd = Outcome::Stalled {
        reason: Reason::Rejected,
        code: Some("<html>".into()),
        message: "odd".into(),
    };
    check(
        &odd,
        &[],
        "Ready=False(Rejected) Synced=False(Rejected) Stalled=True(Rejected)",
    );
}

#[test]
fn a_message_is_shorter_than_the_limit_of_the_api_server() {
    let long = Outcome::InUse("é".repeat(50_000));
    let found = conditions(&long, &[], 1, at(1));
    assert!(found.iter().all(|c| c.message.chars().count() <= 2_001));
}

#[test]
fn a_transient_failure_replaces_a_stall() {
    let stalled = conditions(&refused(), &[], 2, at(1));
    check(
        &throttled(),
        &stalled,
        "Ready=False(Throttled) Synced=False(Throttled) Reconciling=True(Throttled)",
    );
}
