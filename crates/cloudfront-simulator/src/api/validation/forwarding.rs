//! Forwarded values and TTLs of a cache behavior: a cache policy, or the deprecated members.

use super::{context::ValidationContext, forwarded_values, rules::ensure};
use crate::{error::ApiError, switches::Switch, xml::Element};

pub(super) fn check(context: &ValidationContext<'_>, behavior: &Element) -> Result<(), ApiError> {
    let has_policy = !behavior.text_of("CachePolicyId").is_empty();
    for member in ["ForwardedValues", "MinTTL", "DefaultTTL", "MaxTTL"] {
        let conflicts = has_policy && behavior.child(member).is_some();
        let message = format!(
            "The parameter {member} cannot be used when a cache policy is associated to the cache behavior."
        );
        ensure(!conflicts, "InvalidArgument", &message)?;
    }
    // Developer guide, "Understand how origin request policies and cache policies work together".
    let message = "The parameter OriginRequestPolicyId requires a cache policy.";
    let has_request_policy = !behavior.text_of("OriginRequestPolicyId").is_empty();
    ensure(
        has_policy || !has_request_policy,
        "InvalidArgument",
        message,
    )?;
    let Some(forwarded) = behavior.child("ForwardedValues") else {
        let message = "The parameter ForwardedValues is required when there is no CachePolicyId.";
        return ensure(has_policy, "InvalidArgument", message);
    };
    let requires_min_ttl = context.switches().is_on(Switch::RequireMinTtl);
    let message = "The parameter MinTTL is required.";
    let has_min_ttl = behavior.child("MinTTL").is_some();
    ensure(has_min_ttl || !requires_min_ttl, "InvalidArgument", message)?;
    forwarded_values::check(context, forwarded)?;
    check_ttls(behavior, forwarded)
}

/// Rejects TTLs in the wrong order, for which absent ones get defaults that fit, and a minimum TTL beside all headers.
fn check_ttls(behavior: &Element, forwarded: &Element) -> Result<(), ApiError> {
    let ttls: Vec<_> = ["MinTTL", "DefaultTTL", "MaxTTL"]
        .iter()
        .filter_map(|name| behavior.number(name))
        .collect();
    // hashicorp/terraform-provider-aws#17878 quotes this message.
    let message = "MinTTL, MaxTTL and DefaultTTL should follow order MinTTL less than or equal to DefaultTTL less \
                   than or equal to MaxTTL";
    ensure(
        ttls.is_sorted() && ttls.iter().all(|ttl| *ttl >= 0),
        "InvalidTTLOrder",
        message,
    )?;
    let headers = forwarded.items_of("Headers");
    let forwards_all = headers.iter().any(|header| header.text == "*");
    let message = "The parameter MinTTL must be 0 when all headers are forwarded.";
    let is_zero = behavior.number("MinTTL").unwrap_or(0) == 0;
    ensure(is_zero || !forwards_all, "InvalidArgument", message)
}
