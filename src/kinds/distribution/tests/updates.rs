//! An update says all that an update must.

use super::{at, bucket, desired, read_back, sent};
use serde_json::json;

/// What `UpdateDistribution` requires beyond `CreateDistribution`: the developer guide's list of required fields, and members
/// whose absence live updates were refused for.
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
fn an_update_says_all_that_an_update_must() {
    let sent = sent(
        &bucket(&json!({"comment": "edited"})),
        &read_back::of_a_bucket(),
    );
    for path in REQUIRED {
        assert!(at(&sent, path).is_some(), "{path} is missing");
    }
}

#[test]
fn an_update_says_it_by_itself_where_cloudfront_answered_nothing() {
    let alone = desired(&bucket(&json!({})));
    // The first is the engine's; the second is unmanaged, and always answered.
    let others = ["CallerReference", "WebACLId"];
    for path in REQUIRED.iter().filter(|path| !others.contains(path)) {
        assert!(at(&alone, path).is_some(), "{path} is missing");
    }
}

#[test]
fn an_update_of_a_server_says_its_timeouts() {
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
