//! The users of a resource whose deletion waits for them.

use crate::engine::{
    api::{
        outcome::Outcome,
        sources::{used_object, used_resource},
    },
    cache::value_index::ValueHolder,
    reconcile::reconciliation::Reconciliation,
};
use kube::ResourceExt;
use serde_json::Value;
use tokio::time::Instant;

/// The number of objects that a message names.
pub(super) const MAX_USERS: usize = 5;

/// Returns the outcome of a deletion that waits, with the names of the objects whose resources use this one. `None`: there are none.
pub(super) fn in_use(rec: &Reconciliation<'_>) -> Option<Outcome> {
    let subject = &rec.subject;
    let (namespace, name) = (subject.namespace(), subject.object.name_any());
    let mut used = vec![used_object(rec.subject.kind(), &namespace, &name)];
    let id = subject.recorded_id.as_ref();
    used.extend(id.map(|id| used_resource(rec.subject.kind(), id)));
    // An ARN may end with another id.
    let arn = subject.prior_status.observed_fields.get("arn");
    let in_arn = arn
        .and_then(Value::as_str)
        .and_then(|it| it.rsplit_once('/'));
    let in_arn = in_arn.map(|(_, id)| used_resource(rec.subject.kind(), id));
    used.extend(in_arn.filter(|it| !used.contains(it)));
    let users = rec.context.shared.registry.users(&used);
    let message = describe_users(&users, &namespace)?;
    for user in users.iter().filter(|it| it.namespace != namespace) {
        tracing::info!(
            "{} {}/{} uses the resource",
            user.kind,
            user.namespace,
            user.name
        );
    }
    Some(Outcome::InUse(message))
}

/// Returns the outcome of a deletion that CloudFront has refused for the objects that still use the resource. It would refuse again, so
/// no request is sent, except once in a resync period: statuses can be forged.
pub(super) fn still_in_use(rec: &Reconciliation<'_>, refused: Option<Instant>) -> Option<Outcome> {
    let age = refused?.elapsed();
    let is_recent = age < rec.context.shared.config.resync_period;
    let subject = &rec.subject;
    let waits = subject.is_deleting() && is_recent && !subject.is_reconcile_requested();
    waits.then(|| in_use(rec))?
}

/// Names the users of a resource to a user who can read this namespace.
fn describe_users(users: &[ValueHolder], reader: &str) -> Option<String> {
    let own = users.iter().filter(|it| it.namespace == reader);
    let mut parts: Vec<String> = own.map(|it| format!("{} {}", it.kind, it.name)).collect();
    let foreign = users.len() - parts.len();
    let more = parts.len().saturating_sub(MAX_USERS);
    parts.truncate(MAX_USERS);
    if more > 0 {
        parts.push(format!("{more} more"));
    }
    match foreign {
        0 => {}
        1 => parts.push("an object of another namespace".into()),
        _ => parts.push(format!("{foreign} objects of other namespaces")),
    }
    Some(format!("In use by {}.", enumerate(parts)?))
}

/// Returns these texts as in a sentence: `a`, `a and b`, or `a, b and c`. `None`: there are none.
pub(super) fn enumerate(mut parts: Vec<String>) -> Option<String> {
    let last = parts.pop()?;
    let first = parts.join(", ");
    let and = if first.is_empty() { "" } else { " and " };
    Some(format!("{first}{and}{last}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(namespace: &str, name: &str) -> ValueHolder {
        ValueHolder {
            kind: "Distribution",
            namespace: namespace.into(),
            name: name.into(),
            is_leaving: false,
        }
    }

    #[test]
    fn five_users_of_the_own_namespace_are_named_and_the_others_counted() {
        let describe = |users: &[ValueHolder]| describe_users(users, "shop").unwrap_or_default();
        assert_eq!(describe(&[]), "");
        let names = ["a", "b", "c", "d", "e", "f", "g"];
        let own = names.map(|it| user("shop", it)).to_vec();
        assert_eq!(describe(&own[..1]), "In use by Distribution a.");
        let two = "In use by Distribution a and Distribution b.";
        assert_eq!(describe(&own[..2]), two);
        let five = "In use by Distribution a, Distribution b, Distribution c, Distribution d, Distribution e";
        assert_eq!(describe(&own), format!("{five} and 2 more."));
        let foreign = user("blog", "www");
        let one = "an object of another namespace";
        assert_eq!(
            describe(std::slice::from_ref(&foreign)),
            format!("In use by {one}.")
        );
        let both = [own, vec![foreign.clone()]].concat();
        assert_eq!(describe(&both), format!("{five}, 2 more and {one}."));
        let two = [foreign, user("news", "www")];
        assert_eq!(describe(&two), "In use by 2 objects of other namespaces.");
    }
}
