//! Multi-tenant distributions (developer guide, "Understand how multi-tenant distributions work").

use std::{borrow::Cow, collections::BTreeSet};

use super::{
    rules::{ensure, ensure_unique},
    targets,
};
use crate::{error::ApiError, xml::Element};

/// Members that the API reference excludes from multi-tenant distributions.
const EXCLUDED: [&str; 6] = [
    "Aliases",
    "PriceClass",
    "IsIPV6Enabled",
    "AnycastIpListId",
    "ContinuousDeploymentPolicyId",
    "Staging",
];
const EXCLUDED_FROM_BEHAVIORS: [&str; 6] = [
    "TrustedSigners",
    "SmoothStreaming",
    "ForwardedValues",
    "MinTTL",
    "DefaultTTL",
    "MaxTTL",
];
/// Parameters in one member (developer guide, "Quotas on multi-tenant distributions").
const MAX_PARAMETERS: usize = 2;

/// Whether the configuration is that of a multi-tenant distribution.
pub(in crate::api) fn is_tenant_only(config: &Element) -> bool {
    config.text_of("ConnectionMode") == "tenant-only"
}

pub(super) fn check(config: &Element) -> Result<(), ApiError> {
    if !is_tenant_only(config) {
        let message =
            "The parameter TenantConfig is only supported for multi-tenant distributions.";
        return ensure(
            config.child("TenantConfig").is_none(),
            "InvalidArgument",
            message,
        );
    }
    check_members(config, &EXCLUDED)?;
    for behavior in targets::behaviors(config) {
        check_members(behavior, &EXCLUDED_FROM_BEHAVIORS)?;
    }
    check_values(config)?;
    check_parameters(config)
}

fn not_supported(what: &str) -> String {
    format!("The parameter {what} is not supported for multi-tenant distributions.")
}

fn check_members(parent: &Element, excluded: &[&str]) -> Result<(), ApiError> {
    match excluded.iter().find(|name| parent.child(name).is_some()) {
        None => Ok(()),
        Some(name) => Err(ApiError::invalid_argument(not_supported(name))),
    }
}

/// Rejects values of members that multi-tenant distributions can have.
fn check_values(config: &Element) -> Result<(), ApiError> {
    let empty = Element::default();
    let certificate = config.child("ViewerCertificate").unwrap_or(&empty);
    let method = certificate.text_of("SSLSupportMethod");
    let has_identity = config.items_of("Origins").iter().any(|origin| {
        let s3 = origin.child("S3OriginConfig");
        s3.is_some_and(|s3| !s3.text_of("OriginAccessIdentity").is_empty())
    });
    let logs = config.child("Logging").unwrap_or(&empty);
    let web_acl = config.text_of("WebACLId");
    for (is_excluded, what) in [
        (has_identity, "OriginAccessIdentity"),
        (
            !certificate.text_of("IAMCertificateId").is_empty()
                || certificate.text_of("CertificateSource") == "iam",
            "IAMCertificateId",
        ),
        (
            !matches!(method, "" | "sni-only"),
            "SSLSupportMethod other than sni-only",
        ),
        (
            certificate.text_of("MinimumProtocolVersion") == "SSLv3",
            "MinimumProtocolVersion SSLv3",
        ),
        (logs.is_true("Enabled"), "Logging"),
        (
            !web_acl.is_empty() && !web_acl.starts_with("arn:aws:wafv2:"),
            "WebACLId of AWS WAF Classic",
        ),
    ] {
        ensure(!is_excluded, "InvalidArgument", &not_supported(what))?;
    }
    Ok(())
}

/// Rejects parameters in origins that the configuration does not define.
fn check_parameters(config: &Element) -> Result<(), ApiError> {
    let definitions = config
        .descendant(&["TenantConfig", "ParameterDefinitions"])
        .map_or(&[][..], |definitions| &definitions.children);
    let names = || {
        definitions
            .iter()
            .map(|definition| definition.text_of("Name"))
    };
    ensure_unique(names().map(str::to_owned), "parameter name")?;
    let known: BTreeSet<_> = names().collect();
    let origins = config.items_of("Origins").iter();
    let texts = origins.flat_map(|origin| ["DomainName", "OriginPath"].map(|m| origin.text_of(m)));
    for text in texts {
        let used: Vec<_> = parameters(text).collect();
        let is_valid = used.len() <= MAX_PARAMETERS && used.iter().all(|name| known.contains(name));
        let message = format!(
            "The parameter '{text}' has more than {MAX_PARAMETERS} parameters of tenants, or one without a definition."
        );
        ensure(is_valid, "InvalidArgument", &message)?;
    }
    Ok(())
}

/// Returns the names in `{{name}}`.
fn parameters(text: &str) -> impl Iterator<Item = &str> {
    text.split("{{")
        .skip(1)
        .map(|part| part.split_once("}}").map_or(part, |(name, _)| name))
}

/// Replaces each parameter `{{name}}` of a multi-tenant distribution with a sample value.
pub(super) fn with_sample_parameters<'t>(config: &Element, text: &'t str) -> Cow<'t, str> {
    if !is_tenant_only(config) {
        return Cow::Borrowed(text);
    }
    let sample = parameters(text).fold(text.to_owned(), |text, name| {
        text.replace(&format!("{{{{{name}}}}}"), "tenant")
    });
    Cow::Owned(sample)
}
