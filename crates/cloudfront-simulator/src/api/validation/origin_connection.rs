//! Connections to origins: ports, timeouts, Origin Shield, VPC origins and mutual TLS.

use super::{context::ValidationContext, rules::ensure};
use crate::{error::ApiError, seeds::ResourceType, xml::Element};

/// Timeouts, with the quota that limits them. The error has the name of the quota.
const TIMEOUTS: [(&str, &str); 2] = [
    ("OriginReadTimeout", "InvalidOriginReadTimeout"),
    ("OriginKeepaliveTimeout", "InvalidOriginKeepaliveTimeout"),
];

pub(super) fn check(context: &ValidationContext<'_>, origin: &Element) -> Result<(), ApiError> {
    for (name, max) in [("ConnectionAttempts", 3), ("ConnectionTimeout", 10)] {
        check_range(origin, name, max, "InvalidArgument")?;
    }
    check_shield(origin)?;
    for member in ["S3OriginConfig", "VpcOriginConfig", "CustomOriginConfig"] {
        if let Some(config) = origin.child(member) {
            for (name, quota) in TIMEOUTS {
                check_range(config, name, context.limit(quota), quota)?;
            }
            check_completion_timeout(origin, config)?;
        }
    }
    if let Some(vpc) = origin.child("VpcOriginConfig") {
        check_vpc_origin(context, vpc)?;
    }
    origin
        .child("CustomOriginConfig")
        .map_or(Ok(()), check_custom_origin)
}

/// Rejects an enabled Origin Shield without a Region (API reference of OriginShield).
fn check_shield(origin: &Element) -> Result<(), ApiError> {
    let is_complete = origin.child("OriginShield").is_none_or(|shield| {
        !shield.is_true("Enabled") || !shield.text_of("OriginShieldRegion").is_empty()
    });
    let message = "The parameter OriginShieldRegion is required when Origin Shield is enabled.";
    ensure(is_complete, "InvalidArgument", message)
}

/// Rejects a completion timeout below the read timeout (API reference of Origin).
fn check_completion_timeout(origin: &Element, config: &Element) -> Result<(), ApiError> {
    let read = config.number("OriginReadTimeout").unwrap_or(30);
    let is_valid = origin
        .number("ResponseCompletionTimeout")
        .is_none_or(|completion| completion >= read);
    let message = "The parameter ResponseCompletionTimeout must be equal to or greater than OriginReadTimeout.";
    ensure(is_valid, "InvalidArgument", message)
}

fn check_vpc_origin(context: &ValidationContext<'_>, vpc: &Element) -> Result<(), ApiError> {
    let error = ("EntityNotFound", "The VPC origin does not exist.");
    context.check_reference(ResourceType::VpcOrigin, vpc.text_of("VpcOriginId"), error)?;
    let owner = vpc.text_of("OwnerAccountId");
    let is_account =
        owner.is_empty() || owner.len() == 12 && owner.bytes().all(|byte| byte.is_ascii_digit());
    let message = format!("The parameter OwnerAccountId is not an account ID: '{owner}'.");
    ensure(is_account, "InvalidArgument", &message)
}

fn check_custom_origin(custom: &Element) -> Result<(), ApiError> {
    for name in ["HTTPPort", "HTTPSPort"] {
        let port = custom.number(name).unwrap_or(0);
        let is_valid = matches!(port, 80 | 443 | 1024..=65535);
        let message =
            format!("The parameter {name} must be 80, 443, or from 1024 to 65535: {port}.");
        ensure(is_valid, "InvalidArgument", &message)?;
    }
    let Some(mutual_tls) = custom.child("OriginMtlsConfig") else {
        return Ok(());
    };
    let arn = mutual_tls.text_of("ClientCertificateArn");
    let message =
        "The parameter ClientCertificateArn must be the ARN of an ACM certificate in us-east-1.";
    let is_certificate = arn.starts_with("arn:aws:acm:us-east-1:");
    ensure(is_certificate, "InvalidArgument", message)?;
    let message = "The parameter OriginMtlsConfig requires HTTPS to the origin.";
    let uses_https = custom.text_of("OriginProtocolPolicy") != "http-only";
    ensure(uses_https, "InvalidArgument", message)
}

fn check_range(parent: &Element, name: &str, max: u64, code: &str) -> Result<(), ApiError> {
    let is_valid = parent
        .number(name)
        .is_none_or(|number| u64::try_from(number).is_ok_and(|n| (1..=max).contains(&n)));
    ensure(
        is_valid,
        code,
        &format!("The parameter {name} must be from 1 to {max}."),
    )
}
