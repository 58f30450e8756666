//! An update has every field that CloudFront requires.

use super::{at, bucket, desired, read_back, sent, text};
use crate::{engine::Kind as _, kinds::distribution::Distribution, xml::Element};
use serde_json::{Value, json};

/// Fields that `UpdateDistribution` requires and `CreateDistribution` does not: the list of required fields in the developer guide, and
/// fields without which CloudFront rejected updates.
const REQUIRED: [&str; 34] = [
    "Aliases",
    "CacheBehaviors",
    "CallerReference",
    "Comment",
    "CustomErrorResponses",
    "DefaultCacheBehavior/AllowedMethods/CachedMethods/Items",
    "DefaultCacheBehavior/AllowedMethods/Items",
    "DefaultCacheBehavior/CachePolicyId",
    "DefaultCacheBehavior/Compress",
    "DefaultCacheBehavior/FieldLevelEncryptionId",
    "DefaultCacheBehavior/FunctionAssociations",
    "DefaultCacheBehavior/GrpcConfig",
    "DefaultCacheBehavior/LambdaFunctionAssociations",
    "DefaultCacheBehavior/SmoothStreaming",
    "DefaultCacheBehavior/TargetOriginId",
    "DefaultCacheBehavior/TrustedKeyGroups",
    "DefaultCacheBehavior/TrustedSigners",
    "DefaultCacheBehavior/ViewerProtocolPolicy",
    "DefaultRootObject",
    "Enabled",
    "HttpVersion",
    "Logging/Bucket",
    "Logging/Enabled",
    "Logging/IncludeCookies",
    "Logging/Prefix",
    "Origins/Items/Origin/CustomHeaders",
    "Origins/Items/Origin/OriginPath",
    "Origins/Items/Origin/S3OriginConfig/OriginAccessIdentity",
    "PriceClass",
    "Restrictions/GeoRestriction/Quantity",
    "Restrictions/GeoRestriction/RestrictionType",
    "ViewerCertificate/CloudFrontDefaultCertificate",
    "WebACLId",
    "Origins/Items/Origin/DomainName",
];

#[test]
fn an_update_has_all_required_fields() {
    let sent = sent(
        &bucket(&json!({"comment": "edited"})),
        &read_back::with_bucket(),
    );
    for path in REQUIRED {
        assert!(at(&sent, path).is_some(), "{path} is missing");
    }
}

#[test]
fn the_desired_state_alone_has_all_required_fields() {
    let config = desired(&bucket(&json!({})));
    // The engine adds the first. The second is unmanaged, and CloudFront's responses always have it.
    let excluded = ["CallerReference", "WebACLId"];
    for path in REQUIRED.iter().filter(|path| !excluded.contains(path)) {
        assert!(at(&config, path).is_some(), "{path} is missing");
    }
}

#[test]
fn a_custom_origin_has_its_ports_and_timeouts() {
    let config = desired(&bucket(&json!({"origins": [
        {"id": "bucket", "domainName": "a.example.com", "customOriginConfig": {"originProtocolPolicy": "https-only"}},
    ]})));
    for member in [
        "HTTPPort",
        "HTTPSPort",
        "OriginReadTimeout",
        "OriginKeepaliveTimeout",
        "OriginSslProtocols",
    ] {
        let path = format!("Origins/Items/Origin/CustomOriginConfig/{member}");
        assert!(at(&config, &path).is_some(), "{path} is missing");
    }
}

/// The members of each custom error response of an update.
fn error_responses(sent: &Element) -> Vec<[Option<&str>; 4]> {
    let items = at(sent, "CustomErrorResponses/Items").unwrap();
    let members = [
        "ErrorCode",
        "ResponsePagePath",
        "ResponseCode",
        "ErrorCachingMinTTL",
    ];
    let responses = items.children().iter();
    responses
        .map(|it| members.map(|name| it.text_of(name)))
        .collect()
}

/// CloudFront's configuration of a distribution with these custom error responses.
fn with_error_responses(responses: &Value) -> Element {
    let mut observed = read_back::with_bucket();
    observed.overlay(&desired(&bucket(
        &json!({"customErrorResponses": responses}),
    )));
    observed
}

#[test]
fn an_update_sends_an_empty_page_and_code_of_a_new_custom_error_response() {
    let edited = bucket(&json!({"customErrorResponses": [{"errorCode": 504}]}));
    let sent = sent(&edited, &read_back::with_bucket());
    assert_eq!(
        error_responses(&sent),
        [[Some("504"), Some(""), Some(""), Some("10")]]
    );
}

#[test]
fn an_update_sends_an_empty_page_and_code_of_a_response_that_loses_them() {
    let page = json!([{"errorCode": 404, "responsePagePath": "/404.html", "responseCode": "200"}]);
    let edited = bucket(&json!({"customErrorResponses": [{"errorCode": 404}]}));
    let sent = sent(&edited, &with_error_responses(&page));
    assert_eq!(
        error_responses(&sent),
        [[Some("404"), Some(""), Some(""), Some("10")]]
    );
}

#[test]
fn every_update_completes_the_members_that_cloudfront_left_out() {
    let mut live = with_error_responses(&json!([{"errorCode": 502}, {"errorCode": 503}]));
    for member in ["WebACLId", "DefaultRootObject"] {
        live.remove(member);
    }
    let mut sent = live;
    assert!((Distribution::HOOKS.disable)(&mut sent));
    (Distribution::HOOKS.complete_update)(&mut sent);
    assert_eq!(
        error_responses(&sent),
        ["502", "503"].map(|code| [Some(code), Some(""), Some(""), Some("10")])
    );
    for member in ["WebACLId", "DefaultRootObject"] {
        assert_eq!(text(&sent, member), Some(""), "{member}");
    }
}
