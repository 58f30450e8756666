//! The order of reads: whether a read may be earlier than what is known of the resource, and what may follow from it.

use crate::engine::{
    object_state::{KnownVersion, ReadOrder, Version, VersionHistory},
    plan::Plan,
    reconcile::{
        observation::Observation,
        observe_error::ObserveError,
        reconciliation::{Reconciliation, Subject},
    },
    remote::resource::Remote,
};

/// Returns the place of a read among the known versions. An observation without a read is the latest.
pub(super) fn read_order(
    rec: &Reconciliation<'_>,
    id: &str,
    read: Option<&Remote>,
    versions: &mut VersionHistory,
) -> ReadOrder {
    read.map_or(ReadOrder::Latest, |read| {
        let known = known_version(&rec.subject, id);
        versions.order(&Version::of(read), &known, rec.consistency_window())
    })
}

/// Returns what the status shows of the resource with this id.
///
/// An update for the present generation differs from the resource, so a stale read leads to it again. Only an update for a generation in
/// between, which a killed process did not record, can hide behind a stale read that matches the present generation. A generation that was
/// never applied may be the first of them.
pub(super) fn known_version(subject: &Subject, id: &str) -> KnownVersion {
    let status = &subject.prior_status;
    let modified = status.modified_time();
    let etag = status.etag.as_deref();
    let applied = status.applied_generation.unwrap_or_default();
    let recorded = etag
        .filter(|_| status.id.as_deref() == Some(id))
        .map(|etag| Version::new(etag, modified));
    KnownVersion {
        has_unrecorded_update: recorded.is_some() && subject.generation() - applied > 1,
        recorded,
    }
}

/// Refuses to report that the resource matches the spec if the read may be outdated. A write may follow from it, as `If-Match` rejects the
/// write if it is, and so may a report of drift.
pub(super) fn check_order(
    subject: &Subject,
    plan: &Plan,
    observation: &Observation,
) -> Result<(), ObserveError> {
    let is_match = matches!(plan, Plan::UpToDate | Plan::WaitForDeployment);
    match &observation.remote {
        Some(remote)
            if observation.order == ReadOrder::Unknown && is_match && !subject.is_deleting() =>
        {
            Err(ObserveError::PossiblyOutdated {
                kind: subject.kind(),
                id: remote.id.clone(),
            })
        }
        _ => Ok(()),
    }
}
