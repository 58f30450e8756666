//! What a behavior forwards and how long it caches: a cache policy, or the deprecated members.

use super::{Context, ensure};
use crate::{error::ApiError, xml::Element};

pub(super) fn check(context: &Context<'_>, behavior: &Element) -> Result<(), ApiError> {
    let has_policy = !behavior.text_of("CachePolicyId").is_empty();
    for member in ["ForwardedValues", "MinTTL", "DefaultTTL", "MaxTTL"] {
        let clash = has_policy && behavior.child(member).is_some();
        let message = format!(
            "The parameter {member} cannot be used when a cache policy is associated to the cache behavior."
        );
        ensure(!clash, "InvalidArgument", &message)?;
    }
    let Some(forwarded) = behavior.child("ForwardedValues") else {
        let message = "The parameter ForwardedValues is required when there is no CachePolicyId.";
        return ensure(has_policy, "InvalidArgument", message);
    };
    context.within(
        "TooManyHeadersInForwardedValues",
        forwarded.items_of("Headers").len(),
    )?;
    context.within(
        "TooManyQueryStringParameters",
        forwarded.items_of("QueryStringCacheKeys").len(),
    )?;
    cookies(context, forwarded)?;
    times_to_live(behavior)
}

fn cookies(context: &Context<'_>, forwarded: &Element) -> Result<(), ApiError> {
    let Some(cookies) = forwarded.child("Cookies") else {
        return Ok(());
    };
    let names = cookies.items_of("WhitelistedNames");
    context.within("TooManyCookieNamesInWhiteList", names.len())?;
    let message = "Your request contains forward cookies option which doesn't match with the expectation for the \
                   whitelisted list of cookie names.";
    ensure(
        (cookies.text_of("Forward") == "whitelist") != names.is_empty(),
        "InvalidForwardCookies",
        message,
    )
}

/// Compares what was given; what was left out is filled in to fit.
fn times_to_live(behavior: &Element) -> Result<(), ApiError> {
    let given: Vec<_> = ["MinTTL", "DefaultTTL", "MaxTTL"]
        .iter()
        .filter_map(|name| behavior.number(name))
        .collect();
    let message = "The order of the minimum, default and maximum TTL is not valid.";
    ensure(
        given.is_sorted() && given.iter().all(|ttl| *ttl >= 0),
        "InvalidTTLOrder",
        message,
    )
}
