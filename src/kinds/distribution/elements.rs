//! Changes of a distribution's configuration in CloudFront's format.

use crate::xml::Element;

/// Members that a cache policy replaces.
const REPLACED: [&str; 4] = ["ForwardedValues", "MinTTL", "DefaultTTL", "MaxTTL"];

/// Changes each cache behavior of a configuration in CloudFront's format.
pub(super) fn for_each_behavior(config: &mut Element, change: impl Fn(&mut Element)) {
    if let Some(behavior) = config.child_mut("DefaultCacheBehavior") {
        change(behavior);
    }
    for_each_item(config, "CacheBehaviors", change);
}

/// Changes each item of a list in CloudFront's format.
pub(super) fn for_each_item(config: &mut Element, list: &str, change: impl Fn(&mut Element)) {
    let items = config.child_mut(list).and_then(|it| it.child_mut("Items"));
    for item in items.into_iter().flat_map(Element::children_mut) {
        change(item);
    }
}

/// Removes the members that have no effect beside a cache policy from a response. Some endpoints return them, and a spec cannot have both.
pub(super) fn remove_replaced(config: &mut Element) {
    for_each_behavior(config, |behavior| {
        let policy = behavior.text_of("CachePolicyId").unwrap_or_default();
        if policy.is_empty() {
            return;
        }
        for member in REPLACED {
            behavior.remove(member);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_removed_only_beside_a_cache_policy() {
        for (policy, expected) in [("p", 0), ("", 4)] {
            let behavior = REPLACED.iter().fold(
                Element::new("DefaultCacheBehavior").with(Element::leaf("CachePolicyId", policy)),
                |behavior, member| behavior.with(Element::leaf(*member, "0")),
            );
            let mut config = Element::new("DistributionConfig").with(behavior);
            remove_replaced(&mut config);
            let behavior = config.child("DefaultCacheBehavior").unwrap();
            let left = REPLACED.iter().filter(|it| behavior.child(it).is_some());
            assert_eq!(left.count(), expected, "{policy}");
        }
    }
}
