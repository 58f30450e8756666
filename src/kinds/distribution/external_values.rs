//! Checks of values from Secrets and ConfigMaps, which the API server does not see: the rules of the fields that they stand for.
//!
//! A message names the source of a value and not the value, which may be confidential.

use super::origin::Origins;
use crate::xml::XmlError;
use serde::ser::Error as _;

const NOT_ACM_ARN: &str = "is not the ARN of a certificate in ACM: use one such as arn:aws:acm:us-east-1:111122223333:certificate/ID";

/// Checks the domain name of an origin.
pub(super) fn host_name(value: &str) -> Result<(), &'static str> {
    if value.len() > 253 || value.contains(is_not_in_host_name) {
        Err("is not a host name: remove the scheme, port, path and spaces")
    } else if value.ends_with('.') {
        Err("ends with a dot, which CloudFront does not accept: remove the dot")
    } else if value.chars().all(|c| c.is_ascii_digit() || c == '.') {
        Err(
            "is an IP address, and CloudFront accepts only host names: use the DNS name of the server",
        )
    } else {
        Ok(())
    }
}

/// Checks the bucket of access logs.
pub(super) fn log_bucket(value: &str) -> Result<(), &'static str> {
    let has_lone_dot = value.contains("..") || value.starts_with('.') || value.ends_with('.');
    if value.len() > 253 || has_lone_dot || value.contains(is_not_in_host_name) {
        return Err(
            "is not the name of an S3 bucket: remove the scheme, the path, and each dot at the end or beside another one",
        );
    }
    Ok(())
}

/// Checks the ARN of a certificate in ACM.
pub(super) fn acm_arn(value: &str) -> Result<(), &'static str> {
    let parts: Vec<&str> = value.splitn(6, ':').collect();
    let ["arn", partition, "acm", region, _, certificate] = parts[..] else {
        return Err(NOT_ACM_ARN);
    };
    if value.len() > 2048 || !certificate.starts_with("certificate/") {
        Err(NOT_ACM_ARN)
    } else if partition == "aws" && region != "us-east-1" {
        Err(
            "is a certificate in another region, but CloudFront accepts only certificates in us-east-1: request or import it there",
        )
    } else {
        Ok(())
    }
}

/// Checks the ARN of a version of a Lambda function.
pub(super) fn lambda_arn(value: &str) -> Result<(), &'static str> {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    let parts: Vec<&str> = value.split(':').collect();
    if let [
        "arn",
        partition,
        "lambda",
        "us-east-1",
        account,
        "function",
        name,
        version,
    ] = parts[..]
        && !partition.is_empty()
        && account.len() == 12
        && is_number(account)
        && !name.is_empty()
        && is_number(version)
        && value.len() <= 256
    {
        return Ok(());
    }
    Err(
        "is not a published version of a function in us-east-1: use the ARN that ends in the version number",
    )
}

/// Checks the ARN of a web ACL, or the ID of one of AWS WAF Classic.
pub(super) fn web_acl(value: &str) -> Result<(), &'static str> {
    let is_global = value.contains(":wafv2:us-east-1:") && value.contains(":global/webacl/");
    if value.len() > 2048 || (value.starts_with("arn:") && !is_global) {
        return Err(
            "is not a global web ACL: create the web ACL with scope CLOUDFRONT in us-east-1, and use its ARN",
        );
    }
    Ok(())
}

/// Fails if an S3 origin has a domain name from outside that is not one of a bucket.
pub(super) fn check_buckets(origins: &Origins, resolved: &Origins) -> Result<(), XmlError> {
    for (origin, resolved) in origins.0.iter().zip(&resolved.0) {
        let is_bucket = origin.custom_origin_config.is_none() && origin.vpc_origin_config.is_none();
        let host = resolved.domain_name.as_deref().unwrap_or_default();
        if let Some(source) = &origin.domain_name_from
            && is_bucket
            && !is_bucket_host_name(host)
        {
            let message = format!(
                "{} is not the domain name of an S3 bucket, and origin \"{}\" is an S3 origin: set customOriginConfig for a web server or a \
                 website endpoint, or use a name such as site.s3.eu-west-1.amazonaws.com",
                source.describe(),
                origin.id
            );
            return Err(XmlError::custom(message).at_field("origins[].domainNameFrom"));
        }
    }
    Ok(())
}

fn is_bucket_host_name(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    let service = [".s3.", ".s3-"].iter().filter_map(|it| host.find(it)).min();
    let service = service.map_or("", |start| &host[start + ".s3.".len()..]);
    let is_amazon = service.ends_with("amazonaws.com") || service.ends_with("amazonaws.com.cn");
    is_amazon && !host.contains(".s3-website")
}

fn is_not_in_host_name(c: char) -> bool {
    matches!(c, '/' | ':') || c.is_whitespace() || c.is_control()
}
