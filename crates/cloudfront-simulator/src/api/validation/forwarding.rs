//! Forwarded values and TTLs of a cache behavior: a cache policy, or the deprecated members.

use super::{context::ValidationContext, rules::ensure};
use crate::{error::ApiError, xml::Element};

pub(super) fn check(context: &ValidationContext<'_>, behavior: &Element) -> Result<(), ApiError> {
    let has_policy = !behavior.text_of("CachePolicyId").is_empty();
    for member in ["ForwardedValues", "MinTTL", "DefaultTTL", "MaxTTL"] {
        let conflicts = has_policy && behavior.child(member).is_some();
        let message = format!(
            "The parameter {member} cannot be used when a cache policy is associated to the cache behavior."
        );
        ensure(!conflicts, "InvalidArgument", &message)?;
    }
    let Some(forwarded) = behavior.child("ForwardedValues") else {
        let message = "The parameter ForwardedValues is required when there is no CachePolicyId.";
        return ensure(has_policy, "InvalidArgument", message);
    };
    context.check_quota(
        "TooManyHeadersInForwardedValues",
        forwarded.items_of("Headers").len(),
    )?;
    context.check_quota(
        "TooManyQueryStringParameters",
        forwarded.items_of("QueryStringCacheKeys").len(),
    )?;
    check_cookies(context, forwarded)?;
    check_ttl_order(behavior)
}

fn check_cookies(context: &ValidationContext<'_>, forwarded: &Element) -> Result<(), ApiError> {
    let Some(cookies) = forwarded.child("Cookies") else {
        return Ok(());
    };
    let names = cookies.items_of("WhitelistedNames");
    context.check_quota("TooManyCookieNamesInWhiteList", names.len())?;
    let message = "Your request contains forward cookies option which doesn't match with the expectation for the \
                   whitelisted list of cookie names.";
    ensure(
        (cookies.text_of("Forward") == "whitelist") != names.is_empty(),
        "InvalidForwardCookies",
        message,
    )
}

/// Rejects TTLs in the wrong order. Absent TTLs get defaults that fit.
fn check_ttl_order(behavior: &Element) -> Result<(), ApiError> {
    let ttls: Vec<_> = ["MinTTL", "DefaultTTL", "MaxTTL"]
        .iter()
        .filter_map(|name| behavior.number(name))
        .collect();
    let message = "The order of the minimum, default and maximum TTL is not valid.";
    ensure(
        ttls.is_sorted() && ttls.iter().all(|ttl| *ttl >= 0),
        "InvalidTTLOrder",
        message,
    )
}
