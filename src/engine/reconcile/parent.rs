//! The holder of a parent resource. Nothing is created in the collection of a resource that an object of another namespace holds.

use crate::engine::{
    api::{outcome::Outcome, reason::Reason},
    cache::claims::RemoteClaim,
    reconcile::{
        reconciliation::{Reconciliation, Subject},
        resolve::{Inputs, ResolveError, not_synced},
    },
    resource_api::Lifecycle,
};

/// Returns the outcome of an object whose resource must not be created, since an object of another namespace holds its parent.
///
/// Statuses can be forged, also that of an object that the spec references. So if an object of another namespace names the parent, the
/// parent's caller reference decides. While not all objects are listed, the object waits.
pub(super) async fn check_parent(
    rec: &Reconciliation<'_>,
    inputs: &Inputs,
) -> Result<Option<Outcome>, ResolveError> {
    let subject = &rec.subject;
    let (kind, id) = match subject.object.typed.parent(&inputs.references) {
        Some(parent) if subject.recorded_id.is_none() && !subject.is_deleting() => {
            (parent.kind, parent.id)
        }
        _ => return Ok(None),
    };
    if let Some(outcome) = adopts_another(subject, kind, &id) {
        return Ok(Some(outcome));
    }
    let namespace = subject.namespace();
    let registry = &rec.context.shared.registry;
    let Ok(naming) = registry.objects_naming(kind, &id).await else {
        return Ok(Some(not_synced(kind)));
    };
    if naming.iter().all(|object| object.namespace == namespace) {
        return Ok(None);
    }
    let priority = subject.read_priority();
    let reference = registry.caller_reference(kind, &id, priority, &rec.cloudfront);
    let reference = reference.await?.unwrap_or_default();
    let Ok(claims) = registry.claims(kind, &id, &reference).await else {
        return Ok(Some(not_synced(kind)));
    };
    let holder = claims.present_holder();
    let foreign = holder.filter(|holder| holder.namespace != namespace);
    Ok(foreign.map(|holder| refuse(subject, kind, &id, holder)))
}

fn refuse(subject: &Subject, kind: &str, id: &str, holder: &RemoteClaim) -> Outcome {
    let RemoteClaim {
        namespace, name, ..
    } = holder;
    tracing::info!(id, "{kind} {namespace}/{name} manages the parent resource");
    let (reason, code) = (Reason::OwnershipConflict, None);
    let message = format!(
        "{kind} {id} is managed by {}. Create the {} in the namespace of that object.",
        holder.describe_to(&subject.namespace()),
        subject.kind()
    );
    match subject.api().lifecycle {
        Lifecycle::Managed => Outcome::Stalled {
            reason,
            code,
            message,
        },
        Lifecycle::OneShot => Outcome::Failed {
            reason,
            code,
            message,
        },
    }
}

/// Returns the outcome of an object that adopts a resource of another parent than its spec names, of a kind whose resources have the ids of
/// their parents.
fn adopts_another(subject: &Subject, kind: &str, id: &str) -> Option<Outcome> {
    let adopted = subject.object.typed.management().adopt_id.as_deref()?;
    (adopted != id).then(|| Outcome::Stalled {
        reason: Reason::Invalid,
        code: None,
        message: format!(
            "spec.adoptId is {adopted}, and the spec names {kind} {id}: a {} has the ID of its {kind}. Create another object with adoptId {id}, or without adoptId.",
            subject.kind()
        ),
    })
}
