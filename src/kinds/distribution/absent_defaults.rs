//! Defaults of members that CloudFront may leave out of a response.

/// The members with their defaults, as in [`Hooks::absent_defaults`](crate::engine::Hooks::absent_defaults).
pub(super) const ABSENT_DEFAULTS: &[(&str, &str)] = &[
    ("enabled", "true"),
    ("priceClass", "PriceClass_All"),
    ("httpVersion", "http2"),
    ("isIPV6Enabled", "false"),
    ("restrictions", "{geoRestriction: {restrictionType: none}}"),
    ("viewerCertificate", "{cloudFrontDefaultCertificate: true}"),
    ("viewerCertificate.minimumProtocolVersion", "TLSv1"),
    ("viewerMtlsConfig.mode", "required"),
    (
        "viewerMtlsConfig.trustStoreConfig.advertiseTrustStoreCaNames",
        "false",
    ),
    (
        "viewerMtlsConfig.trustStoreConfig.ignoreCertificateExpiry",
        "false",
    ),
    ("logging.includeCookies", "false"),
    ("customErrorResponses[].errorCachingMinTTL", "10"),
    ("origins[].connectionAttempts", "3"),
    ("origins[].connectionTimeout", "10"),
    ("origins[].s3OriginConfig.originReadTimeout", "30"),
    ("origins[].customOriginConfig.httpPort", "80"),
    ("origins[].customOriginConfig.httpsPort", "443"),
    (
        "origins[].customOriginConfig.originSslProtocols",
        "[SSLv3, TLSv1]",
    ),
    ("origins[].customOriginConfig.originReadTimeout", "30"),
    ("origins[].customOriginConfig.originKeepaliveTimeout", "5"),
    ("origins[].vpcOriginConfig.originReadTimeout", "30"),
    ("origins[].vpcOriginConfig.originKeepaliveTimeout", "5"),
    (
        "defaultCacheBehavior.allowedMethods",
        "{items: [HEAD, GET], cachedMethods: [HEAD, GET]}",
    ),
    (
        "defaultCacheBehavior.allowedMethods.cachedMethods",
        "[HEAD, GET]",
    ),
    ("defaultCacheBehavior.smoothStreaming", "false"),
    ("defaultCacheBehavior.compress", "false"),
    (
        "defaultCacheBehavior.lambdaFunctionAssociations[].includeBody",
        "false",
    ),
    ("defaultCacheBehavior.minTTL", "0"),
    ("defaultCacheBehavior.defaultTTL", "86400"),
    ("defaultCacheBehavior.maxTTL", "31536000"),
    (
        "cacheBehaviors[].allowedMethods",
        "{items: [HEAD, GET], cachedMethods: [HEAD, GET]}",
    ),
    (
        "cacheBehaviors[].allowedMethods.cachedMethods",
        "[HEAD, GET]",
    ),
    ("cacheBehaviors[].smoothStreaming", "false"),
    ("cacheBehaviors[].compress", "false"),
    (
        "cacheBehaviors[].lambdaFunctionAssociations[].includeBody",
        "false",
    ),
    ("cacheBehaviors[].minTTL", "0"),
    ("cacheBehaviors[].defaultTTL", "86400"),
    ("cacheBehaviors[].maxTTL", "31536000"),
];
