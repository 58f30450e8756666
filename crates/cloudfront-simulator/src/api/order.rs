//! Lists with the meaning of sets do not come back in the order they were sent (FACTS.md, order).

use super::defaults::items_mut;
use crate::{switches::Switch, validate, world::World, xml::Element};

/// `HEAD, GET` is observed; the rest keeps out of the alphabet's way.
const METHODS: [&str; 7] = ["HEAD", "DELETE", "POST", "GET", "OPTIONS", "PUT", "PATCH"];

pub(super) fn distribution(config: &mut Element, world: &mut World) {
    let by_id = world.kept.switches.on(Switch::OriginsById);
    sort_by_text(config, "Aliases");
    items_mut(config, "Origins").sort_by_cached_key(|origin| {
        let domain = if by_id {
            ""
        } else {
            origin.text_of("DomainName")
        };
        (domain.to_owned(), origin.text_of("Id").to_owned())
    });
    items_mut(config, "OriginGroups").sort_by_cached_key(|group| group.text_of("Id").to_owned());
    items_mut(config, "CustomErrorResponses").sort_by_key(|response| response.number("ErrorCode"));
    for origin in items_mut(config, "Origins") {
        if let Some(custom) = origin.child_mut("CustomOriginConfig") {
            sort_by_text(custom, "OriginSslProtocols");
        }
    }
    for group in items_mut(config, "OriginGroups") {
        if let Some(criteria) = group.child_mut("FailoverCriteria") {
            sort_by_text(criteria, "StatusCodes");
        }
    }
    if let Some(geo) = config.child_mut("Restrictions") {
        sort_by_text(geo, "GeoRestriction");
    }
    if let Some(default) = config.child_mut("DefaultCacheBehavior") {
        behavior(default, world);
    }
    for item in items_mut(config, "CacheBehaviors") {
        behavior(item, world);
    }
    validate::in_model_order(config, "DistributionConfig");
}

pub(super) fn sort_by_text(parent: &mut Element, list: &str) {
    items_mut(parent, list).sort_by(|a, b| a.text.cmp(&b.text));
}

fn behavior(behavior: &mut Element, world: &mut World) {
    sort_methods(behavior, "AllowedMethods");
    if let Some(allowed) = behavior.child_mut("AllowedMethods") {
        sort_methods(allowed, "CachedMethods");
    }
    for list in ["TrustedSigners", "TrustedKeyGroups"] {
        sort_by_text(behavior, list);
    }
    // These come back in an arbitrary order after every write (ACK, distribution/hooks.go).
    for list in ["FunctionAssociations", "LambdaFunctionAssociations"] {
        items_mut(behavior, list).sort_by_cached_key(|_| world.kept.ids.number());
    }
    if let Some(forwarded) = behavior.child_mut("ForwardedValues") {
        sort_by_text(forwarded, "Headers");
        sort_by_text(forwarded, "QueryStringCacheKeys");
        if let Some(cookies) = forwarded.child_mut("Cookies") {
            sort_by_text(cookies, "WhitelistedNames");
        }
    }
}

fn sort_methods(parent: &mut Element, list: &str) {
    items_mut(parent, list)
        .sort_by_key(|method| METHODS.iter().position(|known| *known == method.text));
}
