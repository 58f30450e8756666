//! Members that are required in an update and optional in a creation.
//!
//! Sources: AWS documentation "distribution-overview-required-fields", and live tests of go-to-k/cdkd in 2026-08 for
//! the members of origins. The error messages follow those that it quotes.

use crate::{
    error::ApiError,
    switches::{Switch, Switches},
    xml::Element,
};

const CONFIG_MEMBERS: [&str; 10] = [
    "Aliases",
    "DefaultRootObject",
    "CacheBehaviors",
    "CustomErrorResponses",
    "Logging",
    "PriceClass",
    "ViewerCertificate",
    "Restrictions",
    "WebACLId",
    "HttpVersion",
];
const BEHAVIOR_MEMBERS: [&str; 5] = [
    "AllowedMethods",
    "SmoothStreaming",
    "Compress",
    "LambdaFunctionAssociations",
    "FieldLevelEncryptionId",
];
/// Members that others observed to be required and that the documentation does not list.
const OBSERVED_BEHAVIOR_MEMBERS: [&str; 4] = [
    "FunctionAssociations",
    "TrustedSigners",
    "TrustedKeyGroups",
    "GrpcConfig",
];
const TTL_MEMBERS: [&str; 3] = ["MinTTL", "DefaultTTL", "MaxTTL"];
const ORIGIN_MEMBERS: [&str; 2] = ["OriginPath", "CustomHeaders"];
const CUSTOM_ORIGIN_MEMBERS: [&str; 2] = ["OriginReadTimeout", "OriginKeepaliveTimeout"];

/// Rejects an update without a required member.
pub(super) fn check(config: &Element, switches: &Switches) -> Result<(), ApiError> {
    let code = if switches.is_on(Switch::MissingOnUpdateIsInvalidArgument) {
        "InvalidArgument"
    } else {
        "IllegalUpdate"
    };
    match first_missing(config, switches.is_on(Switch::RequireMoreOnUpdate)) {
        None => Ok(()),
        Some(name) => Err(ApiError::new(
            code,
            format!("The parameter {name} is missing: it is required for updates."),
        )),
    }
}

/// Returns the path of the first required member that does not exist.
fn first_missing(config: &Element, require_observed: bool) -> Option<String> {
    let mut behaviors = config
        .child("DefaultCacheBehavior")
        .into_iter()
        .chain(config.items_of("CacheBehaviors"));
    missing(config, &CONFIG_MEMBERS, "DistributionConfig")
        .or_else(|| behaviors.find_map(|behavior| missing_in_behavior(behavior, require_observed)))
        .or_else(|| {
            config
                .items_of("Origins")
                .iter()
                .find_map(missing_in_origin)
        })
}

fn missing(parent: &Element, names: &[&str], parent_name: &str) -> Option<String> {
    names
        .iter()
        .find(|name| parent.child(name).is_none())
        .map(|name| format!("{parent_name}.{name}"))
}

fn missing_in_behavior(behavior: &Element, require_observed: bool) -> Option<String> {
    let ttl_members: &[&str] = if behavior.child("ForwardedValues").is_some() {
        &TTL_MEMBERS
    } else {
        &[]
    };
    let observed_members: &[&str] = if require_observed {
        &OBSERVED_BEHAVIOR_MEMBERS
    } else {
        &[]
    };
    let cached_methods = behavior
        .child("AllowedMethods")
        .and_then(|methods| missing(methods, &["CachedMethods"], "AllowedMethods"));
    [&BEHAVIOR_MEMBERS, ttl_members, observed_members]
        .into_iter()
        .find_map(|names| missing(behavior, names, &behavior.name))
        .or(cached_methods)
}

fn missing_in_origin(origin: &Element) -> Option<String> {
    let custom = origin.child("CustomOriginConfig");
    missing(origin, &ORIGIN_MEMBERS, "Origin").or_else(|| {
        custom.and_then(|custom| missing(custom, &CUSTOM_ORIGIN_MEMBERS, "CustomOriginConfig"))
    })
}
