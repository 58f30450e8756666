//! Step `apply`: the result of each plan, and the meaning of each response.

use crate::{
    cloudfront::CloudFrontError,
    engine::{
        api::{outcome::Outcome, reason::Reason},
        kind::Kind,
        object_state::AppliedSpec,
        plan::{Desired, Plan, plan},
        reconcile::{
            applied::{Applied, ApplyError},
            apply::{withheld, without_write},
            desired::{desired, needs_new_caller_reference},
            event::{ResourceAction, WriteEvent},
            fixtures::{
                UID, both, deleting, distribution, identity, inputs, invalidation, recorded,
                refused, remote, shape, untagged_distribution, with_status,
            },
            recover::{Recovery, may_hide_resource},
            tags::{tags_due, writes_known_tags},
            write::{CreateRefusal, classify_write_result, may_be_replaced, readable, recovered},
        },
    },
    kinds::{invalidation::Invalidation, origin_access_identity::OriginAccessIdentity},
    xml::{Drift, Element},
};
use serde_json::json;
use std::time::Duration;

fn unknown_outcome() -> CloudFrontError {
    CloudFrontError::Unreachable {
        operation: "CreateDistribution".into(),
        detail: "reset".into(),
        code: None,
        request_id: None,
        outcome_unknown: true,
    }
}

#[test]
fn a_difference_that_only_read_only_keeps_from_being_written_is_not_drift() {
    let outcome = withheld(
        OriginAccessIdentity::KIND,
        Outcome::Drifted(vec![Drift::at("comment")]),
    );
    let Outcome::ReadOnly { message, drift } = outcome else {
        panic!("{outcome:?}");
    };
    assert!(
        message.contains("--read-only") && message.contains("comment"),
        "{message}"
    );
    assert_eq!(drift.len(), 1);
    let in_sync = withheld(OriginAccessIdentity::KIND, Outcome::InSync);
    assert_eq!(in_sync, Outcome::InSync);
}

#[test]
fn a_plan_without_a_write_has_its_outcome() {
    let (new, known) = (json!({}), recorded("True", "InSync"));
    for (plan, parts, expected) in [
        (Plan::UpToDate, &known, "InSync(InSync)"),
        (Plan::WaitForDeployment, &known, "Deploying(Deploying)"),
        (Plan::WaitForDeployment, &deleting(), "Disabling(Disabling)"),
        (
            Plan::Drifted(vec![Drift::at("comment")]),
            &known,
            "Drifted(Drifted)",
        ),
        (Plan::Missing, &new, "ReadOnly(ReadOnly)"),
        (Plan::Missing, &known, "Drifted(Drifted)"),
        (Plan::RemoveFinalizer, &deleting(), "Finalized"),
    ] {
        let result = without_write(
            &identity(parts),
            plan.clone(),
            Applied::new(Outcome::InSync),
        );
        assert_eq!(shape(&result.outcome), expected, "{plan:?}");
        assert_eq!(result.event, None, "{plan:?}");
    }
    let parts = both(recorded("True", "InSync"), &deleting());
    let base = Applied::new(Outcome::InSync);
    let gone = without_write(&identity(&parts), Plan::RemoveFinalizer, base);
    let event = gone.event.expect("the resource had an id");
    assert_eq!(event.action, ResourceAction::ConfirmDeletion);
    assert_eq!(
        event.message,
        "Deleted OriginAccessIdentity E1: CloudFront does not find it any more"
    );
}

#[test]
fn the_desired_state_follows_the_policies() {
    let known = recorded("True", "InSync");
    let report = both(
        known.clone(),
        &json!({ "spec": { "driftPolicy": "Report" } }),
    );
    let edited = both(
        report.clone(),
        &json!({ "status": { "appliedGeneration": 1 } }),
    );
    let observe = json!({ "spec": { "managementPolicy": "Observe", "adoptId": "E1" } });
    for (parts, expected) in [
        (json!({}), Some(true)),
        (known, Some(true)),
        (report.clone(), Some(false)),
        (edited, Some(true)),
        (observe, Some(false)),
        (deleting(), None),
    ] {
        let subject = identity(&parts);
        let wanted = desired(&subject, &inputs(&subject), &AppliedSpec::default()).unwrap();
        let write = match &wanted {
            Desired::Present { write, .. } => Some(*write),
            Desired::Absent => None,
        };
        assert_eq!(write, expected, "{parts}");
    }
    let subject = identity(&report);
    let mut applied = AppliedSpec::default();
    applied.record_first_request(1);
    let wanted = desired(&subject, &inputs(&subject), &applied).unwrap();
    assert!(wanted.may_write(), "another value of a Secret is an edit");
}

#[test]
fn a_resource_is_recreated_under_a_new_caller_reference_only_if_the_old_one_is_used() {
    let known = recorded("True", "InSync");
    let counted = both(
        known.clone(),
        &json!({ "metadata": { "annotations": { "cloudfront-operator.dev/recreate-count": "1" } } }),
    );
    for (parts, exists, expected) in [
        (&json!({}), false, false),
        (&known, true, false),
        (&known, false, true),
        (&counted, false, false),
        (&both(known.clone(), &deleting()), false, false),
    ] {
        let subject = identity(parts);
        let wanted = desired(&subject, &inputs(&subject), &AppliedSpec::default()).unwrap();
        let needs = needs_new_caller_reference(&subject, &wanted, exists);
        assert_eq!(needs, expected, "{parts} {exists}");
    }
    let wanted = Desired::Absent.with_caller_reference("x".into());
    assert!(matches!(wanted, Desired::Absent));
}

#[test]
fn a_write_result_is_in_sync_deploying_or_needs_a_follow_up() {
    let wanted = Desired::Present {
        config: Element::new(OriginAccessIdentity::API.config)
            .with(Element::leaf("Comment", "new")),
        identity: UID.into(),
        write: true,
        ignored: vec![],
        publish: false,
    };
    let (same, other) = (remote("E1", UID, "new"), remote("E1", UID, "old"));
    let in_progress = with_status(same.clone(), "InProgress");
    for (returned, tags_due, expected) in [
        (&same, false, ("InSync(InSync)", false)),
        (&same, true, ("Deploying(Deploying)", false)),
        (&in_progress, false, ("Deploying(Deploying)", false)),
        (&other, false, ("Deploying(Deploying)", true)),
    ] {
        let (outcome, follow_up) = classify_write_result(
            OriginAccessIdentity::DEFINITION,
            &wanted,
            returned,
            tags_due,
        );
        assert_eq!((&*shape(&outcome), follow_up), expected, "{tags_due}");
    }
}

#[test]
fn a_refused_create_is_unknown_repeated_or_rejected() {
    for (error, expected) in [
        (unknown_outcome(), CreateRefusal::OutcomeUnknown),
        (
            refused("CreateDistribution", 409, "DistributionAlreadyExists"),
            CreateRefusal::AlreadyExists,
        ),
        (
            refused("CreateDistribution", 400, "InvalidArgument"),
            CreateRefusal::Rejected,
        ),
    ] {
        assert_eq!(CreateRefusal::of(&error), expected, "{error}");
    }
}

#[test]
fn only_a_refusal_of_the_configuration_can_hide_an_earlier_create() {
    for (status, code, expected) in [
        (400, "InvalidArgument", true),
        (409, "CNAMEAlreadyExists", true),
        (429, "Throttling", false),
        (403, "AccessDenied", false),
    ] {
        let error = refused("CreateDistribution", status, code);
        assert_eq!(may_hide_resource(&error), expected, "{code}");
    }
}

#[test]
fn an_existing_resource_is_recovered_or_the_error_says_what_is_next() {
    let found = remote("E1", UID, "c");
    let recovery = recovered(
        OriginAccessIdentity::DEFINITION,
        Recovery::Found(found.clone()),
    );
    assert_eq!(recovery.unwrap(), found);
    let managed = |recovery| recovered(OriginAccessIdentity::DEFINITION, recovery).unwrap_err();
    let one_shot = |recovery| recovered(Invalidation::DEFINITION, recovery).unwrap_err();
    for (error, inconclusive, refusal, expected) in [
        (
            managed(Recovery::Inconclusive),
            true,
            None,
            "It is searched again.",
        ),
        (
            managed(Recovery::NotFound),
            true,
            None,
            "another caller reference.",
        ),
        (
            one_shot(Recovery::Inconclusive),
            true,
            None,
            "It is searched again.",
        ),
        (
            one_shot(Recovery::NotFound),
            false,
            Some(Reason::NotFound),
            "to run it again.",
        ),
    ] {
        assert_eq!(error.is_inconclusive(), inconclusive, "{error}");
        assert_eq!(error.refusal(), refusal, "{error}");
        assert!(error.to_string().ends_with(expected), "{error}");
        let advances = matches!(error, ApplyError::CallerReferenceUsed { .. });
        assert_eq!(error.needs_new_caller_reference(), advances);
        assert!(error.cloudfront().is_none() && error.event().is_none());
    }
    let refusal = ApplyError::from(refused("UpdateDistribution", 400, "InvalidArgument"));
    assert!(refusal.cloudfront().is_some() && refusal.refusal().is_none());
}

#[test]
fn a_response_without_a_resource_is_an_error_that_keeps_the_event() {
    let request = OriginAccessIdentity::API.update_request("E1", "A", Element::new("X"));
    let event = WriteEvent::of_write(ResourceAction::Update, "Kind", Some("E1"), &[], Some("r"));
    let found = remote("E1", UID, "c");
    let response = readable((Some(found.clone()), event.clone()), &request);
    assert_eq!(response.unwrap().0, found);
    let error = readable((None, event.clone()), &request).unwrap_err();
    assert_eq!(error.event(), Some(&event));
    assert!(
        error
            .cloudfront()
            .is_some_and(CloudFrontError::outcome_unknown)
    );
}

#[test]
fn an_event_names_the_resource_three_fields_and_the_request() {
    let fields = ["a", "b", "c", "d"].map(Drift::at);
    for (action, drift, expected) in [
        (
            ResourceAction::Create,
            &fields[..0],
            "Created K E1 (request r)",
        ),
        (
            ResourceAction::Update,
            &fields[..],
            "Updated K E1: a, b, c and 1 more (request r)",
        ),
        (
            ResourceAction::CorrectDrift,
            &fields[..1],
            "Reverted external changes to K E1: a (request r)",
        ),
        (
            ResourceAction::Disable,
            &fields[..0],
            "Disabled before its deletion: K E1 (request r)",
        ),
        (
            ResourceAction::Delete,
            &fields[..0],
            "Deleted K E1 (request r)",
        ),
        (
            ResourceAction::Tag,
            &fields[..1],
            "Changed the tags of K E1: a (request r)",
        ),
    ] {
        let event = WriteEvent::of_write(action, "K", Some("E1"), drift, Some("r"));
        assert_eq!(event.message, expected);
        assert_eq!(event.request_id.as_deref(), Some("r"));
    }
    let recovered = WriteEvent::recovered("K", "E1");
    assert_eq!(recovered.action.reason(), Reason::Created);
    assert_eq!(
        recovered.message,
        "Found K E1, which an earlier reconciliation created"
    );
}

#[test]
fn tags_are_compared_after_an_edit_of_them_after_a_time_and_if_the_status_lacks_a_key() {
    let hour = Duration::from_hours(1);
    let lost = distribution(&json!({}));
    let known = distribution(&json!({ "status": { "managedTags": ["team"] } }));
    let untagged = untagged_distribution(&json!({}));
    let with_tag = |value: &str| {
        let mut applied = AppliedSpec::default();
        applied.record_tags([("team".to_owned(), value.to_owned())].into());
        applied
    };
    let (checked, other, unknown) = (with_tag("web"), with_tag("api"), AppliedSpec::default());
    for (subject, applied, max_age, is_due, writes) in [
        (&known, &checked, hour, false, false),
        (&known, &checked, Duration::ZERO, true, false),
        (&known, &other, hour, true, true),
        (&known, &unknown, hour, true, false),
        (&lost, &checked, hour, true, false),
        (&untagged, &unknown, hour, false, false),
    ] {
        let found = tags_due(subject, applied, None, max_age);
        assert_eq!(found, is_due, "{applied:?}");
        let found = writes_known_tags(subject, applied, true, max_age);
        assert_eq!(found, writes, "{applied:?}");
        assert!(!writes_known_tags(subject, applied, false, max_age));
    }
    let written = ["team".to_owned()];
    assert!(!tags_due(&lost, &checked, Some(&written), hour));
    assert!(!tags_due(&identity(&json!({})), &unknown, None, hour));
}

#[test]
fn a_one_shot_resource_is_created_once_and_never_changed() {
    let subject = invalidation(&deleting());
    let wanted = desired(&subject, &inputs(&subject), &AppliedSpec::default()).unwrap();
    let found = remote("I1", UID, "c");
    assert_eq!(
        plan(Invalidation::DEFINITION, &wanted, Some(&found)),
        Plan::RemoveFinalizer
    );
    assert_eq!(
        plan(Invalidation::DEFINITION, &wanted, None),
        Plan::RemoveFinalizer
    );
}

#[test]
fn a_repeated_create_of_a_one_shot_resource_has_the_same_caller_reference() {
    let later =
        json!({ "metadata": { "resourceVersion": "11" }, "status": { "observedGeneration": 2 } });
    for parts in [json!({}), later] {
        let subject = invalidation(&parts);
        let wanted = desired(&subject, &inputs(&subject), &AppliedSpec::default()).unwrap();
        let Desired::Present { identity, .. } = wanted else {
            panic!("{wanted:?}");
        };
        assert_eq!(identity, UID, "{parts}");
    }
}

#[test]
fn an_update_that_is_unanswered_or_refused_as_outdated_makes_its_version_uncertain() {
    for (error, expected) in [
        (unknown_outcome(), true),
        (
            refused("UpdateDistribution", 412, "PreconditionFailed"),
            true,
        ),
        (
            refused("UpdateDistribution", 400, "InvalidIfMatchVersion"),
            true,
        ),
        (refused("UpdateDistribution", 400, "Throttling"), false),
        (refused("UpdateDistribution", 400, "InvalidArgument"), false),
    ] {
        let error = ApplyError::from(error);
        assert_eq!(may_be_replaced(&error), expected, "{error}");
    }
}
