//! Values that CloudFront accepts in one resource only: a write that gains one waits for the object that gives it up, and a refusal
//! names the resource that has it.

use crate::{
    cloudfront::CloudFrontError,
    engine::{
        api::{outcome::Outcome, reference::ResolvedReferences},
        cache::{claims::describe_object, unique_values::ValueHolder},
        kind::Kind,
        object_state::ValueWait,
        plan::Plan,
        poll::waiting::ListedHolder,
        reconcile::{observe_cached::subscriber, reconciliation::Reconciliation},
        remote::resource::Remote,
    },
};
use tokio::time::Instant;

/// Returns the outcome of a write that gains a value which another object still has. It waits until CloudFront accepts the write of
/// that object, or shortly for an edit of it, since manifests are often applied together.
pub(super) fn held_write<K: Kind>(
    rec: &Reconciliation<'_, K>,
    plan: &Plan,
    remote: Option<&Remote>,
    wait: &mut ValueWait,
) -> Option<Outcome> {
    let gained = gained_values::<K>(plan, remote);
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
pub(super) fn gained_values<K: Kind>(plan: &Plan, remote: Option<&Remote>) -> Vec<String> {
    let config = match plan {
        Plan::Create(config) => Some(config),
        Plan::Update(request, _) => request.body.as_ref(),
        _ => None,
    };
    let mut values = config.map(K::unique_values_in).unwrap_or_default();
    if let Some(remote) = remote.filter(|_| !values.is_empty()) {
        let present = K::unique_values_in(&remote.config::<K>());
        values.retain(|value| !present.contains(value));
    }
    values
}

/// Waits for the values that CloudFront refused since another resource has them, and names that resource if it is known.
pub(super) fn name_value_holder<K: Kind>(rec: &Reconciliation<'_, K>, outcome: Outcome) -> Outcome {
    let subject = &rec.subject;
    let values = subject.object.unique_values();
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

/// Whether CloudFront refused since another resource has one of the values.
pub(super) fn is_value_taken<K: Kind>(
    rec: &Reconciliation<'_, K>,
    error: Option<&CloudFrontError>,
) -> bool {
    error.is_some_and(CloudFrontError::is_alias_taken)
        && !rec.subject.object.unique_values().is_empty()
}

fn holders<K: Kind>(
    rec: &Reconciliation<'_, K>,
    value: &str,
) -> impl Iterator<Item = ValueHolder> + use<K> {
    let (subject, registry) = (&rec.subject, &rec.context.shared.registry);
    let holders = registry.value_holders(value, &subject.namespace(), &subject.own_reference());
    holders.into_iter()
}

fn describe<K: Kind>(rec: &Reconciliation<'_, K>, holder: &ValueHolder) -> String {
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
fn describe_listed<K: Kind>(rec: &Reconciliation<'_, K>, holder: ListedHolder) -> (String, String) {
    let ListedHolder { value, id } = holder;
    let own = rec.subject.namespace();
    let mut naming = rec.context.shared.registry.objects_naming_now(K::KIND, &id);
    // An object of the own namespace first: it is the one that the user can edit.
    naming.sort_by_key(|it| it.namespace != own);
    let text = match naming.first() {
        Some(object) => {
            let (namespace, name) = (&object.namespace, &object.name);
            tracing::info!(id, "{} {namespace}/{name} has the value", K::KIND);
            describe_object(K::KIND, namespace, name, &own)
        }
        None => format!("{} {id}, which the operator does not manage", K::KIND),
    };
    (value, text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{kinds::distribution::Distribution, xml::Element};

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
        let gained = |plan: &Plan, remote| gained_values::<Distribution>(plan, remote);
        let create = Plan::Create(config(&["A.example"]));
        assert_eq!(gained(&create, None), ["alias a.example"]);
        let request = Distribution::update("E1", "A", config(&["b.example", "c.example"]));
        let update = Plan::Update(request, vec![]);
        assert_eq!(gained(&update, Some(&remote)), ["alias c.example"]);
        assert_eq!(gained(&Plan::UpToDate, Some(&remote)), [""; 0]);
    }
}
