//! The Invalidation objects of a policy: their names and manifests, and which of them are deleted.

use super::{change::hash, spec::InvalidationPolicy, status::PendingChange};
use crate::kinds::invalidation::Invalidation;
use kube::{
    Resource, ResourceExt,
    api::{ApiResource, DynamicObject},
};
use serde_json::json;

/// The label of an Invalidation with the name of its policy.
pub(super) const POLICY_LABEL: &str = "cloudfront-operator.dev/invalidation-policy";

/// The maximum length of the name of an object.
const MAX_NAME: usize = 253;

/// Returns the name of the Invalidation of a distribution. It is the same after a crash, so that none is created twice.
pub(super) fn name(policy: &str, distribution: &str, change: &PendingChange) -> String {
    let max = MAX_NAME.saturating_sub(policy.len() + change.id.len() + 2);
    if distribution.len() <= max {
        return format!("{policy}-{distribution}-{}", change.id);
    }
    let hash = hash(&distribution);
    let start: String = distribution
        .chars()
        .take(max.saturating_sub(hash.len() + 1))
        .collect();
    let start = start.trim_end_matches(['.', '-']);
    format!("{policy}-{start}-{hash}-{}", change.id)
}

/// Returns the Invalidation of a distribution. It has no TTL: a deletion right after its creation would make a restarted operator create it again.
/// It has the labels of the policy if the operator selects objects by their labels.
pub(super) fn manifest(
    policy: &InvalidationPolicy,
    distribution: &str,
    change: &PendingChange,
    has_label_selector: bool,
) -> DynamicObject {
    let policy_name = policy.name_any();
    let mut labels = policy.labels().clone();
    if !has_label_selector {
        labels.clear();
    }
    labels.insert(POLICY_LABEL.into(), policy_name.clone());
    let resource = ApiResource::erase::<Invalidation>(&());
    let mut object = DynamicObject::new(&name(&policy_name, distribution, change), &resource);
    object.metadata.labels = Some(labels);
    object.metadata.owner_references = policy.controller_owner_ref(&()).map(|owner| vec![owner]);
    object.data = json!({
        "spec": { "distributionRef": { "name": distribution }, "paths": change.paths }
    });
    object
}

/// Whether an object belongs to this policy.
pub(super) fn is_owned(object: &impl ResourceExt, policy: &InvalidationPolicy) -> bool {
    let mut owners = object.owner_references().iter();
    owners.any(|owner| Some(&owner.uid) == policy.meta().uid.as_ref())
}

/// Returns the finished Invalidations of a policy that exceed its limit: the oldest ones that are complete, and the oldest ones that have failed.
/// The last one that has failed is never among them.
pub(super) fn beyond_history(
    policy: &InvalidationPolicy,
    mut objects: Vec<DynamicObject>,
) -> Vec<DynamicObject> {
    objects.retain(|it| is_owned(it, policy));
    objects.sort_by_key(|it| (it.creation_timestamp().map(|time| time.0), it.name_any()));
    let limit = usize::try_from(policy.spec.history_limit).unwrap_or_default();
    let beyond = [("Complete", limit), ("Failed", limit.max(1))].map(|(type_, limit)| {
        let finished = objects.iter().filter(|it| has_condition(it, type_));
        let mut finished: Vec<DynamicObject> = finished.cloned().collect();
        finished.truncate(finished.len().saturating_sub(limit));
        finished
    });
    beyond.concat()
}

fn has_condition(object: &DynamicObject, type_: &str) -> bool {
    let conditions = object.data["status"]["conditions"].as_array();
    let mut conditions = conditions.into_iter().flatten();
    conditions.any(|it| it["type"] == type_ && it["status"] == "True")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change() -> PendingChange {
        PendingChange {
            id: "0123456789abcdef".into(),
            triggers: vec![],
            distributions: vec![],
            paths: vec!["/a".into()],
        }
    }

    fn policy(history_limit: i64) -> InvalidationPolicy {
        let policy = json!({
            "metadata": { "name": "web", "uid": "u1", "labels": { "tier": "prod" } },
            "spec": { "triggers": [], "distributionRefs": [], "paths": ["/a"], "historyLimit": history_limit },
        });
        serde_json::from_value(policy).expect("a valid policy")
    }

    #[test]
    fn a_name_fits_and_differs_by_policy_distribution_and_change() {
        assert_eq!(name("web", "site", &change()), "web-site-0123456789abcdef");
        let name = |distribution: &str| name(&"p".repeat(63), distribution, &change());
        let long = ["b", "c"].map(|end| name(&format!("{}{end}", "a".repeat(252))));
        assert_ne!(long[0], long[1], "their first characters are the same");
        for name in long {
            assert_eq!(name.len(), MAX_NAME, "{name}");
            assert!(name.ends_with("-0123456789abcdef"), "{name}");
        }
        let dots = name(&format!("{}.{}", "a".repeat(154), "b".repeat(90)));
        assert!(dots.contains("aaa-") && !dots.contains(".-"), "{dots}");
    }

    #[test]
    fn an_invalidation_belongs_to_its_policy_and_has_its_labels_only_for_a_selector() {
        for (has_selector, tier) in [(false, None), (true, Some("prod"))] {
            let object = manifest(&policy(3), "site", &change(), has_selector);
            assert!(is_owned(&object, &policy(3)));
            assert_eq!(object.labels()[POLICY_LABEL], "web");
            assert_eq!(object.labels().get("tier").map(String::as_str), tier);
            let spec = json!({ "distributionRef": { "name": "site" }, "paths": ["/a"] });
            assert_eq!(object.data["spec"], spec);
        }
    }

    #[test]
    fn the_oldest_finished_invalidations_exceed_the_history() {
        let object = |name: &str, time: &str, uid: &str, condition: &str| {
            let owner = json!({ "apiVersion": "v1", "kind": "P", "name": "web", "uid": uid });
            let object = json!({
                "metadata": { "name": name, "creationTimestamp": time, "ownerReferences": [owner] },
                "status": { "conditions": [{ "type": condition, "status": "True" }] },
            });
            serde_json::from_value::<DynamicObject>(object).expect("an object")
        };
        let (old, new) = ("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z");
        let objects = vec![
            object("new", new, "u1", "Complete"),
            object("old", old, "u1", "Complete"),
            object("failed", new, "u1", "Failed"),
            object("failed-before", old, "u1", "Failed"),
            object("running", old, "u1", "Reconciling"),
            object("of-another", old, "u2", "Complete"),
        ];
        let beyond = |limit| {
            let beyond = beyond_history(&policy(limit), objects.clone());
            beyond.iter().map(ResourceExt::name_any).collect::<Vec<_>>()
        };
        assert_eq!(beyond(0), ["old", "new", "failed-before"]);
        assert_eq!(beyond(1), ["old", "failed-before"]);
        assert!(beyond(2).is_empty());
    }
}
