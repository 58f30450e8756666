//! Members that a cache policy replaces.

use crate::xml::Element;

const REPLACED: [&str; 4] = ["ForwardedValues", "MinTTL", "DefaultTTL", "MaxTTL"];

/// Removes the members that have no effect beside a cache policy from a response. Some endpoints return them, and a spec cannot have both.
pub(super) fn remove(config: &mut Element) {
    super::for_each_behavior(config, |behavior| {
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
            remove(&mut config);
            let behavior = config.child("DefaultCacheBehavior").unwrap();
            let left = REPLACED.iter().filter(|it| behavior.child(it).is_some());
            assert_eq!(left.count(), expected, "{policy}");
        }
    }
}
