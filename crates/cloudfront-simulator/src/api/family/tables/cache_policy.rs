//! Cache policies.

use super::policy_rules::{SELECTIONS, check_forbidden_headers, check_selections, ensure};
use crate::{
    api::family::{
        managed::CACHE_POLICIES,
        table::{Family, Name, User},
    },
    error::ApiError,
    ids::IdGenerator,
    seeds::ResourceType,
    switches::{Switch, Switches},
    xml::Element,
};

const PARAMETERS: &str = "ParametersInCacheKeyAndForwardedToOrigin";

pub(in crate::api::family) static CACHE_POLICY: Family = Family {
    config: "CachePolicyConfig",
    noun: "cache policy",
    plural: "cache policies",
    quota: "TooManyCachePolicies",
    id: IdGenerator::next_uuid,
    name: Some(Name {
        pattern: "[0-9A-Za-z_-]{1,128}",
        conflict: "A cache policy with this name already exists.",
        repeated_if: None,
    }),
    texts: &[("Comment", 128)],
    list_quotas: &[
        (
            "ParametersInCacheKeyAndForwardedToOrigin/HeadersConfig/Headers/Items/*",
            "TooManyHeadersInCachePolicy",
        ),
        (
            "ParametersInCacheKeyAndForwardedToOrigin/CookiesConfig/Cookies/Items/*",
            "TooManyCookiesInCachePolicy",
        ),
        (
            "ParametersInCacheKeyAndForwardedToOrigin/QueryStringsConfig/QueryStrings/Items/*",
            "TooManyQueryStringsInCachePolicy",
        ),
    ],
    managed: || Some(&*CACHE_POLICIES),
    seeded_as: Some(ResourceType::CachePolicy),
    used_by: &[
        (User::Distribution, "DefaultCacheBehavior/CachePolicyId"),
        (User::Distribution, "CacheBehaviors/Items/*/CachePolicyId"),
    ],
    list_users: "ListDistributionsByCachePolicyId",
    users_quota: "TooManyDistributionsAssociatedToCachePolicy",
    keeps_distributions: Some(Switch::PoliciesKeepDistributions),
    in_use: "The specified cache policy is currently associated with a cache behavior. Please disassociate the policy before deleting.",
    defaults: apply_defaults,
    rules: check,
    ..Family::EMPTY
};

/// Adds the documented TTLs, which are at least the shorter TTLs.
fn apply_defaults(config: &mut Element) {
    let min = config.number("MinTTL").unwrap_or(0);
    config.set_default(Element::leaf("DefaultTTL", min.max(86_400)));
    let default = config.number("DefaultTTL").unwrap_or(0);
    config.set_default(Element::leaf("MaxTTL", default.max(31_536_000)));
}

fn check(config: &Element, _: &Switches) -> Result<(), ApiError> {
    let ttls = ["MinTTL", "DefaultTTL", "MaxTTL"].map(|name| config.number(name).unwrap_or(0));
    ensure(
        ttls[0] >= 0 && ttls.is_sorted(),
        "MinTTL, MaxTTL and DefaultTTL should follow order MinTTL less than or equal to DefaultTTL less than or equal \
         to MaxTTL",
    )?;
    let Some(parameters) = config.child(PARAMETERS) else {
        return Ok(());
    };
    check_selections(parameters)?;
    let compresses = ["EnableAcceptEncodingGzip", "EnableAcceptEncodingBrotli"]
        .iter()
        .any(|name| parameters.is_true(name));
    check_forbidden_headers(parameters, |header| {
        header == "x-amz-content-sha256" || compresses && header == "accept-encoding"
    })?;
    if ttls == [0; 3] {
        check_disabled(parameters)?;
    }
    Ok(())
}

/// Rejects parameters of a cache key that has no cache (FACTS.md, policies).
fn check_disabled(parameters: &Element) -> Result<(), ApiError> {
    let invalid = |name: &str| {
        Err(ApiError::invalid_argument(format!(
            "The parameter {name} is invalid for policy with caching disabled."
        )))
    };
    for flag in ["EnableAcceptEncodingGzip", "EnableAcceptEncodingBrotli"] {
        if parameters.is_true(flag) {
            return invalid(flag);
        }
    }
    for [config, behavior, _] in SELECTIONS {
        let value = parameters
            .child(config)
            .map_or("", |element| element.text_of(behavior));
        if !matches!(value, "" | "none") {
            return invalid(behavior);
        }
    }
    Ok(())
}
