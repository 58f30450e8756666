//! A field that leaves the spec returns to CloudFront's default.

use super::{CACHING_OPTIMIZED, at, bucket, desired, drift, sent, text};
use serde_json::{Value, json};

/// Sets fields, then takes them out of the spec again: the update that follows says `default` at `path`.
#[track_caller]
fn returns(fields: &Value, path: &str, default: Option<&str>) {
    let observed = desired(&bucket(fields));
    let without = bucket(&json!({}));
    assert_ne!(
        drift(&without, &observed),
        [],
        "taking out {fields} changes nothing"
    );
    let sent = sent(&without, &observed);
    assert_eq!(
        text(&sent, path),
        default,
        "{path} after taking out {fields}"
    );
    assert_eq!(
        drift(&without, &sent),
        [],
        "taking out {fields} does not converge"
    );
}

#[track_caller]
fn member_returns(member: &str, value: &Value, path: &str, default: Option<&str>) {
    returns(&json!({ member: value }), path, default);
}

#[test]
fn a_member_that_leaves_the_spec_returns_to_its_default() {
    member_returns("comment", &json!("site"), "Comment", Some(""));
    member_returns(
        "defaultRootObject",
        &json!("index.html"),
        "DefaultRootObject",
        Some(""),
    );
    member_returns("enabled", &json!(false), "Enabled", Some("true"));
    member_returns(
        "priceClass",
        &json!("PriceClass_100"),
        "PriceClass",
        Some("PriceClass_All"),
    );
    member_returns("httpVersion", &json!("http3"), "HttpVersion", Some("http2"));
    member_returns(
        "isIPV6Enabled",
        &json!(true),
        "IsIPV6Enabled",
        Some("false"),
    );
    member_returns("anycastIpListId", &json!("aip"), "AnycastIpListId", None);
    member_returns(
        "cacheTagConfig",
        &json!({"headerName": "tags"}),
        "CacheTagConfig",
        None,
    );
    member_returns(
        "connectionFunctionAssociation",
        &json!({"id": "f"}),
        "ConnectionFunctionAssociation",
        None,
    );
    member_returns(
        "viewerMtlsConfig",
        &json!({"mode": "optional"}),
        "ViewerMtlsConfig",
        None,
    );
}

#[test]
fn a_list_that_leaves_the_spec_is_sent_empty() {
    let behavior = json!({
        "pathPattern": "/a", "targetOriginId": "bucket", "viewerProtocolPolicy": "https-only", "cachePolicyId": CACHING_OPTIMIZED,
    });
    let group = json!({
        "id": "g", "failoverCriteria": {"statusCodes": [500]}, "members": [{"originId": "bucket"}, {"originId": "other"}],
    });
    member_returns(
        "aliases",
        &json!(["www.example.com"]),
        "Aliases/Quantity",
        Some("0"),
    );
    member_returns(
        "cacheBehaviors",
        &json!([behavior]),
        "CacheBehaviors/Quantity",
        Some("0"),
    );
    member_returns(
        "customErrorResponses",
        &json!([{"errorCode": 404}]),
        "CustomErrorResponses/Quantity",
        Some("0"),
    );
    member_returns(
        "originGroups",
        &json!([group]),
        "OriginGroups/Quantity",
        Some("0"),
    );
}

#[test]
fn a_structure_that_leaves_the_spec_is_switched_off() {
    let logging = json!({"enabled": true, "bucket": "logs.s3.amazonaws.com", "prefix": "www/", "includeCookies": true});
    let restrictions = json!({"geoRestriction": {"restrictionType": "blacklist", "items": ["DE"]}});
    for (member, off) in [
        ("Enabled", "false"),
        ("Bucket", ""),
        ("Prefix", ""),
        ("IncludeCookies", "false"),
    ] {
        member_returns("logging", &logging, &format!("Logging/{member}"), Some(off));
    }
    member_returns(
        "restrictions",
        &restrictions,
        "Restrictions/GeoRestriction/RestrictionType",
        Some("none"),
    );
    member_returns(
        "restrictions",
        &restrictions,
        "Restrictions/GeoRestriction/Quantity",
        Some("0"),
    );
}

#[test]
fn a_member_of_a_behavior_that_leaves_the_spec_returns_to_its_default() {
    let lambda = json!([{"eventType": "viewer-request", "lambdaFunctionARN": "arn:aws:lambda:us-east-1:1:function:f:1"}]);
    let function =
        json!([{"eventType": "viewer-request", "functionARN": "arn:aws:cloudfront::1:function/f"}]);
    for (member, value, path, default) in [
        ("compress", json!(true), "Compress", Some("false")),
        (
            "smoothStreaming",
            json!(true),
            "SmoothStreaming",
            Some("false"),
        ),
        (
            "fieldLevelEncryptionId",
            json!("F"),
            "FieldLevelEncryptionId",
            Some(""),
        ),
        (
            "realtimeLogConfigArn",
            json!("arn"),
            "RealtimeLogConfigArn",
            None,
        ),
        (
            "originRequestPolicyId",
            json!("p"),
            "OriginRequestPolicyId",
            None,
        ),
        (
            "responseHeadersPolicyId",
            json!("p"),
            "ResponseHeadersPolicyId",
            None,
        ),
        (
            "grpcConfig",
            json!({"enabled": true}),
            "GrpcConfig/Enabled",
            Some("false"),
        ),
        (
            "trustedSigners",
            json!({"enabled": true, "items": ["self"]}),
            "TrustedSigners/Quantity",
            Some("0"),
        ),
        (
            "trustedKeyGroups",
            json!({"enabled": true, "items": ["k"]}),
            "TrustedKeyGroups/Enabled",
            Some("false"),
        ),
        (
            "allowedMethods",
            json!({"items": ["GET", "HEAD", "OPTIONS"]}),
            "AllowedMethods/Quantity",
            Some("2"),
        ),
        (
            "lambdaFunctionAssociations",
            lambda,
            "LambdaFunctionAssociations/Quantity",
            Some("0"),
        ),
        (
            "functionAssociations",
            function,
            "FunctionAssociations/Quantity",
            Some("0"),
        ),
    ] {
        let fields = json!({"defaultCacheBehavior": { member: value }});
        returns(&fields, &format!("DefaultCacheBehavior/{path}"), default);
    }
}

#[test]
fn a_member_of_an_origin_that_leaves_the_spec_returns_to_its_default() {
    for (member, value, path, default) in [
        ("originPath", json!("/v1"), "OriginPath", Some("")),
        (
            "connectionAttempts",
            json!(1),
            "ConnectionAttempts",
            Some("3"),
        ),
        (
            "connectionTimeout",
            json!(1),
            "ConnectionTimeout",
            Some("10"),
        ),
        (
            "customHeaders",
            json!([{"headerName": "a", "headerValue": "b"}]),
            "CustomHeaders/Quantity",
            Some("0"),
        ),
        (
            "originShield",
            json!({"enabled": true, "originShieldRegion": "eu-west-1"}),
            "OriginShield/Enabled",
            Some("false"),
        ),
        (
            "originShield",
            json!({"enabled": true, "originShieldRegion": "eu-west-1"}),
            "OriginShield/OriginShieldRegion",
            None,
        ),
        (
            "originAccessControlId",
            json!("E1"),
            "OriginAccessControlId",
            None,
        ),
        (
            "responseCompletionTimeout",
            json!(60),
            "ResponseCompletionTimeout",
            None,
        ),
        (
            "s3OriginConfig",
            json!({"originReadTimeout": 60}),
            "S3OriginConfig/OriginReadTimeout",
            Some("30"),
        ),
        (
            "s3OriginConfig",
            json!({"originAccessIdentityRef": {"name": "site"}}),
            "S3OriginConfig/OriginAccessIdentity",
            Some(""),
        ),
        (
            "customOriginConfig",
            json!({"originProtocolPolicy": "http-only"}),
            "CustomOriginConfig",
            None,
        ),
    ] {
        let mut origin = json!({"id": "bucket", "domainName": "site.s3.amazonaws.com"});
        origin[member] = value;
        let path = format!("Origins/Items/Origin/{path}");
        returns(&json!({"origins": [origin]}), &path, default);
    }
}

#[test]
fn lifetimes_complete_each_other() {
    for (given, expected) in [
        (json!({}), ["0", "86400", "31536000"]),
        (json!({"minTTL": 100_000}), ["100000", "100000", "31536000"]),
        (json!({"maxTTL": 60}), ["0", "60", "60"]),
        (
            json!({"defaultTTL": 40_000_000}),
            ["0", "40000000", "40000000"],
        ),
        (
            json!({"minTTL": 1, "defaultTTL": 2, "maxTTL": 3}),
            ["1", "2", "3"],
        ),
    ] {
        let mut behavior = json!({
            "cachePolicyId": null, "forwardedValues": {"queryString": true, "cookies": {"forward": "all"}},
        });
        super::merge(&mut behavior, &given);
        let config = desired(&bucket(&json!({ "defaultCacheBehavior": behavior })));
        let lifetimes = ["MinTTL", "DefaultTTL", "MaxTTL"]
            .map(|it| text(&config, &format!("DefaultCacheBehavior/{it}")).unwrap());
        assert_eq!(lifetimes, expected, "given {given}");
    }
}

#[test]
fn a_cache_policy_takes_the_place_of_lifetimes() {
    let forwarded = bucket(&json!({"defaultCacheBehavior": {
        "cachePolicyId": null, "forwardedValues": {"queryString": true, "cookies": {"forward": "all"}},
    }}));
    let sent = sent(&bucket(&json!({})), &desired(&forwarded));
    for member in ["ForwardedValues", "MinTTL", "DefaultTTL", "MaxTTL"] {
        assert_eq!(
            at(&sent, "DefaultCacheBehavior").unwrap().child(member),
            None
        );
    }
}
