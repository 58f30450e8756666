//! The holder of a parent resource. Nothing is created in the collection of a resource that an object of another namespace holds.

use crate::engine::{
    api::{outcome::Outcome, reason::Reason},
    cache::claims::RemoteClaim,
    reconcile::{
        reconciliation::Reconciliation,
        resolve::{Inputs, ResolveError, not_synced},
    },
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
    let one_shot = subject.object.typed.one_shot();
    let (kind, id) = match one_shot.and_then(|it| it.parent(&inputs.references)) {
        Some(parent) if subject.recorded_id.is_none() => (parent.kind, parent.id),
        _ => return Ok(None),
    };
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
    Ok(foreign.map(|holder| refuse(rec.subject.kind(), kind, &id, holder, &namespace)))
}

fn refuse(own_kind: &str, kind: &str, id: &str, holder: &RemoteClaim, namespace: &str) -> Outcome {
    let RemoteClaim {
        namespace: holding,
        name,
        ..
    } = holder;
    tracing::info!(id, "{kind} {holding}/{name} manages the parent resource");
    let holder = holder.describe_to(namespace);
    Outcome::Failed {
        reason: Reason::OwnershipConflict,
        code: None,
        message: format!(
            "{kind} {id} is managed by {holder}. Create the {own_kind} in the namespace of that object."
        ),
    }
}
