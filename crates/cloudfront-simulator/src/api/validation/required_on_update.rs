//! Members that are required in an update and optional in a creation.
//!
//! Sources: AWS documentation "distribution-overview-required-fields", and live tests of go-to-k/cdkd in 2026-08 for
//! the members of origins. Where a public issue quotes a message, it is that of CloudFront (FACTS.md, versions).

use super::{targets, tenants::is_tenant_only};
use crate::{
    error::ApiError,
    switches::{Switch, Switches},
    xml::Element,
};

/// Members that multi-tenant distributions cannot have.
const STANDARD_CONFIG_MEMBERS: [&str; 2] = ["Aliases", "PriceClass"];
const CONFIG_MEMBERS: [&str; 8] = [
    "DefaultRootObject",
    "CacheBehaviors",
    "CustomErrorResponses",
    "Logging",
    "ViewerCertificate",
    "Restrictions",
    "WebACLId",
    "HttpVersion",
];
const BEHAVIOR_MEMBERS: [&str; 4] = [
    "AllowedMethods",
    "Compress",
    "LambdaFunctionAssociations",
    "FieldLevelEncryptionId",
];
/// Members that others observed to be required and that the documentation does not list.
const OBSERVED_BEHAVIOR_MEMBERS: [&str; 3] =
    ["FunctionAssociations", "TrustedKeyGroups", "GrpcConfig"];
const TTL_MEMBERS: [&str; 3] = ["MinTTL", "DefaultTTL", "MaxTTL"];
const ORIGIN_MEMBERS: [&str; 2] = ["OriginPath", "CustomHeaders"];
const CUSTOM_ORIGIN_MEMBERS: [&str; 2] = ["OriginReadTimeout", "OriginKeepaliveTimeout"];

/// A member that is missing, with the error of CloudFront.
struct Missing {
    code: &'static str,
    message: String,
}

impl Missing {
    fn illegal_update(message: impl Into<String>) -> Self {
        Self {
            code: "IllegalUpdate",
            message: message.into(),
        }
    }
}

/// Rejects an update without a required member.
pub(super) fn check(config: &Element, switches: &Switches) -> Result<(), ApiError> {
    let Some(missing) = first_missing(config, switches.is_on(Switch::RequireMoreOnUpdate)) else {
        return Ok(());
    };
    let code = if switches.is_on(Switch::MissingOnUpdateIsInvalidArgument) {
        "InvalidArgument"
    } else {
        missing.code
    };
    Err(ApiError::new(code, missing.message))
}

/// Returns the first required member that does not exist.
fn first_missing(config: &Element, require_observed: bool) -> Option<Missing> {
    let is_standard = !is_tenant_only(config);
    let mut behaviors = targets::behaviors(config);
    let standard = is_standard.then_some(&STANDARD_CONFIG_MEMBERS[..]);
    missing(config, standard.unwrap_or_default(), "DistributionConfig")
        .or_else(|| missing(config, &CONFIG_MEMBERS, "DistributionConfig"))
        .or_else(|| {
            config
                .items_of("Origins")
                .iter()
                .find_map(missing_in_origin)
        })
        .or_else(|| {
            is_standard
                .then(|| missing_smooth_streaming(config))
                .flatten()
        })
        .or_else(|| {
            let requires_signers = is_standard && require_observed;
            requires_signers.then(|| missing_signers(config)).flatten()
        })
        .or_else(|| behaviors.find_map(|behavior| missing_in_behavior(behavior, require_observed)))
        .or_else(|| missing_in_error_responses(config))
        .or_else(|| missing_in_logging(config))
}

fn missing(parent: &Element, names: &[&str], parent_name: &str) -> Option<Missing> {
    let name = names.iter().find(|name| parent.child(name).is_none())?;
    Some(Missing::illegal_update(match *name {
        "Aliases" => "Aliases are missing for the resource".to_owned(),
        "CustomHeaders" => "The 'OriginCustomHeaders' field is missing".to_owned(),
        "OriginReadTimeout" | "OriginKeepaliveTimeout" => format!("{name} is required for updates"),
        name => {
            format!("The parameter {parent_name}.{name} is missing: it is required for updates.")
        }
    }))
}

fn missing_smooth_streaming(config: &Element) -> Option<Missing> {
    let mut behaviors = targets::behaviors(config);
    let is_missing = behaviors.any(|behavior| behavior.child("SmoothStreaming").is_none());
    is_missing.then(|| Missing {
        code: "InvalidArgument",
        message: "The parameter SmoothStreaming flag is missing".to_owned(),
    })
}

fn missing_signers(config: &Element) -> Option<Missing> {
    targets::behaviors(config)
        .find_map(|behavior| missing(behavior, &["TrustedSigners"], &behavior.name))
}

fn missing_in_behavior(behavior: &Element, require_observed: bool) -> Option<Missing> {
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

fn missing_in_origin(origin: &Element) -> Option<Missing> {
    missing(origin, &ORIGIN_MEMBERS, "Origin").or_else(|| {
        let custom = origin.child("CustomOriginConfig")?;
        missing(custom, &CUSTOM_ORIGIN_MEMBERS, "CustomOriginConfig").or_else(|| {
            custom
                .child("OriginSslProtocols")
                .is_none()
                .then(|| Missing {
                    code: "InvalidArgument",
                    message: "The parameter OriginSslProtocols is required.".to_owned(),
                })
        })
    })
}

/// Each custom error response needs its page and code, which can be empty (hashicorp/terraform-provider-aws#48288).
fn missing_in_error_responses(config: &Element) -> Option<Missing> {
    let is_incomplete = |response: &Element| {
        ["ResponsePagePath", "ResponseCode"]
            .iter()
            .any(|name| response.child(name).is_none())
    };
    let responses = config.items_of("CustomErrorResponses");
    responses.iter().any(is_incomplete).then(|| {
        Missing::illegal_update(
            "The specified list of custom error responses does not exist or is not valid",
        )
    })
}

/// aws/aws-sdk-kotlin#1608 quotes the message.
fn missing_in_logging(config: &Element) -> Option<Missing> {
    let logging = config.child("Logging")?;
    let is_disabled = logging.text_of("Enabled") == "false";
    let is_incomplete = !is_disabled && logging.child("IncludeCookies").is_none();
    is_incomplete.then(|| {
        Missing::illegal_update(
            "You must specify IncludeCookies when Enabled is missing or set to true within a Logging object",
        )
    })
}
