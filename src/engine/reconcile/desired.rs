//! The desired state of the resource, as the spec, its policies and the status define it.

use crate::{
    engine::{
        api::policy::DriftPolicy,
        object_state::AppliedSpec,
        plan::Desired,
        reconcile::{reconciliation::Subject, resolve::Inputs},
        remote::ownership::{caller_reference, desired_identity, desired_name},
        resource_api::NameMember,
    },
    xml::XmlError,
};

/// Returns the desired state.
///
/// Under `driftPolicy: Report` a difference is written only after an edit. A new value of a Secret, or a new id of a referenced object,
/// leaves the generation as it is, and is an edit as well.
pub(super) fn desired(
    subject: &Subject,
    inputs: &Inputs,
    applied: &AppliedSpec,
) -> Result<Desired, XmlError> {
    if subject.is_deleting() {
        return Ok(Desired::Absent);
    }
    let may_write = !subject.is_read_only && !policy_forbids_write(subject, inputs, applied);
    present(subject, inputs, may_write)
}

/// Returns the state that the spec asks for, also if the object is being deleted.
pub(super) fn present(
    subject: &Subject,
    inputs: &Inputs,
    write: bool,
) -> Result<Desired, XmlError> {
    let mut config = subject.object.typed.config(&inputs.references)?;
    subject.object.typed.pairs(&inputs.references)?;
    let identity = desired_identity(&subject.object, &inputs.references);
    let name = desired_name(&subject.object);
    if let (Some(NameMember { member, .. }), Some(name)) = (subject.api().name_member(), &name) {
        config.set_text(member, name);
    }
    Ok(Desired::Present {
        config,
        identity: identity.unwrap_or_default(),
        write,
        ignored: subject.object.typed.management().ignored_paths(),
        publish: subject.object.typed.publication().is_some(),
    })
}

/// Whether a policy in the spec forbids to write a difference.
pub(super) fn policy_forbids_write(
    subject: &Subject,
    inputs: &Inputs,
    applied: &AppliedSpec,
) -> bool {
    let management = subject.object.typed.management();
    let is_applied =
        applied.is_same_request(inputs.hashes.requested) && subject.is_generation_applied();
    management.is_observe_only() || (management.drift_policy == DriftPolicy::Report && is_applied)
}

/// Whether the recorded resource does not exist any more, so that a create needs a new caller reference: CloudFront remembers the old
/// one. A recreate count that is ahead of the status was stored by a reconciliation that sent no create, and is still unused.
pub(super) fn needs_new_caller_reference(
    subject: &Subject,
    desired: &Desired,
    exists: bool,
) -> bool {
    let may_create = matches!(desired, Desired::Present { write: true, .. });
    let status = &subject.prior_status;
    let is_lost = !exists && status.id.is_some();
    let is_used = status.caller_reference.as_ref() == Some(&caller_reference(&subject.object));
    may_create && is_lost && is_used
}
