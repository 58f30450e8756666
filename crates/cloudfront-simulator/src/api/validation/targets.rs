//! The targets of cache behaviors.

use crate::xml::Element;

/// Returns all cache behaviors. The default one is the first.
pub(super) fn behaviors(config: &Element) -> impl Iterator<Item = &Element> {
    config
        .child("DefaultCacheBehavior")
        .into_iter()
        .chain(config.items_of("CacheBehaviors"))
}

/// Returns the origin group that is the target of a behavior.
pub(super) fn group_of<'c>(config: &'c Element, behavior: &Element) -> Option<&'c Element> {
    let target = behavior.text_of("TargetOriginId");
    config
        .items_of("OriginGroups")
        .iter()
        .find(|group| group.text_of("Id") == target)
}

/// Returns the origins that a behavior can forward requests to: its target, or the members of the group.
pub(super) fn origins_of<'c>(config: &'c Element, behavior: &Element) -> Vec<&'c Element> {
    let ids: Vec<_> = match group_of(config, behavior) {
        Some(group) => group
            .items_of("Members")
            .iter()
            .map(|member| member.text_of("OriginId"))
            .collect(),
        None => vec![behavior.text_of("TargetOriginId")],
    };
    config
        .items_of("Origins")
        .iter()
        .filter(|origin| ids.contains(&origin.text_of("Id")))
        .collect()
}
