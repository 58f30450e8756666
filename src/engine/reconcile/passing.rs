//! Failures that are expected to pass with the next reconciliation, and reach the status of an object only if they last.

use crate::{
    cloudfront::ErrorClass,
    engine::{
        object_state::FailureHistory,
        reconcile::{error::ReconcileError, reconciliation::Reconciliation},
    },
};

/// Whether a failure is not reported yet. It is in the metrics and the log of the operator.
pub(super) fn is_passing(
    rec: &Reconciliation<'_>,
    error: &ReconcileError,
    failures: &FailureHistory,
) -> bool {
    is_part_of_outage(rec, error, failures) || is_first_conflict(error, failures)
}

/// Whether a failure concerns all objects and nothing that a user asked for.
fn is_part_of_outage(
    rec: &Reconciliation<'_>,
    error: &ReconcileError,
    failures: &FailureHistory,
) -> bool {
    let subject = &rec.subject;
    let period = rec.context.shared.config.outage_report_period();
    error.is_account_wide()
        && error.is_read()
        && !subject.has_pending_change()
        && !subject.is_reconcile_requested()
        && failures.are_recent(period)
}

/// Whether CloudFront refused a write for its ETag, for the first time in a row. The next reconciliation reads the resource and writes again.
/// This is part of normal operation: published code gives new ETags to the distributions that use it, and an update of a continuous
/// deployment policy gives one to its primary distribution.
fn is_first_conflict(error: &ReconcileError, failures: &FailureHistory) -> bool {
    let refusal = error.cloudfront();
    failures.in_a_row() == 0 && refusal.is_some_and(|it| it.class() == ErrorClass::Conflict)
}
