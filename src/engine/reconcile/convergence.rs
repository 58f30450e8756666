//! Whether an update is a correction of drift, and whether updates converge.

use crate::{
    cloudfront::Request,
    engine::{
        api::{hash_of, outcome::Outcome, reason::Reason},
        object_state::{UpdateAttempt, UpdateHistory},
        reconcile::{reconciliation::Subject, resolve::SpecHashes},
    },
    xml::Drift,
};

/// Describes an update, so that it can be compared with the last one. `version`: the version that it replaces.
pub(super) fn attempt<'a>(
    subject: &Subject,
    request: &Request,
    drift: &'a [Drift],
    version: &'a str,
) -> UpdateAttempt<'a> {
    UpdateAttempt {
        generation: subject.generation(),
        drift,
        request_hash: hash_of(&request.body.as_ref().map(ToString::to_string)),
        etag: version,
    }
}

/// Whether another update would change nothing, as two identical ones have shown.
pub(super) fn is_not_converging(
    subject: &Subject,
    updates: &UpdateHistory,
    request: &Request,
    drift: &[Drift],
    version: &str,
) -> bool {
    let attempt = attempt(subject, request, drift, version);
    updates.is_not_converging(&attempt)
        || (!updates.has_updates() && gave_up_before(subject, attempt.etag))
}

/// Whether the status reports that updates of this version do not converge. After a restart it is the only record of that.
fn gave_up_before(subject: &Subject, etag: &str) -> bool {
    let status = &subject.prior_status;
    let ready = status.condition("Ready");
    status.etag.as_deref() == Some(etag)
        && ready.is_some_and(|ready| {
            ready.reason == Reason::NotConverging.to_string()
                && ready.observed_generation == Some(subject.generation())
        })
}

/// Whether CloudFront had all of the spec before, so that another client changed the resource. A new value of a Secret cannot be
/// distinguished from that, and counts as an update.
pub(super) fn is_drift_correction(subject: &Subject, hashes: &SpecHashes) -> bool {
    subject.is_generation_applied()
        && hashes.recorded.is_some()
        && subject.prior_status.applied_spec_hash == hashes.recorded
}

/// Returns the outcome of an update that does not converge.
pub(super) fn not_converging(drift: &[Drift]) -> Outcome {
    Outcome::Stalled {
        reason: Reason::NotConverging,
        code: None,
        message: format!(
            "CloudFront accepted the same update twice and still differs at {}. Change these fields of the spec, or report a bug.",
            first_paths(drift)
        ),
    }
}

pub(super) fn first_paths(drift: &[Drift]) -> String {
    let paths: Vec<&str> = drift.iter().take(5).map(|d| d.path.as_str()).collect();
    paths.join(", ")
}
