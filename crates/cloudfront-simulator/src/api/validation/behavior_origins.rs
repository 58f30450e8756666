//! Rules between a cache behavior and the origins that it forwards requests to.

use super::{allowed_methods::includes_post, rules::ensure, targets};
use crate::{error::ApiError, xml::Element};

pub(super) fn check(config: &Element, behavior: &Element) -> Result<(), ApiError> {
    let origins = targets::origins_of(config, behavior);
    check_grpc(config, behavior, &origins)?;
    check_field_level_encryption(behavior, &origins)?;
    check_mutual_tls(behavior, &origins)?;
    check_bucket_headers(behavior, &origins)
}

fn has_grpc(behavior: &Element) -> bool {
    behavior
        .child("GrpcConfig")
        .is_some_and(|grpc| grpc.is_true("Enabled"))
}

fn is_http_only(origin: &Element) -> bool {
    origin
        .child("CustomOriginConfig")
        .is_some_and(|custom| custom.text_of("OriginProtocolPolicy") == "http-only")
}

/// Rejects gRPC without POST, HTTP/2 and HTTPS (API reference of GrpcConfig). aws/aws-cdk#32535 quotes the first
/// message.
fn check_grpc(config: &Element, behavior: &Element, origins: &[&Element]) -> Result<(), ApiError> {
    if !has_grpc(behavior) {
        return Ok(());
    }
    let message = "The parameter gRPC only supports the POST method.";
    ensure(includes_post(behavior), "InvalidArgument", message)?;
    let version = config.text_of("HttpVersion");
    let message = "The parameter gRPC requires HTTP/2 as one of the supported HTTP versions.";
    let has_http2 = version.is_empty() || version.contains("http2");
    ensure(has_http2, "InvalidArgument", message)?;
    let message = "The parameter gRPC requires HTTPS to the origin.";
    let uses_https = !origins.iter().any(|origin| is_http_only(origin));
    ensure(uses_https, "InvalidArgument", message)
}

/// Rejects field-level encryption unless all requests can be encrypted and posted (developer guide, "Use field-level
/// encryption to help protect sensitive data").
fn check_field_level_encryption(behavior: &Element, origins: &[&Element]) -> Result<(), ApiError> {
    let is_suitable = behavior.text_of("ViewerProtocolPolicy") != "allow-all"
        && includes_post(behavior)
        && !origins.iter().any(|origin| is_http_only(origin));
    let message = "The specified configuration for field-level encryption can't be associated with the specified cache behavior.";
    ensure(
        behavior.text_of("FieldLevelEncryptionId").is_empty() || is_suitable,
        "IllegalFieldLevelEncryptionConfigAssociationWithCacheBehavior",
        message,
    )
}

/// Rejects gRPC and origin events of Lambda@Edge for an origin with mutual TLS (developer guide, "Enable origin mutual
/// TLS for CloudFront distributions").
fn check_mutual_tls(behavior: &Element, origins: &[&Element]) -> Result<(), ApiError> {
    let has_mutual_tls = origins.iter().any(|origin| {
        let member = ["CustomOriginConfig", "OriginMtlsConfig"];
        origin.descendant(&member).is_some()
    });
    if !has_mutual_tls {
        return Ok(());
    }
    let message = "The parameter gRPC is not supported for origins with mutual TLS.";
    ensure(!has_grpc(behavior), "InvalidArgument", message)?;
    let message =
        "Lambda@Edge functions in origin events are not supported for origins with mutual TLS.";
    let has_origin_event = behavior
        .items_of("LambdaFunctionAssociations")
        .iter()
        .any(|lambda| lambda.text_of("EventType").starts_with("origin-"));
    ensure(!has_origin_event, "InvalidArgument", message)
}

/// Rejects the header `Host` for a bucket (developer guide, "Cache content based on request headers").
fn check_bucket_headers(behavior: &Element, origins: &[&Element]) -> Result<(), ApiError> {
    let has_bucket = origins
        .iter()
        .any(|origin| origin.child("S3OriginConfig").is_some());
    let forwards_host = behavior.child("ForwardedValues").is_some_and(|forwarded| {
        let mut headers = forwarded.items_of("Headers").iter();
        headers.any(|header| header.text.eq_ignore_ascii_case("host"))
    });
    ensure(
        !(has_bucket && forwards_host),
        "InvalidHeadersForS3Origin",
        "The headers specified are not valid for an Amazon S3 origin.",
    )
}
