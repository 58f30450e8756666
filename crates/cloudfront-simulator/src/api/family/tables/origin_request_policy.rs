//! Origin request policies.

use super::policy_rules::{check_forbidden_headers, check_selections};
use crate::{
    api::family::{
        managed::ORIGIN_REQUEST_POLICIES,
        table::{Family, Name, User},
    },
    error::ApiError,
    ids::IdGenerator,
    seeds::ResourceType,
    switches::{Switch, Switches},
    xml::Element,
};

pub(in crate::api::family) static ORIGIN_REQUEST_POLICY: Family = Family {
    config: "OriginRequestPolicyConfig",
    noun: "origin request policy",
    plural: "origin request policies",
    quota: "TooManyOriginRequestPolicies",
    id: IdGenerator::next_uuid,
    name: Some(Name {
        pattern: "[0-9A-Za-z_-]{1,128}",
        conflict: "An origin request policy with this name already exists.",
        repeated_if: None,
    }),
    texts: &[("Comment", 128)],
    list_quotas: &[
        (
            "HeadersConfig/Headers/Items/*",
            "TooManyHeadersInOriginRequestPolicy",
        ),
        (
            "CookiesConfig/Cookies/Items/*",
            "TooManyCookiesInOriginRequestPolicy",
        ),
        (
            "QueryStringsConfig/QueryStrings/Items/*",
            "TooManyQueryStringsInOriginRequestPolicy",
        ),
    ],
    managed: || Some(&*ORIGIN_REQUEST_POLICIES),
    seeded_as: Some(ResourceType::OriginRequestPolicy),
    used_by: &[
        (
            User::Distribution,
            "DefaultCacheBehavior/OriginRequestPolicyId",
        ),
        (
            User::Distribution,
            "CacheBehaviors/Items/*/OriginRequestPolicyId",
        ),
    ],
    list_users: "ListDistributionsByOriginRequestPolicyId",
    users_quota: "TooManyDistributionsAssociatedToOriginRequestPolicy",
    keeps_distributions: Some(Switch::PoliciesKeepDistributions),
    in_use: "The specified origin request policy is currently associated with a cache behavior. Please disassociate the policy before deleting.",
    rules: check,
    ..Family::EMPTY
};

fn check(config: &Element, switches: &Switches) -> Result<(), ApiError> {
    check_selections(config)?;
    let refuses_authorization = switches.is_on(Switch::RefuseAuthorizationHeader);
    check_forbidden_headers(config, |header| {
        matches!(header, "accept-encoding" | "x-amz-content-sha256")
            || refuses_authorization && header == "authorization"
    })
}
