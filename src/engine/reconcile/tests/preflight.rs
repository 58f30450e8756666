//! Step `preflight`.

use crate::cloudfront::Priority;
use crate::engine::{
    api::{outcome::Outcome, reason::Reason},
    object_state::AppliedSpec,
    reconcile::{
        event::ResourceAction,
        fixtures::{both, condition, deleting, identity, invalidation, recorded, shape},
        preflight::{Preflight, preflight},
        reconciliation::Subject,
    },
    spec_hash::spec_hash,
};
use serde_json::{Value, json};

fn name(result: &Preflight) -> String {
    match result {
        Preflight::Continue => "continue".into(),
        Preflight::Finalized => "finalized".into(),
        Preflight::Retain(_) => "retain".into(),
        Preflight::End(outcome) => shape(outcome),
    }
}

fn check(subject: &Subject) -> String {
    name(&preflight(subject, &AppliedSpec::default(), false, None))
}

fn spec(fields: &Value) -> Value {
    json!({ "spec": fields })
}

#[test]
fn an_object_ends_before_any_request_or_continues() {
    let suspended = spec(&json!({ "suspend": true }));
    let retained = spec(&json!({ "deletionPolicy": "Retain" }));
    let without_finalizer = json!({ "metadata": { "finalizers": null } });
    let observed = spec(&json!({
        "managementPolicy": "Observe", "adoptId": "E1", "deletionPolicy": "Delete",
    }));
    let protected = spec(&json!({ "deletionProtection": true }));
    let ignoring = |path: &str| spec(&json!({ "driftIgnore": [path] }));
    let applied = json!({ "status": { "appliedGeneration": 2 } });
    for (parts, expected) in [
        (json!({}), "continue"),
        (protected.clone(), "continue"),
        (ignoring("comment"), "continue"),
        (ignoring("coment"), "Stalled(Invalid)"),
        (both(ignoring("coment"), &deleting()), "continue"),
        // Checked once for each generation.
        (both(ignoring("coment"), &applied), "continue"),
        (deleting(), "continue"),
        (both(deleting(), &without_finalizer), "finalized"),
        (both(deleting(), &retained), "retain"),
        // The resource stays without a request, so neither blocks it.
        (both(both(deleting(), &retained), &suspended), "retain"),
        (both(deleting(), &suspended), "Stalled(Suspended)"),
        (both(deleting(), &observed), "Stalled(ReadOnly)"),
        (
            both(both(both(deleting(), &protected), &retained), &suspended),
            "DeletionProtected(DeletionProtected)",
        ),
        (
            both(both(deleting(), &protected), &without_finalizer),
            "finalized",
        ),
        (suspended, "Suspended(Suspended)"),
        (observed, "continue"),
    ] {
        assert_eq!(check(&identity(&parts)), expected, "{parts}");
    }
}

#[test]
fn an_adopted_resource_is_retained_by_default() {
    let adopted = spec(&json!({ "adoptId": "E1" }));
    assert_eq!(check(&identity(&both(deleting(), &adopted))), "retain");
}

#[test]
fn a_finalized_object_needs_nothing_even_if_the_watch_still_shows_the_finalizer() {
    let result = preflight(&identity(&deleting()), &AppliedSpec::default(), true, None);
    assert_eq!(result, Preflight::Finalized);
}

#[test]
fn a_completed_one_shot_resource_is_finished() {
    let complete =
        json!({ "status": { "conditions": [condition("Complete", "True", "Completed")] } });
    assert_eq!(check(&invalidation(&complete)), "Completed(Completed)");
    assert_eq!(check(&invalidation(&json!({}))), "continue");
}

#[test]
fn a_failure_of_a_one_shot_resource_is_final_and_its_status_is_written_again_if_it_is_lost() {
    let mut synced = condition("Synced", "False", "InvalidArgument");
    synced["observedGeneration"] = json!(1);
    let failed = condition("Failed", "True", "Rejected");
    let failed = json!({ "status": { "conditions": [failed, synced] } });
    let outcome = Outcome::Failed {
        reason: Reason::Rejected,
        code: Some("InvalidArgument".into()),
        message: "m".into(),
    };
    let end = Preflight::End(outcome.clone());
    let applied = AppliedSpec::default();
    let subject = invalidation(&failed);
    assert_eq!(preflight(&subject, &applied, false, None), end);
    let wiped = invalidation(&json!({}));
    assert_eq!(preflight(&wiped, &applied, false, Some(&outcome)), end);
    assert_eq!(check(&identity(&failed)), "continue", "a managed kind");
}

#[test]
fn a_retained_resource_is_named_in_the_event_if_it_has_an_id() {
    let retained = spec(&json!({ "deletionPolicy": "Retain" }));
    let retained = both(deleting(), &retained);
    let with_id = both(retained.clone(), &recorded("True", "InSync"));
    for (parts, expected) in [(retained, None), (with_id, Some("E1"))] {
        let result = preflight(&identity(&parts), &AppliedSpec::default(), false, None);
        let Preflight::Retain(event) = result else {
            panic!("the resource is retained");
        };
        let event = event.map(|event| (event.action, event.action.reason(), event.message));
        assert_eq!(event.is_some(), expected.is_some());
        if let Some((action, reason, message)) = event {
            assert_eq!((action, reason), (ResourceAction::Retain, Reason::Retained));
            assert!(message.contains("E1"), "{message}");
        }
    }
}

fn pending_changes(subject: &Subject, applied: &AppliedSpec) -> bool {
    match preflight(subject, applied, false, None) {
        Preflight::End(Outcome::Suspended { pending_changes }) => pending_changes,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_suspended_object_has_pending_changes_unless_its_spec_was_applied() {
    let suspended = spec(&json!({ "suspend": true }));
    let status = |conditions: Value| {
        let parts = json!({ "status": { "conditions": conditions } });
        identity(&both(suspended.clone(), &parts))
    };
    let (ready, synced) = (
        condition("Ready", "True", "Suspended"),
        condition("Synced", "Unknown", "Suspended"),
    );
    let stalled = condition("Stalled", "True", "Suspended");
    let new = identity(&suspended);
    let mut applied = AppliedSpec::default();
    assert!(pending_changes(&new, &applied));
    assert!(!pending_changes(&status(json!([ready, synced])), &applied));
    applied.mark_applied(spec_hash(&new.object), 1);
    assert!(!pending_changes(&new, &applied));
    let edited = status(json!([ready, synced, stalled]));
    assert!(pending_changes(&edited, &applied), "until it is resumed");
}

#[test]
fn the_finalizer_is_added_once_there_is_a_resource_that_a_deletion_has_to_remove() {
    let without = json!({ "metadata": { "finalizers": null } });
    let with = |parts: &Value| both(without.clone(), parts);
    let known = recorded("True", "InSync");
    let forged = json!({ "status": { "callerReference": "other" } });
    let observed = spec(&json!({ "managementPolicy": "Observe", "adoptId": "E1" }));
    for (parts, for_recorded, for_observed) in [
        (without.clone(), false, true),
        (with(&known), true, true),
        (with(&both(known.clone(), &forged)), false, true),
        (with(&both(known.clone(), &deleting())), false, false),
        (with(&both(known.clone(), &observed)), false, false),
        (known, false, false),
    ] {
        let subject = identity(&parts);
        assert_eq!(subject.needs_finalizer(false), for_recorded, "{parts}");
        assert_eq!(subject.needs_finalizer(true), for_observed, "{parts}");
    }
    assert!(!invalidation(&without).needs_finalizer(true), "one-shot");
}

#[test]
fn a_request_of_a_new_spec_is_urgent_and_a_correction_of_drift_is_not() {
    let edited = json!({ "status": { "appliedGeneration": 1 } });
    let refused = |stalled: Value, ready: &str| {
        let conditions = json!([condition("Ready", "False", ready), stalled]);
        both(
            edited.clone(),
            &json!({ "status": { "conditions": conditions } }),
        )
    };
    let stalled = |reason: &str| condition("Stalled", "True", reason);
    let mut earlier = stalled("AccessDenied");
    earlier["observedGeneration"] = json!(1);
    for (parts, read, write) in [
        (
            refused(stalled("AccessDenied"), "AccessDenied"),
            Priority::DriftCheck,
            Priority::DriftCheck,
        ),
        (
            refused(condition("Reconciling", "True", "Rejected"), "Rejected"),
            Priority::DriftCheck,
            Priority::DriftCheck,
        ),
        (
            refused(earlier, "AccessDenied"),
            Priority::Interactive,
            Priority::Interactive,
        ),
        // Nothing was tried.
        (
            refused(stalled("ReadOnly"), "ReadOnly"),
            Priority::Interactive,
            Priority::Interactive,
        ),
        (json!({}), Priority::Interactive, Priority::Interactive),
        (edited.clone(), Priority::Interactive, Priority::Interactive),
        (deleting(), Priority::Deletion, Priority::Deletion),
        (
            recorded("True", "InSync"),
            Priority::DriftCheck,
            Priority::DriftCheck,
        ),
        (
            recorded("False", "Deploying"),
            Priority::DeploymentPoll,
            Priority::DriftCheck,
        ),
    ] {
        let subject = identity(&parts);
        let priorities = (subject.read_priority(), subject.write_priority());
        assert_eq!(priorities, (read, write), "{parts}");
    }
    let started = invalidation(&json!({ "status": { "id": "I1" } }));
    assert_eq!(started.read_priority(), Priority::DriftCheck);
}
