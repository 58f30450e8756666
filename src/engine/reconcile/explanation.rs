//! The names of other objects in the message of a failure that they cause.

use crate::{
    cloudfront::CloudFrontError,
    engine::{
        api::{outcome::Outcome, reference::ResolvedReferences},
        cache::{claims::describe_object, value_index::ValueHolder},
        poll::waiting::ListedHolder,
        reconcile::{
            error::ReconcileError, observe_cached::subscriber, reconciliation::Reconciliation,
            unique_values::holders, users::in_use,
        },
    },
};

/// Returns what adds the names of other objects to the outcome of an error, if they are the cause.
pub(super) fn explanation(
    rec: &Reconciliation<'_>,
    error: &ReconcileError,
) -> fn(&Reconciliation<'_>, Outcome) -> Outcome {
    if error.is_in_use() {
        |rec, outcome| in_use(rec).unwrap_or(outcome)
    } else if is_value_taken(rec, error.cloudfront()) {
        name_value_holder
    } else {
        |_, outcome| outcome
    }
}

/// Whether CloudFront refused since another resource has one of the values.
fn is_value_taken(rec: &Reconciliation<'_>, error: Option<&CloudFrontError>) -> bool {
    error.is_some_and(CloudFrontError::is_alias_taken)
        && !rec.subject.object.typed.unique_values().is_empty()
}

/// Waits for the values that CloudFront refused since another resource has them, and names that resource if it is known.
fn name_value_holder(rec: &Reconciliation<'_>, outcome: Outcome) -> Outcome {
    let subject = &rec.subject;
    let values = subject.object.typed.unique_values();
    let collection = subject.object.collection(&ResolvedReferences::default());
    let listed = rec.context.poller.wait_for_values(
        &collection,
        subject.recorded_id.clone(),
        values.clone(),
        subscriber(rec),
    );
    let object = values.into_iter().find_map(|value| {
        let holder = holders(rec, &value).next()?;
        Some((value, describe(rec, &holder)))
    });
    let found = object.or_else(|| listed.map(|holder| describe_listed(rec, holder)));
    match found {
        Some((value, holder)) => {
            outcome.map_message(|message| format!("The {value} is on {holder}. {message}"))
        }
        None => outcome,
    }
}

fn describe(rec: &Reconciliation<'_>, holder: &ValueHolder) -> String {
    let ValueHolder {
        kind,
        namespace,
        name,
        ..
    } = holder;
    tracing::info!("{kind} {namespace}/{name} has the value");
    holder.describe_to(&rec.subject.namespace())
}

/// Names a resource of the list by its object, or by its id if the operator does not manage it.
fn describe_listed(rec: &Reconciliation<'_>, holder: ListedHolder) -> (String, String) {
    let ListedHolder { value, id } = holder;
    let own = rec.subject.namespace();
    let mut naming = rec
        .context
        .shared
        .registry
        .objects_naming_now(rec.subject.kind(), &id);
    // An object of the own namespace first: it is the one that the user can edit.
    naming.sort_by_key(|it| it.namespace != own);
    let text = match naming.first() {
        Some(object) => {
            let (namespace, name) = (&object.namespace, &object.name);
            tracing::info!(
                id,
                "{} {namespace}/{name} has the value",
                rec.subject.kind()
            );
            describe_object(rec.subject.kind(), namespace, name, &own)
        }
        None => format!(
            "{} {id}, which the operator does not manage",
            rec.subject.kind()
        ),
    };
    (value, text)
}
