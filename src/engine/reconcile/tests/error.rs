//! The outcome of each error, and what it means for the cached observation.

use crate::{
    cloudfront::CloudFrontError,
    engine::{
        api::secret::{SecretKey, Secrets},
        kind::Kind,
        reconcile::{
            applied::{ApplyError, Retry},
            completion::to_one_shot_outcome,
            error::{Failure, ReconcileError},
            event::{ResourceAction, WriteEvent},
            fixtures::{refused, shape},
            observation::Progress,
            observe_error::ObserveError,
            resolve::ResolveError,
        },
    },
    kinds::{invalidation::Invalidation, origin_access_identity::OriginAccessIdentity},
};
use std::sync::Arc;

fn kube_error() -> kube::Error {
    kube::Error::Api(Box::new(
        kube::core::Status::failure("no", "No").with_code(500),
    ))
}

fn cloudfront(status: u16, code: &str) -> ReconcileError {
    ReconcileError::Apply(refused("UpdateDistribution", status, code).into())
}

fn xml_error() -> ReconcileError {
    let error = crate::xml::from_element::<u32>(&crate::xml::Element::leaf("A", "not a number"));
    error.unwrap_err().into()
}

fn invalid_response() -> ReconcileError {
    let request = OriginAccessIdentity::API.get_request(OriginAccessIdentity::API.collection, "E1");
    let error = crate::engine::remote::resource::incomplete_response(&request);
    let event = WriteEvent::of_write(ResourceAction::Create, "K", None, &[], None);
    ReconcileError::Apply(ApplyError::Unreadable {
        error,
        event: Box::new(event),
    })
}

/// A refusal of an update, its outcome at first and after a while, and whether the cached observation stays valid.
const REFUSALS: [(u16, &str, &str, &str, bool); 9] = [
    (
        429,
        "Throttling",
        "Retrying(Throttled)",
        "Retrying(Throttled)",
        true,
    ),
    (
        400,
        "InvalidArgument",
        "Stalled(Rejected)",
        "Stalled(Rejected)",
        true,
    ),
    (
        400,
        "InvalidViewerCertificate",
        "Retrying(Rejected)",
        "Stalled(Rejected)",
        true,
    ),
    (
        403,
        "AccessDenied",
        "Stalled(AccessDenied)",
        "Stalled(AccessDenied)",
        false,
    ),
    (
        412,
        "PreconditionFailed",
        "Retrying(Conflict)",
        "Retrying(Conflict)",
        false,
    ),
    (
        404,
        "NoSuchDistribution",
        "Retrying(Conflict)",
        "Retrying(Conflict)",
        false,
    ),
    (
        400,
        "NoSuchCachePolicy",
        "Stalled(Rejected)",
        "Stalled(Rejected)",
        false,
    ),
    (
        409,
        "DistributionNotDisabled",
        "InUse(InUse)",
        "InUse(InUse)",
        true,
    ),
    (
        503,
        "ServiceUnavailable",
        "Retrying(Unreachable)",
        "Retrying(Unreachable)",
        false,
    ),
];

#[test]
fn every_refusal_has_an_outcome() {
    for (status, code, recent, later, unchanged) in REFUSALS {
        let error = || cloudfront(status, code);
        assert_eq!(error().leaves_remote_unchanged(), unchanged, "{code}");
        for (is_recent, expected) in [(true, recent), (false, later)] {
            let outcome = error().outcome(is_recent).expect("it can be reported");
            assert_eq!(shape(&outcome), expected, "{code}");
        }
    }
}

/// The errors of the steps, each with its outcome, and whether the cached observation stays valid.
fn errors() -> Vec<(ReconcileError, &'static str, bool)> {
    let (kind, id) = ("K", String::new());
    let (name, key) = (id.clone(), id.clone());
    let no_credentials = CloudFrontError::NoCredentials {
        detail: "none".into(),
    };
    let no_list = Arc::new(refused("ListDistributions", 429, "Throttling"));
    let (conflict, missing) = ("Retrying(Conflict)", "Stalled(NotFound)");
    let forbidden = ResolveError::SecretForbidden { name: name.clone() };
    vec![
        (forbidden.into(), "Stalled(AccessDenied)", true),
        (
            ResolveError::SecretInvalid { name, key }.into(),
            "Stalled(Invalid)",
            true,
        ),
        (
            ObserveError::from(no_credentials).into(),
            "Retrying(AccessDenied)",
            false,
        ),
        (
            ObserveError::CreateUnresolved {
                kind,
                next_action: "n",
            }
            .into(),
            conflict,
            false,
        ),
        (
            ObserveError::NotOwned { kind, id }.into(),
            "Stalled(OwnershipConflict)",
            true,
        ),
        (
            ReconcileError::ListUnavailable(no_list),
            "Retrying(Throttled)",
            true,
        ),
        (xml_error(), "Stalled(Invalid)", true),
        (invalid_response(), "Retrying(Unreachable)", false),
        (
            ApplyError::ExistingNotFoundYet { kind }.into(),
            conflict,
            false,
        ),
        (
            ApplyError::CallerReferenceUsed { kind }.into(),
            conflict,
            false,
        ),
        (ApplyError::LostOneShot { kind }.into(), missing, true),
    ]
}

#[test]
fn every_error_has_an_outcome() {
    for (error, expected, unchanged) in errors() {
        let message = error.to_string();
        assert_eq!(error.leaves_remote_unchanged(), unchanged, "{message}");
        let outcome = error.outcome(true).expect("it can be reported");
        assert_eq!(shape(&outcome), expected, "{message}");
    }
}

#[test]
fn an_error_of_the_kubernetes_api_cannot_be_reported() {
    for error in [
        ResolveError::from(kube_error()).into(),
        ReconcileError::Kubernetes(kube_error()),
    ] {
        assert!(error.leaves_remote_unchanged(), "{error}");
        let message = error.to_string();
        let reported = error.outcome(true).unwrap_err();
        assert_eq!(reported.to_string(), message);
        assert!(
            message.starts_with("the Kubernetes API failed: "),
            "{message}"
        );
    }
}

#[test]
fn questions_about_an_error() {
    assert!(cloudfront(400, "InvalidViewerCertificate").is_transient_refusal());
    assert!(!cloudfront(400, "InvalidArgument").is_transient_refusal());
    let in_use = refused("DeleteCachePolicy", 409, "CachePolicyInUse");
    assert!(ReconcileError::Apply(in_use.into()).is_in_use());
    assert!(!cloudfront(409, "DistributionNotDisabled").is_in_use());
    assert!(invalid_response().event().is_some());
    assert!(cloudfront(400, "InvalidArgument").event().is_none());
}

/// A user or an administrator of AWS corrects these, and is not to wait for the next resync.
#[test]
fn what_others_correct_is_repeated_with_growing_delays() {
    for (status, code, retry) in [
        (403, "AccessDenied", Retry::WithBackoff),
        (403, "ExpiredToken", Retry::WithinAMinute),
        (409, "CNAMEAlreadyExists", Retry::WithBackoff),
        (404, "NoSuchOrigin", Retry::WithBackoff),
        (400, "InvalidArgument", Retry::ByOutcome),
        (400, "TooManyDistributions", Retry::ByOutcome),
    ] {
        assert_eq!(cloudfront(status, code).retry(), retry, "{code}");
    }
}

#[test]
fn a_failure_keeps_the_values_that_its_message_may_quote() {
    let key = SecretKey {
        name: "origin".into(),
        key: "token".into(),
    };
    let secrets: Secrets = [(key, "hunter2".to_owned())].into_iter().collect();
    let error = refused("UpdateDistribution", 400, "InvalidArgument");
    let failure = Failure::from(ApplyError::from(error)).quoting(secrets);
    let redacted = failure.secrets.redact("HeaderValue hunter2");
    assert_eq!(redacted, "HeaderValue (redacted)");
    let outcome = failure.error.outcome(true).expect("it can be reported");
    let message = |text: &str| failure.secrets.redact(&format!("{text} hunter2"));
    let outcome = outcome.map_message(message);
    assert!(!format!("{outcome:?}").contains("hunter2"));
}

#[test]
fn a_failure_answers_a_request_only_if_a_read_was_conclusive() {
    let (kind, id) = ("Distribution", "E1".to_owned());
    let read = Progress {
        is_read: true,
        is_different: false,
    };
    let before = Progress::default();
    for (error, progress, expected) in [
        (cloudfront(429, "Throttling"), before, false),
        (cloudfront(429, "Throttling"), read, true),
        (
            ObserveError::PossiblyOutdated {
                kind,
                id: id.clone(),
            }
            .into(),
            read,
            false,
        ),
        (ObserveError::NotOwned { kind, id }.into(), before, true),
        (xml_error(), before, false),
    ] {
        let failure = Failure::from(error).after(progress);
        assert_eq!(failure.progress().is_read, expected, "{failure:?}");
    }
}

#[test]
fn a_one_shot_resource_completes_or_fails_instead() {
    for (code, managed, one_shot) in [
        ("InvalidArgument", "Stalled(Rejected)", "Failed(Rejected)"),
        (
            "AccessDenied",
            "Stalled(AccessDenied)",
            "Stalled(AccessDenied)",
        ),
    ] {
        let outcome = || {
            cloudfront(400, code)
                .outcome(false)
                .expect("it can be reported")
        };
        let as_managed = to_one_shot_outcome(OriginAccessIdentity::API, outcome());
        assert_eq!(shape(&as_managed), managed);
        let as_one_shot = to_one_shot_outcome(Invalidation::API, outcome());
        assert_eq!(shape(&as_one_shot), one_shot);
    }
    let in_sync = crate::engine::api::outcome::Outcome::InSync;
    let completed = to_one_shot_outcome(Invalidation::API, in_sync);
    assert_eq!(shape(&completed), "Completed(Completed)");
}
