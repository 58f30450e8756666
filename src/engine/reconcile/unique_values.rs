//! Values that CloudFront accepts in one resource only: a write that gains one waits for the object that gives it up.

use crate::engine::{
    api::outcome::Outcome, cache::value_index::ValueHolder, definition::KindDefinition,
    object_state::ValueWait, plan::Plan, reconcile::reconciliation::Reconciliation,
    remote::resource::Remote,
};
use tokio::time::Instant;

/// Returns the outcome of a write that gains a value which another object still has. It waits until CloudFront accepts the write of
/// that object, or shortly for an edit of it, since manifests are often applied together.
pub(super) fn held_write(
    rec: &Reconciliation<'_>,
    plan: &Plan,
    remote: Option<&Remote>,
    wait: &mut ValueWait,
) -> Option<Outcome> {
    let gained = gained_values(rec.subject.definition(), plan, remote);
    let held = gained
        .into_iter()
        .flat_map(|value| holders(rec, &value).map(move |holder| (value.clone(), holder)));
    let (value, holder) = held.max_by_key(|(_, holder)| holder.is_leaving)?;
    let subject = &rec.subject;
    let is_held = wait.may_wait(subject.generation(), holder.is_leaving, Instant::now());
    is_held.then(|| {
        let holder = holder.describe_to(&subject.namespace());
        Outcome::Queued(format!(
            "Waits for {value}, which {holder} has until CloudFront accepts its next change. Remove the value there if it is still in that spec."
        ))
    })
}

/// Returns the values of a write that the resource does not have yet.
pub(super) fn gained_values(
    definition: &KindDefinition,
    plan: &Plan,
    remote: Option<&Remote>,
) -> Vec<String> {
    let config = match plan {
        Plan::Create(config) => Some(config),
        Plan::Update(request, _) => request.body.as_ref(),
        _ => None,
    };
    let mut values = config
        .map(definition.hooks.unique_values)
        .unwrap_or_default();
    if let Some(remote) = remote.filter(|_| !values.is_empty()) {
        let present = (definition.hooks.unique_values)(&remote.config(definition.api));
        values.retain(|value| !present.contains(value));
    }
    values
}

/// Returns the other objects whose resource has a value.
pub(super) fn holders(
    rec: &Reconciliation<'_>,
    value: &str,
) -> impl Iterator<Item = ValueHolder> + use<> {
    let (subject, registry) = (&rec.subject, &rec.context.shared.registry);
    let holders = registry.value_holders(value, &subject.namespace(), &subject.own_reference());
    holders.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{engine::Kind, kinds::distribution::Distribution, xml::Element};

    fn config(aliases: &[&str]) -> Element {
        let aliases = aliases.iter().map(|alias| Element::leaf("CNAME", *alias));
        let items = aliases.fold(Element::new("Items"), Element::with);
        Element::new("DistributionConfig").with(Element::new("Aliases").with(items))
    }

    #[test]
    fn a_write_gains_the_aliases_that_the_resource_does_not_have() {
        let remote = Remote {
            id: "E1".into(),
            etag: "A".into(),
            document: Element::new("Distribution").with(config(&["a.example", "b.example"])),
        };
        let gained = |plan: &Plan, remote| gained_values(Distribution::DEFINITION, plan, remote);
        let create = Plan::Create(config(&["A.example"]));
        assert_eq!(gained(&create, None), ["alias a.example"]);
        let request =
            Distribution::API.update_request("E1", "A", config(&["b.example", "c.example"]));
        let update = Plan::Update(request, vec![]);
        assert_eq!(gained(&update, Some(&remote)), ["alias c.example"]);
        assert_eq!(gained(&Plan::UpToDate, Some(&remote)), [""; 0]);
    }
}
