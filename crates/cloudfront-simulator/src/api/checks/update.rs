//! The members that an update must name although a creation need not.
//!
//! Sources: AWS documentation "distribution-overview-required-fields", and what go-to-k/cdkd probed live in 2026-08
//! (origins' members); the messages are modelled on those it quotes.

use crate::{
    error::ApiError,
    switches::{Switch, Switches},
    xml::Element,
};

const CONFIG: [&str; 10] = [
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
const BEHAVIOR: [&str; 5] = [
    "AllowedMethods",
    "SmoothStreaming",
    "Compress",
    "LambdaFunctionAssociations",
    "FieldLevelEncryptionId",
];
const BEHAVIOR_OBSERVED: [&str; 4] = [
    "FunctionAssociations",
    "TrustedSigners",
    "TrustedKeyGroups",
    "GrpcConfig",
];
const TIMES_TO_LIVE: [&str; 3] = ["MinTTL", "DefaultTTL", "MaxTTL"];
const ORIGIN: [&str; 2] = ["OriginPath", "CustomHeaders"];
const CUSTOM_ORIGIN: [&str; 2] = ["OriginReadTimeout", "OriginKeepaliveTimeout"];

pub(super) fn required(config: &Element, switches: &Switches) -> Result<(), ApiError> {
    let code = if switches.on(Switch::MissingOnUpdateIsInvalidArgument) {
        "InvalidArgument"
    } else {
        "IllegalUpdate"
    };
    match first_missing(config, switches.on(Switch::RequireMoreOnUpdate)) {
        None => Ok(()),
        Some(name) => Err(ApiError::new(
            code,
            format!("The parameter {name} is missing: it is required for updates."),
        )),
    }
}

fn first_missing(config: &Element, observed: bool) -> Option<String> {
    let mut behaviors = config
        .child("DefaultCacheBehavior")
        .into_iter()
        .chain(config.items_of("CacheBehaviors"));
    missing(config, &CONFIG, "DistributionConfig")
        .or_else(|| behaviors.find_map(|behavior| missing_in_behavior(behavior, observed)))
        .or_else(|| {
            config
                .items_of("Origins")
                .iter()
                .find_map(missing_in_origin)
        })
}

fn missing(parent: &Element, names: &[&str], of: &str) -> Option<String> {
    names
        .iter()
        .find(|name| parent.child(name).is_none())
        .map(|name| format!("{of}.{name}"))
}

fn missing_in_behavior(behavior: &Element, observed: bool) -> Option<String> {
    let ttls: &[&str] = if behavior.child("ForwardedValues").is_some() {
        &TIMES_TO_LIVE
    } else {
        &[]
    };
    let more: &[&str] = if observed { &BEHAVIOR_OBSERVED } else { &[] };
    let cached = behavior
        .child("AllowedMethods")
        .and_then(|methods| missing(methods, &["CachedMethods"], "AllowedMethods"));
    [&BEHAVIOR, ttls, more]
        .into_iter()
        .find_map(|names| missing(behavior, names, &behavior.name))
        .or(cached)
}

fn missing_in_origin(origin: &Element) -> Option<String> {
    let custom = origin.child("CustomOriginConfig");
    missing(origin, &ORIGIN, "Origin")
        .or_else(|| custom.and_then(|custom| missing(custom, &CUSTOM_ORIGIN, "CustomOriginConfig")))
}
