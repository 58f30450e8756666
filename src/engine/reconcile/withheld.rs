//! Writes that are due, but must not be sent now: an update that other clients change back, and a deletion that a late create could follow.

use crate::{
    engine::{
        api::{outcome::Outcome, reason::Reason},
        object_state::{ObjectState, UpdateHistory},
        plan::Plan,
        reconcile::{
            convergence::{first_paths, is_not_converging, not_converging},
            reconciliation::{Reconciliation, Subject},
            resolve::Inputs,
        },
        remote::resource::Remote,
    },
    xml::Drift,
};
use std::time::Duration;

/// Returns the outcome of a write that must not be sent, at least not now, and for how long.
pub(super) fn withheld_write(
    rec: &Reconciliation<'_>,
    state: &ObjectState,
    inputs: &Inputs,
    plan: &Plan,
    remote: Option<&Remote>,
) -> Option<(Outcome, Option<Duration>)> {
    if matches!(plan, Plan::Delete(_)) {
        let pause = state.creation.late_create(rec.late_create_window())?;
        return Some((late_create(), Some(pause)));
    }
    withheld_update(&rec.subject, &state.updates, inputs, plan, remote)
}

/// Returns the outcome of a deletion after a create without a response. As long as the resource exists, that create makes no second one.
fn late_create() -> Outcome {
    Outcome::Queued(
        "Waits a minute before it deletes the resource: a create had no response, and CloudFront could still execute it. No action is necessary."
            .into(),
    )
}

/// Returns the outcome of an update that must not be sent, at least not now, and for how long. A user can request it.
pub(super) fn withheld_update(
    subject: &Subject,
    updates: &UpdateHistory,
    inputs: &Inputs,
    plan: &Plan,
    remote: Option<&Remote>,
) -> Option<(Outcome, Option<Duration>)> {
    let Plan::Update(request, drift) = plan else {
        return None;
    };
    let version = remote.map(|it| it.etag.as_str()).unwrap_or_default();
    if is_not_converging(subject, updates, request, drift, version) {
        return Some((not_converging(drift), None));
    }
    let pause = updates.pause(inputs.hashes.requested)?;
    (!subject.is_reconcile_requested()).then(|| (changed_back(drift), Some(pause)))
}

/// Returns the outcome while the operator pauses, because another client changes the resource back after each correction.
fn changed_back(drift: &[Drift]) -> Outcome {
    Outcome::Stalled {
        reason: Reason::Conflict,
        code: None,
        message: format!(
            "Another client changes the resource back after each correction, at {}. The operator corrects it again after a pause of up to 10 \
             minutes. Stop the other client, or add these fields to spec.driftIgnore.",
            first_paths(drift)
        ),
    }
}
