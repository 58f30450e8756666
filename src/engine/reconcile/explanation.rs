//! The names of other objects in the message of a failure that they cause.

use crate::engine::{
    api::outcome::Outcome,
    kind::Kind,
    reconcile::{
        error::ReconcileError,
        reconciliation::Reconciliation,
        unique_values::{is_value_taken, name_value_holder},
    },
};

/// Returns what adds the names of other objects to the outcome of an error, if they are the cause.
pub(super) fn explanation<K: Kind>(
    rec: &Reconciliation<'_, K>,
    error: &ReconcileError,
) -> fn(&Reconciliation<'_, K>, Outcome) -> Outcome {
    if error.is_in_use() {
        name_dependents
    } else if is_value_taken(rec, error.cloudfront()) {
        name_value_holder
    } else {
        |_, outcome| outcome
    }
}

/// Replaces the message of a deletion that waits with the names of the objects that use the resource, if any are known.
fn name_dependents<K: Kind>(rec: &Reconciliation<'_, K>, outcome: Outcome) -> Outcome {
    let (subject, registry) = (&rec.subject, &rec.context.shared.registry);
    let users = registry.dependents(&subject.namespace(), &subject.own_reference());
    match outcome {
        Outcome::InUse(_) if !users.is_empty() => {
            Outcome::InUse(format!("In use by {}.", users.join(", ")))
        }
        outcome => outcome,
    }
}
