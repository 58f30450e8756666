//! Members that CloudFront sets in a create request only.

use crate::{
    engine::{
        api::{outcome::Outcome, reason::Reason, sources::Sources},
        definition::KindDefinition,
        plan::Plan,
    },
    xml::spec_name,
};

/// Returns the outcome of an update that CloudFront would refuse, since it changes one of the [members](immutable) that cannot change. The
/// resource is never recreated instead: others use it by its id.
///
/// [immutable]: crate::engine::ResourceApi::immutable
pub(super) fn refused_change(
    kind: &KindDefinition,
    sources: &Sources,
    plan: &Plan,
) -> Option<Outcome> {
    let Plan::Update(_, drift) = plan else {
        return None;
    };
    let mut members = kind.api.immutable.iter().map(|it| spec_name(it));
    let field = members.find(|field| drift.iter().any(|it| it.path == **field))?;
    let input = kind.inputs.iter().find(|it| it.path == field);
    let source = match input.filter(|_| sources.has_values()) {
        Some(input) => format!(
            "the spec, or the value that {} refers to,",
            input.source_name()
        ),
        None => "the spec".to_owned(),
    };
    let kind = kind.kind;
    Some(Outcome::Stalled {
        reason: Reason::Immutable,
        code: None,
        message: format!(
            "{field} of this {kind} cannot change in CloudFront, and {source} differs from it. Restore the former value, or create another \
             {kind}, use it in place of this one, and then delete this one."
        ),
    })
}
