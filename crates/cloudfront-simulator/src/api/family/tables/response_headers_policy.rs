//! Response headers policies.

use super::response_headers_rules;
use crate::{
    api::family::{
        managed::RESPONSE_HEADERS_POLICIES,
        table::{Family, Name, User},
    },
    ids::IdGenerator,
    seeds::ResourceType,
    switches::Switch,
    xml::Element,
};

pub(in crate::api::family) static RESPONSE_HEADERS_POLICY: Family = Family {
    config: "ResponseHeadersPolicyConfig",
    noun: "response headers policy",
    plural: "response headers policies",
    quota: "TooManyResponseHeadersPolicies",
    id: IdGenerator::next_uuid,
    name: Some(Name {
        pattern: "[0-9A-Za-z_-]{1,128}",
        conflict: "A response headers policy with this name already exists.",
        repeated_if: None,
    }),
    texts: &[("Comment", 128)],
    list_quotas: &[
        (
            "CustomHeadersConfig/Items/*",
            "TooManyCustomHeadersInResponseHeadersPolicy",
        ),
        (
            "RemoveHeadersConfig/Items/*",
            "TooManyRemoveHeadersInResponseHeadersPolicy",
        ),
    ],
    managed: || Some(&*RESPONSE_HEADERS_POLICIES),
    seeded_as: Some(ResourceType::ResponseHeadersPolicy),
    used_by: &[
        (
            User::Distribution,
            "DefaultCacheBehavior/ResponseHeadersPolicyId",
        ),
        (
            User::Distribution,
            "CacheBehaviors/Items/*/ResponseHeadersPolicyId",
        ),
    ],
    list_users: "ListDistributionsByResponseHeadersPolicyId",
    users_quota: "TooManyDistributionsAssociatedToResponseHeadersPolicy",
    keeps_distributions: Some(Switch::PoliciesKeepDistributions),
    in_use: "The specified response headers policy is currently associated with a cache behavior. Please disassociate the policy before deleting.",
    defaults: apply_defaults,
    rules: response_headers_rules::check,
    ..Family::EMPTY
};

/// Adds the empty list of exposed headers, which responses have (FACTS.md, policies).
fn apply_defaults(config: &mut Element) {
    if let Some(cors) = config.child_mut("CorsConfig") {
        cors.set_default(Element::list("AccessControlExposeHeaders", Vec::new()));
    }
}
