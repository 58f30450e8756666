//! The order of list items in responses, which can differ from the request for lists with set semantics (FACTS.md,
//! order).

use crate::{schema, service::Service, switches::Switch, xml::Element};

/// The order of HTTP methods. `HEAD, GET` is observed. The position of the other methods is arbitrary and not
/// alphabetical, so that clients cannot rely on alphabetical order.
const METHOD_ORDER: [&str; 7] = ["HEAD", "DELETE", "POST", "GET", "OPTIONS", "PUT", "PATCH"];

/// Sorts the lists of a distribution.
pub(super) fn sort_distribution(config: &mut Element, service: &mut Service) {
    let by_id = service.state.switches.is_on(Switch::OriginsById);
    sort_by_text(config, "Aliases");
    config.items_of_mut("Origins").sort_by_cached_key(|origin| {
        let domain = if by_id {
            ""
        } else {
            origin.text_of("DomainName")
        };
        (domain.to_owned(), origin.text_of("Id").to_owned())
    });
    config
        .items_of_mut("OriginGroups")
        .sort_by_cached_key(|group| group.text_of("Id").to_owned());
    config
        .items_of_mut("CustomErrorResponses")
        .sort_by_key(|response| response.number("ErrorCode"));
    for origin in config.items_of_mut("Origins") {
        if let Some(custom) = origin.child_mut("CustomOriginConfig") {
            sort_by_text(custom, "OriginSslProtocols");
        }
    }
    for group in config.items_of_mut("OriginGroups") {
        if let Some(criteria) = group.child_mut("FailoverCriteria") {
            sort_by_text(criteria, "StatusCodes");
        }
    }
    if let Some(geo) = config.child_mut("Restrictions") {
        sort_by_text(geo, "GeoRestriction");
    }
    if let Some(behavior) = config.child_mut("DefaultCacheBehavior") {
        sort_behavior(behavior, service);
    }
    for behavior in config.items_of_mut("CacheBehaviors") {
        sort_behavior(behavior, service);
    }
    schema::sort_members(config, "DistributionConfig");
}

/// Sorts the items of a list by their text.
pub(super) fn sort_by_text(parent: &mut Element, list: &str) {
    parent
        .items_of_mut(list)
        .sort_by(|a, b| a.text.cmp(&b.text));
}

fn sort_behavior(behavior: &mut Element, service: &mut Service) {
    sort_methods(behavior, "AllowedMethods");
    if let Some(allowed) = behavior.child_mut("AllowedMethods") {
        sort_methods(allowed, "CachedMethods");
    }
    for list in ["TrustedSigners", "TrustedKeyGroups"] {
        sort_by_text(behavior, list);
    }
    // CloudFront returns these lists in an arbitrary order after every write (ACK, distribution/hooks.go).
    for list in ["FunctionAssociations", "LambdaFunctionAssociations"] {
        behavior
            .items_of_mut(list)
            .sort_by_cached_key(|_| service.state.ids.next_number());
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
    parent
        .items_of_mut(list)
        .sort_by_key(|method| METHOD_ORDER.iter().position(|name| *name == method.text));
}
