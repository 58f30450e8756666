//! Step `preflight`: the outcomes that do not depend on CloudFront, because no request is needed or none is allowed.

use crate::engine::{
    api::{outcome::Outcome, policy::DeletionPolicy, reason::Reason},
    field_path::check_field_paths,
    object_state::AppliedSpec,
    reconcile::{event::WriteEvent, reconciliation::Subject},
    spec_hash::spec_hash,
};

/// The result of the step.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Preflight {
    /// The reconciliation continues.
    Continue,
    /// The object is deleted and its finalizer is removed: nothing is left to do.
    Finalized,
    /// The object is deleted and the resource stays: remove the finalizer.
    Retain(Option<WriteEvent>),
    /// The reconciliation ends with this outcome.
    End(Outcome),
}

/// Checks the object alone. `finalized`: this process has removed its finalizer. `failed`: the one-shot resource has failed, whether or
/// not the status still says so.
pub(super) fn preflight(
    subject: &Subject,
    applied: &AppliedSpec,
    finalized: bool,
    failed: Option<&Outcome>,
) -> Preflight {
    let management = subject.object.typed.management();
    if subject.is_deleting() {
        if finalized || !subject.has_finalizer() {
            return Preflight::Finalized;
        }
        if management.deletion_protection {
            return Preflight::End(deletion_protected(subject.kind()));
        }
        if management.effective_deletion_policy() == DeletionPolicy::Retain {
            let id = subject.recorded_id.as_deref();
            return Preflight::Retain(id.map(|id| WriteEvent::retained(subject.kind(), id)));
        }
        if let Some(blocker) = deletion_blocker(subject) {
            return Preflight::End(blocker);
        }
    }
    if management.suspend {
        let pending_changes = !is_applied(subject, applied);
        return Preflight::End(Outcome::Suspended { pending_changes });
    }
    if let Some(end) = subject.final_outcome().or_else(|| failed.cloned()) {
        return Preflight::End(end);
    }
    if !subject.is_deleting() && !subject.is_generation_applied() {
        return check_ignored_paths(subject);
    }
    Preflight::Continue
}

/// Returns the outcome of a deletion that `spec.deletionProtection` forbids, also with `deletionPolicy: Retain`.
fn deletion_protected(kind: &str) -> Outcome {
    Outcome::DeletionProtected(format!(
        "spec.deletionProtection is true, so the deletion waits and the {kind} stays in CloudFront. Set spec.deletionProtection to false \
         to continue the deletion. To keep the {kind}, set spec.deletionPolicy to Retain first."
    ))
}

/// Refuses a spec whose `driftIgnore` names a field that does not exist.
fn check_ignored_paths(subject: &Subject) -> Preflight {
    let paths = subject.object.typed.management().ignored_paths();
    match check_field_paths(subject.definition(), &paths) {
        Ok(()) => Preflight::Continue,
        Err(error) => Preflight::End(Outcome::Stalled {
            reason: Reason::Invalid,
            code: None,
            message: error.to_string(),
        }),
    }
}

/// Returns why a deletion that has to write to CloudFront is not allowed to.
fn deletion_blocker(subject: &Subject) -> Option<Outcome> {
    let management = subject.object.typed.management();
    let waits = |cause: &str| {
        format!(
            "The deletion waits because {cause}, or set spec.deletionPolicy to Retain to keep the {} in CloudFront.",
            subject.kind()
        )
    };
    let stalled = |reason, cause| {
        Some(Outcome::Stalled {
            reason,
            code: None,
            message: waits(cause),
        })
    };
    if management.suspend {
        stalled(Reason::Suspended, "spec.suspend is true: set it to false")
    } else if management.is_observe_only() {
        let cause = "spec.managementPolicy is Observe: set it to Manage";
        stalled(Reason::ReadOnly, cause)
    } else if subject.is_read_only {
        Some(Outcome::ReadOnly {
            message: waits("the operator runs with --read-only: restart it without this flag"),
            drift: vec![],
        })
    } else {
        None
    }
}

/// Whether CloudFront has all of a suspended spec.
fn is_applied(subject: &Subject, applied: &AppliedSpec) -> bool {
    let suspended = Reason::Suspended.to_string();
    let status = &subject.prior_status;
    // Changes that are pending stay pending until the object is resumed.
    let stalled = status.condition("Stalled");
    if stalled.is_some_and(|stalled| stalled.reason == suspended) {
        return false;
    }
    let synced = status.condition("Synced");
    let was_suspended = synced.is_some_and(|synced| synced.reason == suspended);
    let ready = status.condition("Ready");
    let is_same_generation =
        ready.is_some_and(|ready| ready.observed_generation == Some(subject.generation()));
    (was_suspended && is_same_generation) || applied.is_spec(spec_hash(&subject.object))
}
