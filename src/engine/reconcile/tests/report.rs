//! Step `report`: the status, the warning and the summary.

use crate::engine::{
    api::{
        outcome::Outcome,
        reason::Reason,
        status::{ShownStatus, Status},
    },
    object_state::{PendingStatus, ReadOrder},
    reconcile::{
        applied::Applied,
        completion::remaining_ttl,
        event::{ResourceAction, WriteEvent},
        fixtures::{UID, both, condition, identity, inputs, invalidation, recorded, remote},
        observation::{Observation, Progress, Source},
        reconciliation::Subject,
        report::{new_warning, next_status},
        summary::summarize,
    },
};
use crate::xml::Drift;
use k8s_openapi::jiff::Timestamp;
use serde_json::json;
use std::time::Duration;
use tokio::time::Instant;

fn now() -> Timestamp {
    Timestamp::from_second(1_800_000_000).expect("a valid time")
}

fn observed(outcome: Outcome) -> Applied {
    let observation = Observation {
        collection: "c".into(),
        remote: Some(remote("E1", UID, "new")),
        source: Source::Read,
        order: ReadOrder::Latest,
    };
    Applied::observed(outcome, observation, Some("123456789012".into()))
}

#[test]
fn the_status_has_the_resource_and_the_applied_spec() {
    let subject = identity(&json!({}));
    let inputs = inputs(&subject);
    let applied = observed(Outcome::InSync).with_accepted_spec(&inputs);
    let status = next_status(&subject, &applied, None, now());
    assert_eq!(status.id.as_deref(), Some("E1"));
    assert_eq!(status.etag.as_deref(), Some("A"));
    assert_eq!(status.caller_reference.as_deref(), Some(UID));
    assert_eq!(status.account_id.as_deref(), Some("123456789012"));
    assert_eq!(status.observed_generation, Some(2));
    assert_eq!(status.applied_generation, Some(2));
    assert_eq!(status.applied_spec_hash, inputs.hashes.recorded);
    assert_eq!(status.condition("Ready").unwrap().status, "True");
}

#[test]
fn a_failure_keeps_the_resource_and_stores_a_pending_id() {
    let failed = Applied::new(Outcome::InUse("in use".into()));
    let known = identity(&recorded("True", "InSync"));
    let status = next_status(&known, &failed, None, now());
    assert_eq!(status.id.as_deref(), Some("E1"));
    assert_eq!(status.applied_generation, Some(2));
    let new = identity(&json!({}));
    let status = next_status(&new, &failed, Some("E7"), now());
    assert_eq!(status.id.as_deref(), Some("E7"));
    assert_eq!(status.applied_generation, None);
}

#[test]
fn drift_is_shown_until_another_outcome_and_through_transient_failures() {
    let drift = vec![Drift {
        path: "comment".into(),
        desired: None,
        observed: None,
    }];
    let subject = identity(&json!({ "status": { "drift": [{ "path": "old" }] } }));
    let retrying = Outcome::Retrying {
        reason: Reason::Throttled,
        message: "no".into(),
    };
    for (outcome, expected) in [
        (Outcome::Drifted(drift), vec!["comment"]),
        (Outcome::InSync, vec![]),
        (retrying, vec!["old"]),
        (
            Outcome::Suspended {
                pending_changes: false,
            },
            vec!["old"],
        ),
    ] {
        let status = next_status(&subject, &Applied::new(outcome), None, now());
        let paths: Vec<_> = status.drift.iter().map(|entry| &*entry.path).collect();
        assert_eq!(paths, expected);
    }
}

#[test]
fn the_status_has_the_managed_tags_and_answers_a_request_only_after_a_read() {
    let requested = "cloudfront-operator.dev/reconcile-requested-at";
    let parts = json!({ "metadata": { "annotations": { requested: "now" } } });
    let applied = Applied {
        managed_tags: Some(vec!["team".into()]),
        ..observed(Outcome::InSync)
    };
    let status = next_status(&identity(&parts), &applied, None, now());
    assert_eq!(status.last_handled_reconcile_at.as_deref(), Some("now"));
    assert_eq!(status.managed_tags, ["team"]);
    for (outcome, expected) in [
        (
            Outcome::Suspended {
                pending_changes: false,
            },
            None,
        ),
        (Outcome::Queued("waits".into()), None),
        (Outcome::Completed, Some("now")),
    ] {
        let applied = Applied::new(outcome);
        let status = next_status(&identity(&parts), &applied, None, now());
        let answer = status.last_handled_reconcile_at.as_deref();
        assert_eq!(answer, expected, "{applied:?}");
    }
}

#[test]
fn a_status_follows_from_the_latest_version_and_is_compared_with_the_stored_one() {
    let parts = both(
        recorded("True", "InSync"),
        &json!({ "metadata": { "resourceVersion": "10" } }),
    );
    let object = || identity(&parts).object;
    let mut pending = PendingStatus::default();
    let subject = Subject::new(object(), &pending, false);
    assert_eq!(subject.latest_version(), Some("10"));
    let own = Status {
        id: Some("E7".into()),
        ..Status::default()
    };
    for (written, expected, id) in [("9", "10", "E1"), ("12", "12", "E7")] {
        pending.record_written(written.into(), own.clone());
        let subject = Subject::new(object(), &pending, false);
        assert_eq!(subject.latest_version(), Some(expected));
        let stored = subject.stored_status().id;
        assert_eq!(stored.as_deref(), Some(id), "the later one");
    }
    let foreign = ShownStatus {
        resource_version: "13",
        hash: Some(1),
    };
    assert!(pending.observe(foreign, || None).is_some());
    let subject = Subject::new(object(), &pending, false);
    assert_eq!(subject.recorded_id.as_deref(), Some("E7"), "still known");
    assert_eq!(subject.stored_status().id.as_deref(), Some("E1"));
}

#[test]
fn a_failure_after_a_difference_was_found_ends_ready() {
    let throttled = Outcome::Retrying {
        reason: Reason::Throttled,
        message: "no".into(),
    };
    for (before, is_different, expected) in [
        (("True", "InSync"), false, ("True", "InSync")),
        (("True", "InSync"), true, ("False", "Throttled")),
        (("False", "Deploying"), true, ("False", "Deploying")),
    ] {
        let subject = identity(&recorded(before.0, before.1));
        let applied = Applied {
            progress: Progress {
                is_read: true,
                is_different,
            },
            ..Applied::new(throttled.clone())
        };
        let status = next_status(&subject, &applied, None, now());
        let ready = status.condition("Ready").unwrap();
        assert_eq!((&*ready.status, &*ready.reason), expected);
    }
}

#[test]
fn a_warning_is_published_once() {
    let retrying = |message: &str| Outcome::Retrying {
        reason: Reason::Throttled,
        message: message.into(),
    };
    // The condition in this status has the message "m".
    let subject = identity(&recorded("False", "Throttled"));
    for (outcome, expected) in [
        (retrying("m"), None),
        (retrying("m (request 2)"), None),
        (retrying("another"), Some((Reason::Throttled, "another"))),
        (
            Outcome::DeletionProtected("protected".into()),
            Some((Reason::DeletionProtected, "protected")),
        ),
        (Outcome::InUse("used".into()), Some((Reason::InUse, "used"))),
        (Outcome::InSync, None),
        (Outcome::Waiting("w".into()), None),
        (Outcome::Finalized, None),
    ] {
        assert_eq!(new_warning(&subject, &outcome), expected, "{outcome:?}");
    }
}

fn written(action: ResourceAction, outcome: Outcome) -> Applied {
    let event = WriteEvent::of_write(action, "K", Some("E1"), &[], Some("r"));
    Applied::new(outcome).with_event(Some(event))
}

#[test]
fn the_summary_counts_corrections_paths_and_deployments() {
    let subject = invalidation(&json!({}));
    let mut deploy_started = None;
    let mut summary = |applied: &Applied| {
        let summary = summarize(&subject, applied, Instant::now(), &mut deploy_started);
        let counts = (summary.is_drift_corrected, summary.invalidation_paths);
        let result: &str = summary.result.into();
        let reason: &str = summary.reason.map_or("none", Into::into);
        (
            format!("{result} {reason}"),
            counts,
            summary.deployment_duration.is_some(),
        )
    };
    let deploying = || Outcome::Deploying(String::new());
    let created = written(ResourceAction::Create, deploying());
    assert_eq!(
        summary(&created),
        ("requeue Deploying".into(), (false, 1), false)
    );
    let completed = Applied::new(Outcome::Completed);
    assert_eq!(
        summary(&completed),
        ("success Completed".into(), (false, 0), true)
    );
    assert_eq!(
        summary(&completed),
        ("success Completed".into(), (false, 0), false)
    );
    let corrected = written(ResourceAction::CorrectDrift, Outcome::InSync);
    assert_eq!(
        summary(&corrected),
        ("success InSync".into(), (true, 0), true)
    );
    let unreported = written(ResourceAction::CorrectDrift, Outcome::Unreported);
    assert_eq!(
        summary(&unreported),
        ("error none".into(), (true, 0), false)
    );
    let recovered = WriteEvent::recovered("K", "E1");
    let recovered = Applied::new(deploying()).with_event(Some(recovered));
    assert_eq!(
        summary(&recovered),
        ("requeue Deploying".into(), (false, 0), false)
    );
}

#[test]
fn a_ttl_begins_with_the_end_of_the_one_shot_resource() {
    let status = |type_: &str| {
        let parts = json!({ "status": { "conditions": [condition(type_, "True", "R")] } });
        invalidation(&parts).prior_status
    };
    let ended: Timestamp = "2026-01-01T00:00:00Z".parse().expect("a valid time");
    let at =
        |seconds: i64| Timestamp::from_second(ended.as_second() + seconds).expect("a valid time");
    let ttl = Duration::from_secs(60);
    for (type_, after, expected) in [
        ("Complete", 0, Some(60)),
        ("Failed", 20, Some(40)),
        ("Complete", 60, Some(0)),
        ("Complete", 90, Some(0)),
        ("Ready", 90, None),
    ] {
        let rest = remaining_ttl(&status(type_), ttl, at(after));
        assert_eq!(rest, expected.map(Duration::from_secs), "{type_} {after}");
    }
}
