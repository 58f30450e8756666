//! Origins.

use super::{
    context::ValidationContext,
    custom_headers, origin_connection, origin_groups, origin_hosts,
    rules::{ensure, ensure_unique},
    tenants,
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
        check_origin(context, config, origin)?;
    }
    origin_groups::check(config)
}

fn check_origin(
    context: &ValidationContext<'_>,
    config: &Element,
    origin: &Element,
) -> Result<(), ApiError> {
    let id = origin.text_of("Id");
    ensure(
        !id.is_empty(),
        "InvalidArgument",
        "The parameter Origin Id must not be empty.",
    )?;
    check_one_config(origin)?;
    let domain = tenants::with_sample_parameters(config, origin.text_of("DomainName"));
    origin_hosts::check_domain_name(&domain)?;
    if origin.child("S3OriginConfig").is_some() {
        origin_hosts::check_bucket_host(&domain)?;
    }
    check_path(origin.text_of("OriginPath"))?;
    let headers = origin.items_of("CustomHeaders");
    context.check_quota("TooManyOriginCustomHeaders", headers.len())?;
    custom_headers::check(headers)?;
    check_access(context, origin, &domain)?;
    origin_connection::check(context, origin)
}

fn check_one_config(origin: &Element) -> Result<(), ApiError> {
    let members = ["S3OriginConfig", "CustomOriginConfig", "VpcOriginConfig"];
    let count = members
        .iter()
        .filter(|member| origin.child(member).is_some())
        .count();
    ensure(
        count == 1,
        "InvalidOrigin",
        &format!(
            "The origin '{}' must have exactly one of {}: it has {count}.",
            origin.text_of("Id"),
            members.join(", ")
        ),
    )
}

fn check_path(path: &str) -> Result<(), ApiError> {
    let is_valid =
        path.is_empty() || path.starts_with('/') && !path.ends_with('/') && path.len() <= 255;
    let message = "The parameter OriginPath must begin with a slash and must not end with one.";
    ensure(is_valid, "InvalidArgument", message)
}

/// Rejects an origin with both an identity and an access control (AWS documentation, "origin access identity").
fn check_access(
    context: &ValidationContext<'_>,
    origin: &Element,
    domain: &str,
) -> Result<(), ApiError> {
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
    context.check_reference(ResourceType::OriginAccessControl, control, error)?;
    if control.is_empty() {
        return Ok(());
    }
    origin_hosts::check_access_control_host(domain)
}
