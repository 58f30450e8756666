//! A field that is removed from the spec returns to CloudFront's default.

use super::{CACHING_OPTIMIZED, at, bucket, desired, drift, sent, text};
use serde_json::{Value, json};

/// Sets fields and removes them from the spec again. The update after the removal has `default` at `path`.
#[track_caller]
fn assert_returns(fields: &Value, path: &str, default: Option<&str>) {
    let observed = desired(&bucket(fields));
    let without = bucket(&json!({}));
    assert_ne!(
        drift(&without, &observed),
        [],
        "removing {fields} changes nothing"
    );
    let sent = sent(&without, &observed);
    assert_eq!(text(&sent, path), default, "{path} after removing {fields}");
    assert_eq!(
        drift(&without, &sent),
        [],
        "removing {fields} does not converge"
    );
}

#[track_caller]
fn assert_field_returns(member: &str, value: &Value, path: &str, default: Option<&str>) {
    assert_returns(&json!({ member: value }), path, default);
}

#[test]
fn a_removed_field_returns_to_its_default() {
    assert_field_returns("comment", &json!("site"), "Comment", Some(""));
    assert_field_returns(
        "defaultRootObject",
        &json!("index.html"),
        "DefaultRootObject",
        Some(""),
    );
    assert_field_returns("enabled", &json!(false), "Enabled", Some("true"));
    assert_field_returns(
        "priceClass",
        &json!("PriceClass_100"),
        "PriceClass",
        Some("PriceClass_All"),
    );
    assert_field_returns("httpVersion", &json!("http3"), "HttpVersion", Some("http2"));
    assert_field_returns(
        "isIPV6Enabled",
        &json!(true),
        "IsIPV6Enabled",
        Some("false"),
    );
    assert_field_returns("anycastIpListId", &json!("aip"), "AnycastIpListId", None);
    assert_field_returns(
        "cacheTagConfig",
        &json!({"headerName": "tags"}),
        "CacheTagConfig",
        None,
    );
    assert_field_returns(
        "connectionFunctionAssociation",
        &json!({"id": "f"}),
        "ConnectionFunctionAssociation",
        None,
    );
    assert_field_returns(
        "viewerMtlsConfig",
        &json!({"mode": "optional"}),
        "ViewerMtlsConfig",
        None,
    );
}

#[test]
fn a_removed_list_is_sent_empty() {
    let behavior = json!({
        "pathPattern": "/a", "targetOriginId": "bucket", "viewerProtocolPolicy": "https-only", "cachePolicyId": CACHING_OPTIMIZED,
    });
    let group = json!({
        "id": "g", "failoverCriteria": {"statusCodes": [500]}, "members": [{"originId": "bucket"}, {"originId": "other"}],
    });
    assert_field_returns(
        "aliases",
        &json!(["www.example.com"]),
        "Aliases/Quantity",
        Some("0"),
    );
    assert_field_returns(
        "cacheBehaviors",
        &json!([behavior]),
        "CacheBehaviors/Quantity",
        Some("0"),
    );
    assert_field_returns(
        "customErrorResponses",
        &json!([{"errorCode": 404}]),
        "CustomErrorResponses/Quantity",
        Some("0"),
    );
    assert_field_returns(
        "originGroups",
        &json!([group]),
        "OriginGroups/Quantity",
        Some("0"),
    );
}

#[test]
fn a_removed_structure_is_disabled() {
    let logging = json!({"enabled": true, "bucket": "logs.s3.amazonaws.com", "prefix": "www/", "includeCookies": true});
    let restrictions = json!({"geoRestriction": {"restrictionType": "blacklist", "items": ["DE"]}});
    for (member, off) in [
        ("Enabled", "false"),
        ("Bucket", ""),
        ("Prefix", ""),
        ("IncludeCookies", "false"),
    ] {
        assert_field_returns("logging", &logging, &format!("Logging/{member}"), Some(off));
    }
    assert_field_returns(
        "restrictions",
        &restrictions,
        "Restrictions/GeoRestriction/RestrictionType",
        Some("none"),
    );
    assert_field_returns(
        "restrictions",
        &restrictions,
        "Restrictions/GeoRestriction/Quantity",
        Some("0"),
    );
}

#[test]
fn a_removed_field_of_a_behavior_returns_to_its_default() {
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
        assert_returns(&fields, &format!("DefaultCacheBehavior/{path}"), default);
    }
}

#[test]
fn a_removed_field_of_an_origin_returns_to_its_default() {
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
        assert_returns(&json!({"origins": [origin]}), &path, default);
    }
}

#[test]
fn a_disabled_origin_shield_equals_none() {
    let mut origin = json!({"id": "bucket", "domainName": "site.s3.amazonaws.com"});
    origin["originShield"] = json!({"enabled": false, "originShieldRegion": "eu-west-1"});
    let disabled = bucket(&json!({ "origins": [origin] }));
    let without = bucket(&json!({}));
    assert_eq!(desired(&disabled), desired(&without));
}

#[test]
fn the_default_of_a_ttl_depends_on_the_other_ttls() {
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
        let ttls = ["MinTTL", "DefaultTTL", "MaxTTL"]
            .map(|it| text(&config, &format!("DefaultCacheBehavior/{it}")).unwrap());
        assert_eq!(ttls, expected, "given {given}");
    }
}

#[test]
fn a_cache_policy_replaces_forwarded_values_and_ttls() {
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
