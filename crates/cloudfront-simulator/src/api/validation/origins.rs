//! Origins and origin groups.

use super::{
    context::ValidationContext,
    rules::{ensure, ensure_unique, is_domain_name},
};
use crate::{error::ApiError, seeds::ResourceType, xml::Element};

pub(super) fn check(context: &ValidationContext<'_>, config: &Element) -> Result<(), ApiError> {
    let (origins, groups) = (config.items_of("Origins"), config.items_of("OriginGroups"));
    context.check_quota("TooManyOrigins", origins.len())?;
    context.check_quota("TooManyOriginGroupsPerDistribution", groups.len())?;
    let ids = origins
        .iter()
        .chain(groups)
        .map(|target| target.text_of("Id").to_owned());
    ensure_unique(ids, "origin or origin group id")?;
    for origin in origins {
        check_origin(context, origin)?;
    }
    for member in groups.iter().flat_map(|group| group.items_of("Members")) {
        let exists = origins
            .iter()
            .any(|origin| origin.text_of("Id") == member.text_of("OriginId"));
        ensure(
            exists,
            "NoSuchOrigin",
            "One or more of your origins or origin groups do not exist.",
        )?;
    }
    Ok(())
}

fn check_origin(context: &ValidationContext<'_>, origin: &Element) -> Result<(), ApiError> {
    let (id, domain) = (origin.text_of("Id"), origin.text_of("DomainName"));
    ensure(
        !id.is_empty(),
        "InvalidArgument",
        "The parameter Origin Id must not be empty.",
    )?;
    let config_members = ["S3OriginConfig", "CustomOriginConfig", "VpcOriginConfig"];
    let count = config_members
        .iter()
        .filter(|member| origin.child(member).is_some())
        .count();
    ensure(
        count == 1,
        "InvalidOrigin",
        &format!(
            "The origin '{id}' must have exactly one of {}: it has {count}.",
            config_members.join(", ")
        ),
    )?;
    let message = format!("The parameter origin name must be a domain name: '{domain}'.");
    ensure(is_domain_name(domain), "InvalidArgument", &message)?;
    if origin.child("S3OriginConfig").is_some() {
        check_s3_domain_name(domain)?;
    }
    check_origin_path(origin.text_of("OriginPath"))?;
    context.check_quota(
        "TooManyOriginCustomHeaders",
        origin.items_of("CustomHeaders").len(),
    )?;
    for (name, from, to) in [("ConnectionAttempts", 1, 3), ("ConnectionTimeout", 1, 10)] {
        check_range(origin, name, (from, to), "InvalidArgument")?;
    }
    check_origin_access(context, origin)?;
    check_origin_type(context, origin)
}

/// Rejects the domain name of an S3 origin if it is not the host name of a bucket.
pub(in crate::api) fn check_s3_domain_name(domain: &str) -> Result<(), ApiError> {
    let message = "The parameter Origin DomainName does not refer to a valid S3 bucket.";
    ensure(is_bucket_host_name(domain), "InvalidArgument", message)
}

/// Whether a domain name is the host name of a bucket. A website endpoint is not (FACTS.md, access).
fn is_bucket_host_name(domain: &str) -> bool {
    let domain = domain.to_ascii_lowercase();
    let service = domain
        .strip_suffix(".amazonaws.com")
        .or(domain.strip_suffix(".amazonaws.com.cn"));
    service.is_some_and(|name| {
        let mut labels = name.split('.').skip(1);
        labels.any(|label| label == "s3" || label.starts_with("s3-"))
            && !name.contains(".s3-website")
    })
}

fn check_origin_path(path: &str) -> Result<(), ApiError> {
    let is_valid =
        path.is_empty() || path.starts_with('/') && !path.ends_with('/') && path.len() <= 255;
    let message = "The parameter OriginPath must begin with a slash and must not end with one.";
    ensure(is_valid, "InvalidArgument", message)
}

/// Rejects an origin with both an identity and an access control (AWS documentation, "origin access identity").
fn check_origin_access(context: &ValidationContext<'_>, origin: &Element) -> Result<(), ApiError> {
    let control = origin.text_of("OriginAccessControlId");
    let identity = origin
        .child("S3OriginConfig")
        .map_or("", |s3| s3.text_of("OriginAccessIdentity"));
    let has_both = !control.is_empty() && !identity.is_empty();
    let message = "An origin cannot contain both an origin access control (OAC) and an origin access identity (OAI).";
    ensure(!has_both, "IllegalOriginAccessConfiguration", message)?;
    context.check_identity(identity)?;
    let error = (
        "InvalidOriginAccessControl",
        "The origin access control is not valid.",
    );
    context.check_reference(ResourceType::OriginAccessControl, control, error)
}

fn check_origin_type(context: &ValidationContext<'_>, origin: &Element) -> Result<(), ApiError> {
    if let Some(vpc) = origin.child("VpcOriginConfig") {
        let error = ("EntityNotFound", "The VPC origin does not exist.");
        context.check_reference(ResourceType::VpcOrigin, vpc.text_of("VpcOriginId"), error)?;
        check_timeouts(vpc)?;
    }
    let Some(custom) = origin.child("CustomOriginConfig") else {
        return Ok(());
    };
    for name in ["HTTPPort", "HTTPSPort"] {
        let port = custom.number(name).unwrap_or(0);
        let is_valid = matches!(port, 80 | 443 | 1024..=65535);
        let message =
            format!("The parameter {name} must be 80, 443, or from 1024 to 65535: {port}.");
        ensure(is_valid, "InvalidArgument", &message)?;
    }
    check_timeouts(custom)
}

fn check_timeouts(custom: &Element) -> Result<(), ApiError> {
    check_range(
        custom,
        "OriginReadTimeout",
        (1, 180),
        "InvalidOriginReadTimeout",
    )?;
    check_range(
        custom,
        "OriginKeepaliveTimeout",
        (1, 180),
        "InvalidOriginKeepaliveTimeout",
    )
}

fn check_range(
    parent: &Element,
    name: &str,
    (from, to): (i64, i64),
    code: &str,
) -> Result<(), ApiError> {
    let is_valid = parent
        .number(name)
        .is_none_or(|number| (from..=to).contains(&number));
    ensure(
        is_valid,
        code,
        &format!("The parameter {name} must be from {from} to {to}."),
    )
}
