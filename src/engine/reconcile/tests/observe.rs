//! Step `observe`: the meaning of a read, and when a cached one is enough.

use crate::engine::{
    api::reason::Reason,
    kind::Kind,
    object_state::{CreationHistory, ReadOrder, UpdateHistory},
    plan::Plan,
    reconcile::{
        fixtures::{
            UID, both, condition, deleting, identity, inputs, invalidation, recorded, refused,
            remote,
        },
        observation::{Observation, Source},
        observe::{Lookup, classify, create_unresolved, is_absence_of_own_resource, not_found_yet},
        observe_cached::{needs_fresh_read, status_says_in_sync},
        observe_error::ObserveError,
        read_order::{check_order, known_version},
        reconciliation::Subject,
        recover::Recovery,
    },
    remote::resource::Remote,
};
use crate::kinds::origin_access_identity::OriginAccessIdentity;
use serde_json::{Value, json};

fn lookup(subject: &Subject, remote: Option<Remote>) -> Result<Lookup, String> {
    let found = classify(subject, "E1", remote, ReadOrder::Latest);
    found.map_err(|error| error.to_string())
}

#[test]
fn only_a_resource_with_the_caller_reference_or_the_adopted_id_belongs_to_the_object() {
    let (own, foreign) = (remote("E1", UID, "c"), remote("E1", "other", "c"));
    let adopts = json!({ "spec": { "adoptId": "E1" } });
    for (parts, read, expected) in [
        (json!({}), Some(own.clone()), Ok(Lookup::Owned(own.clone()))),
        (json!({}), None, Ok(Lookup::NotFound)),
        (deleting(), Some(foreign.clone()), Ok(Lookup::Foreign)),
        (
            deleting(),
            Some(remote("E1", "other", "www")),
            Ok(Lookup::Foreign),
        ),
        (
            adopts.clone(),
            Some(foreign.clone()),
            Ok(Lookup::Owned(foreign.clone())),
        ),
        (both(deleting(), &adopts), None, Ok(Lookup::NotFound)),
    ] {
        assert_eq!(lookup(&identity(&parts), read), expected, "{parts}");
    }
    let refusal = lookup(&identity(&json!({})), Some(foreign)).unwrap_err();
    assert!(
        refusal.contains("was not created for this object"),
        "{refusal}"
    );
    let refusal = lookup(&identity(&adopts), None).unwrap_err();
    assert!(
        refusal.contains("named by spec.adoptId, does not exist"),
        "{refusal}"
    );
}

#[test]
fn an_outdated_read_is_inconclusive() {
    let read = Some(remote("E1", UID, "c"));
    let subject = identity(&json!({}));
    let error = classify(&subject, "E1", read, ReadOrder::Outdated).unwrap_err();
    assert!(error.is_inconclusive(), "{error}");
}

#[test]
fn a_read_of_unknown_order_is_no_proof_that_the_resource_matches_the_spec() {
    let request =
        OriginAccessIdentity::API.update_request("E1", "A", crate::xml::Element::new("X"));
    let (present, deleting) = (identity(&json!({})), identity(&deleting()));
    for (subject, plan, is_refused) in [
        (&present, Plan::UpToDate, true),
        (&present, Plan::WaitForDeployment, true),
        (&present, Plan::Update(request.clone(), vec![]), false),
        (&present, Plan::Drifted(vec![]), false),
        (&deleting, Plan::WaitForDeployment, false),
    ] {
        let uncertain = Observation {
            order: ReadOrder::Unknown,
            ..observation(Source::Read)
        };
        let result = check_order(subject, &plan, &uncertain);
        assert_eq!(result.is_err(), is_refused, "{plan:?}");
        let latest = observation(Source::Read);
        assert!(check_order(subject, &plan, &latest).is_ok(), "{plan:?}");
    }
}

#[test]
fn the_status_shows_the_version_of_its_own_id_and_an_update_that_may_be_unrecorded() {
    let known = recorded("True", "InSync");
    let two_edits = both(known.clone(), &json!({ "metadata": { "generation": 4 } }));
    let one_edit = both(known.clone(), &json!({ "metadata": { "generation": 3 } }));
    let never_applied = json!({ "status": { "id": "E1", "etag": "A" } });
    for (parts, id, is_recorded, has_unrecorded_update) in [
        (&json!({}), "E1", false, false),
        (&never_applied, "E1", true, true),
        (&known, "E1", true, false),
        (&known, "E2", false, false),
        (&one_edit, "E1", true, false),
        (&two_edits, "E1", true, true),
    ] {
        let found = known_version(&identity(parts), id);
        assert_eq!(found.recorded.is_some(), is_recorded, "{parts} {id}");
        assert_eq!(found.has_unrecorded_update, has_unrecorded_update);
    }
}

/// One error of each variant, with its reason if the engine refuses to continue.
fn errors() -> Vec<(ObserveError, Option<Reason>)> {
    let (kind, id) = ("OriginAccessIdentity", "E1".to_owned());
    vec![
        (refused("GetDistribution", 429, "Throttling").into(), None),
        (
            ObserveError::Outdated {
                kind,
                id: id.clone(),
            },
            None,
        ),
        (
            ObserveError::PossiblyOutdated {
                kind,
                id: id.clone(),
            },
            None,
        ),
        (not_found_yet(&identity(&json!({})), "E1"), None),
        (create_unresolved(&identity(&json!({}))), None),
        (
            ObserveError::AdoptedNotFound {
                kind,
                id: id.clone(),
            },
            Some(Reason::NotFound),
        ),
        (
            ObserveError::NotOwned {
                kind,
                id: id.clone(),
            },
            Some(Reason::OwnershipConflict),
        ),
        (
            ObserveError::SharedOwner {
                kind,
                id: id.clone(),
                owner: "shop/first".into(),
            },
            Some(Reason::OwnershipConflict),
        ),
        (
            ObserveError::OtherAccount {
                kind,
                id: id.clone(),
                account: "1".into(),
                present: "2".into(),
            },
            Some(Reason::AccessDenied),
        ),
        (
            ObserveError::HoldersUnknown {
                kind,
                id: id.clone(),
            },
            None,
        ),
        (
            ObserveError::AccountUnknown {
                kind,
                id: id.clone(),
            },
            Some(Reason::AccessDenied),
        ),
        (
            ObserveError::OneShotGone { kind, id },
            Some(Reason::NotFound),
        ),
    ]
}

#[test]
fn an_error_is_a_response_inconclusive_or_a_refusal() {
    for (error, refusal) in errors() {
        assert_eq!(error.refusal(), refusal, "{error}");
        let kinds = [
            error.cloudfront().is_some(),
            error.is_inconclusive(),
            refusal.is_some(),
        ];
        assert_eq!(kinds.iter().filter(|is| **is).count(), 1, "{error}");
    }
}

#[test]
fn the_next_action_after_a_confirmed_absence_is_in_the_message() {
    for (message, expected) in [
        (
            not_found_yet(&identity(&json!({})), "E1"),
            "before another one is created.",
        ),
        (
            not_found_yet(&identity(&deleting()), "E1"),
            "before the finalizer is removed.",
        ),
        (
            not_found_yet(&invalidation(&json!({})), "E1"),
            "before it is reported as deleted.",
        ),
    ] {
        assert!(message.to_string().ends_with(expected), "{message}");
    }
}

#[test]
fn an_absence_needs_no_search_only_if_the_resource_was_verified_and_is_the_last_one() {
    let known = recorded("True", "InSync");
    let recreated = both(
        known.clone(),
        &json!({ "metadata": { "annotations": { "cloudfront-operator.dev/recreate-count": "1" } } }),
    );
    let mut verified = CreationHistory::default();
    verified.record_found("E1");
    for (parts, creation, expected) in [
        (&known, &verified, true),
        (&recreated, &verified, false),
        (&known, &CreationHistory::default(), false),
    ] {
        let subject = identity(parts);
        assert_eq!(
            is_absence_of_own_resource(&subject, "E1", creation),
            expected,
            "{parts}"
        );
    }
}

#[test]
fn a_search_is_conclusive_if_it_finds_the_resource_or_was_the_last_one() {
    let found = remote("E1", UID, "c");
    for (result, is_last, expected) in [
        (Some(found.clone()), false, Recovery::Found(found.clone())),
        (Some(found.clone()), true, Recovery::Found(found)),
        (None, false, Recovery::Inconclusive),
        (None, true, Recovery::NotFound),
    ] {
        assert_eq!(Recovery::of(result, is_last), expected);
    }
}

fn observation(source: Source) -> Observation {
    Observation {
        collection: OriginAccessIdentity::API.collection.into(),
        remote: Some(remote("E1", UID, "c")),
        source,
        order: ReadOrder::Latest,
    }
}

#[test]
fn a_search_after_a_read_stays_fresh() {
    let sources = [
        Source::Cached,
        Source::Read,
        Source::Search,
        Source::Foreign,
    ];
    let sources = sources.map(Source::or_search);
    assert_eq!(
        sources,
        [Source::Search, Source::Read, Source::Search, Source::Search]
    );
}

#[test]
fn a_cached_observation_is_enough_for_a_write_and_for_a_known_generation() {
    let known = recorded("True", "InSync");
    let edited = both(
        known.clone(),
        &json!({ "status": { "appliedGeneration": 1 } }),
    );
    let gave_up = both(known.clone(), &recorded("False", "NotConverging"));
    let request =
        OriginAccessIdentity::API.update_request("E1", "A", crate::xml::Element::new("X"));
    let update = || Plan::Update(request.clone(), vec![]);
    for (parts, plan, expected) in [
        (&known, Plan::UpToDate, false),
        (&edited, Plan::UpToDate, true),
        (&edited, Plan::WaitForDeployment, true),
        (
            &both(edited.clone(), &deleting()),
            Plan::WaitForDeployment,
            false,
        ),
        (&known, Plan::Drifted(vec![]), false),
        (&edited, update(), false),
        (&gave_up, update(), true),
        (&edited, Plan::Delete(request.clone()), false),
    ] {
        let subject = identity(parts);
        let needs = |source| {
            needs_fresh_read(
                &subject,
                &plan,
                &observation(source),
                &UpdateHistory::default(),
                false,
            )
        };
        assert_eq!(needs(Source::Cached), expected, "{plan:?} {parts}");
        assert!(!needs(Source::Read), "{plan:?}");
    }
    let absent = Observation {
        remote: None,
        ..observation(Source::Cached)
    };
    let subject = identity(&edited);
    let updates = UpdateHistory::default();
    assert!(!needs_fresh_read(
        &subject,
        &Plan::Missing,
        &absent,
        &updates,
        false
    ));
    let one_shot = invalidation(&json!({}));
    assert!(!needs_fresh_read(
        &one_shot,
        &Plan::UpToDate,
        &observation(Source::Cached),
        &updates,
        false
    ));
    let cached = observation(Source::Cached);
    let writes_tags = true;
    assert!(!needs_fresh_read(
        &subject,
        &Plan::UpToDate,
        &cached,
        &updates,
        writes_tags
    ));
}

#[test]
fn an_object_is_unchanged_only_if_its_status_reports_this_spec_as_in_sync() {
    let hash = inputs(&identity(&json!({}))).hashes.recorded;
    let in_sync = both(
        recorded("True", "InSync"),
        &json!({ "status": { "appliedSpecHash": hash } }),
    );
    let with = |parts: &Value| both(in_sync.clone(), parts);
    let requested = "cloudfront-operator.dev/reconcile-requested-at";
    for (parts, expected) in [
        (in_sync.clone(), true),
        (json!({}), false),
        (with(&deleting()), false),
        (with(&json!({ "spec": { "comment": "edited" } })), false),
        (with(&json!({ "metadata": { "generation": 3 } })), false),
        (
            with(&json!({ "metadata": { "annotations": { requested: "now" } } })),
            false,
        ),
        (
            with(&json!({ "status": { "appliedSpecHash": null } })),
            false,
        ),
        (
            with(&json!({ "status": { "callerReference": "other" } })),
            false,
        ),
        (with(&recorded("False", "Deploying")), false),
        (
            with(&json!({ "status": { "conditions": [
                condition("Ready", "True", "InSync"), condition("Stalled", "True", "Rejected"),
            ] } })),
            false,
        ),
    ] {
        let subject = identity(&parts);
        let creation = CreationHistory::default();
        let says = status_says_in_sync(&subject, &inputs(&subject), &creation);
        assert_eq!(says, expected, "{parts}");
    }
    let subject = identity(&in_sync);
    let mut missing = CreationHistory::default();
    missing.record_not_found(std::time::Duration::ZERO);
    assert!(!status_says_in_sync(&subject, &inputs(&subject), &missing));
}
