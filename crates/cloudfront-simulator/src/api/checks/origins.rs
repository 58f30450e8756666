//! Origins and origin groups.

use super::{Context, ensure, unique};
use crate::{error::ApiError, seeds::Family, xml::Element};

pub(super) fn check(context: &Context<'_>, config: &Element) -> Result<(), ApiError> {
    let (origins, groups) = (config.items_of("Origins"), config.items_of("OriginGroups"));
    context.within("TooManyOrigins", origins.len())?;
    context.within("TooManyOriginGroupsPerDistribution", groups.len())?;
    let ids = origins
        .iter()
        .chain(groups)
        .map(|target| target.text_of("Id").to_owned());
    unique(ids, "origin or origin group id")?;
    for item in origins {
        origin(context, item)?;
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

fn origin(context: &Context<'_>, origin: &Element) -> Result<(), ApiError> {
    let (id, domain) = (origin.text_of("Id"), origin.text_of("DomainName"));
    ensure(
        !id.is_empty(),
        "InvalidArgument",
        "The parameter Origin Id must not be empty.",
    )?;
    let kinds = ["S3OriginConfig", "CustomOriginConfig", "VpcOriginConfig"];
    let given = kinds
        .iter()
        .filter(|kind| origin.child(kind).is_some())
        .count();
    ensure(
        given == 1,
        "InvalidOrigin",
        &format!(
            "The origin '{id}' must have exactly one of {}: it has {given}.",
            kinds.join(", ")
        ),
    )?;
    let message = format!("The parameter origin name must be a domain name: '{domain}'.");
    ensure(
        super::site::is_domain_name(domain),
        "InvalidArgument",
        &message,
    )?;
    if origin.child("S3OriginConfig").is_some() {
        bucket(domain)?;
    }
    path(origin.text_of("OriginPath"))?;
    context.within(
        "TooManyOriginCustomHeaders",
        origin.items_of("CustomHeaders").len(),
    )?;
    for (name, from, to) in [("ConnectionAttempts", 1, 3), ("ConnectionTimeout", 1, 10)] {
        range(origin, name, (from, to), "InvalidArgument")?;
    }
    access(context, origin)?;
    custom(context, origin)
}

/// The host name of an S3 origin.
pub(crate) fn bucket(domain: &str) -> Result<(), ApiError> {
    let message = "The parameter Origin DomainName does not refer to a valid S3 bucket.";
    ensure(is_bucket(domain), "InvalidArgument", message)
}

/// A website endpoint is no bucket (FACTS.md, access).
fn is_bucket(domain: &str) -> bool {
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

fn path(path: &str) -> Result<(), ApiError> {
    let valid =
        path.is_empty() || path.starts_with('/') && !path.ends_with('/') && path.len() <= 255;
    let message = "The parameter OriginPath must begin with a slash and must not end with one.";
    ensure(valid, "InvalidArgument", message)
}

/// An identity and an access control exclude each other (AWS documentation, "origin access identity").
fn access(context: &Context<'_>, origin: &Element) -> Result<(), ApiError> {
    let control = origin.text_of("OriginAccessControlId");
    let identity = origin
        .child("S3OriginConfig")
        .map_or("", |s3| s3.text_of("OriginAccessIdentity"));
    let both = !control.is_empty() && !identity.is_empty();
    let message = "An origin cannot contain both an origin access control (OAC) and an origin access identity (OAI).";
    ensure(!both, "IllegalOriginAccessConfiguration", message)?;
    context.identity(identity)?;
    let refusal = (
        "InvalidOriginAccessControl",
        "The origin access control is not valid.",
    );
    context.known(Family::OriginAccessControl, control, refusal)
}

fn custom(context: &Context<'_>, origin: &Element) -> Result<(), ApiError> {
    if let Some(vpc) = origin.child("VpcOriginConfig") {
        let refusal = ("EntityNotFound", "The VPC origin does not exist.");
        context.known(Family::VpcOrigin, vpc.text_of("VpcOriginId"), refusal)?;
        timeouts(vpc)?;
    }
    let Some(custom) = origin.child("CustomOriginConfig") else {
        return Ok(());
    };
    for name in ["HTTPPort", "HTTPSPort"] {
        let port = custom.number(name).unwrap_or(0);
        let valid = matches!(port, 80 | 443 | 1024..=65535);
        let message =
            format!("The parameter {name} must be 80, 443, or from 1024 to 65535: {port}.");
        ensure(valid, "InvalidArgument", &message)?;
    }
    timeouts(custom)
}

fn timeouts(custom: &Element) -> Result<(), ApiError> {
    range(
        custom,
        "OriginReadTimeout",
        (1, 180),
        "InvalidOriginReadTimeout",
    )?;
    range(
        custom,
        "OriginKeepaliveTimeout",
        (1, 180),
        "InvalidOriginKeepaliveTimeout",
    )
}

fn range(parent: &Element, name: &str, (from, to): (i64, i64), code: &str) -> Result<(), ApiError> {
    let valid = parent
        .number(name)
        .is_none_or(|number| (from..=to).contains(&number));
    ensure(
        valid,
        code,
        &format!("The parameter {name} must be from {from} to {to}."),
    )
}
