//! The summary of a reconciliation, for metrics.

use crate::engine::{
    context::ReconcileSummary,
    definition::OneShot,
    reconcile::{
        applied::Applied,
        event::{ResourceAction, WriteEvent},
        reconciliation::Subject,
    },
};
use tokio::time::Instant;

/// Summarizes a reconciliation that began at `started`. `deploy_started` is when CloudFront accepted the last change: it is set by a
/// write, and cleared once the change is deployed.
pub(super) fn summarize(
    subject: &Subject,
    applied: &Applied,
    started: Instant,
    deploy_started: &mut Option<Instant>,
) -> ReconcileSummary {
    let event = applied.event.as_ref();
    if let Some(event) = event.filter(|event| event.action.starts_deployment()) {
        *deploy_started = Some(event.at);
    }
    let deployed_since = if applied.outcome.is_done() {
        deploy_started.take()
    } else {
        None
    };
    let is_request_for = |action| is_request_for(event, action);
    ReconcileSummary {
        kind: subject.kind(),
        result: applied.outcome.result(),
        reason: applied.outcome.reason(),
        duration: started.elapsed(),
        deployment_duration: deployed_since.map(|since| since.elapsed()),
        is_drift_corrected: is_request_for(ResourceAction::CorrectDrift)
            || is_request_for(ResourceAction::CorrectPairs),
        invalidation_paths: if is_request_for(ResourceAction::Create) {
            let one_shot = subject.object.typed.one_shot();
            one_shot.map_or(0, OneShot::billable_paths)
        } else {
            0
        },
    }
}

/// Whether the reconciliation sent a write for this action, which CloudFront identified.
fn is_request_for(event: Option<&WriteEvent>, action: ResourceAction) -> bool {
    event.is_some_and(|event| event.action == action && event.request_id.is_some())
}
