//! Domain names of origins.

use super::rules::{ensure, is_domain_name};
use crate::error::ApiError;

/// Rejects an IP address, and every other text that is not a domain name.
pub(super) fn check_domain_name(domain: &str) -> Result<(), ApiError> {
    let is_address = domain
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.')
        || domain.parse::<std::net::IpAddr>().is_ok();
    ensure(
        !is_address,
        "InvalidArgument",
        "The parameter origin name cannot be an IP address.",
    )?;
    let message = format!("The parameter origin name must be a domain name: '{domain}'.");
    ensure(is_domain_name(domain), "InvalidArgument", &message)
}

/// Rejects the domain name of an S3 origin if it is not the host name of a bucket.
pub(in crate::api) fn check_bucket_host(domain: &str) -> Result<(), ApiError> {
    let message = "The parameter Origin DomainName does not refer to a valid S3 bucket.";
    ensure(is_bucket_host(domain), "InvalidArgument", message)
}

/// Whether a domain name is the host name of a bucket. A website endpoint and an acceleration endpoint are not
/// (FACTS.md, access).
pub(super) fn is_bucket_host(domain: &str) -> bool {
    let domain = domain.to_ascii_lowercase();
    let service = without_aws_suffix(&domain);
    let is_bucket = service.is_some_and(|name| {
        let mut labels = name.split('.').skip(1);
        labels.any(|label| label == "s3" || label.starts_with("s3-"))
            && !name.contains(".s3-website")
            && !name.contains(".s3-accelerate")
    });
    is_bucket && is_domain_name(&domain)
}

pub(in crate::api) fn without_aws_suffix(domain: &str) -> Option<&str> {
    domain
        .strip_suffix(".amazonaws.com")
        .or(domain.strip_suffix(".amazonaws.com.cn"))
}

/// Rejects an access control for a host that is neither a bucket, an endpoint of AWS Elemental, nor a function URL.
pub(super) fn check_access_control_host(domain: &str) -> Result<(), ApiError> {
    let is_media = without_aws_suffix(domain)
        .is_some_and(|name| name.contains(".mediastore.") || name.contains(".mediapackagev2."));
    let is_function_url = domain.ends_with(".on.aws") && domain.contains(".lambda-url.");
    let message =
        "An origin access control is associated with an origin whose domain name is not supported.";
    ensure(
        is_bucket_host(domain) || is_media || is_function_url,
        "InvalidDomainNameForOriginAccessControl",
        message,
    )
}
