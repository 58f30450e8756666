//! An update has every field that CloudFront requires.

use super::{at, bucket, desired, read_back, sent};
use serde_json::json;

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
