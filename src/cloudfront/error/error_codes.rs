//! The table of error codes: those in the AWS service model of 2026, and those that only users have reported.

use super::ErrorClass;

/// Each class with its codes, separated by white space. The HTTP status decides about codes that are not listed.
const TABLE: &[(ErrorClass, &str)] = &[
    (ErrorClass::TransientRefusal, "InvalidViewerCertificate"),
    (
        ErrorClass::Conflict,
        "ConflictException InvalidIfMatchVersion PreconditionFailed",
    ),
    (ErrorClass::Throttled, THROTTLED),
    (ErrorClass::Unreachable, UNREACHABLE),
    (ErrorClass::AccessDenied, DENIED),
    (ErrorClass::NotFound, NOT_FOUND),
    (ErrorClass::MissingDependency, MISSING_DEPENDENCY),
    (ErrorClass::AlreadyExists, ALREADY_EXISTS),
    (ErrorClass::InUse, IN_USE),
    (ErrorClass::Terminal, TERMINAL),
    (ErrorClass::Terminal, QUOTAS),
];

/// Returns every code in the table with its class. For a "not found" code, [`ErrorClass::MissingDependency`] applies where the code does
/// not refer to the target of the operation.
pub fn error_codes() -> impl Iterator<Item = (&'static str, ErrorClass)> {
    TABLE
        .iter()
        .flat_map(|(class, codes)| codes.split_whitespace().map(|code| (code, *class)))
}

/// Looks a code up in the table. Returns it with a static lifetime, for use as a metric label, and with its class.
pub(super) fn find(code: &str) -> Option<(&'static str, ErrorClass)> {
    error_codes().find(|(known, _)| *known == code)
}

/// Returns whether a code of a refused request is about the credentials or the clock, not about the permission for one operation.
pub(super) fn is_about_credentials(code: &str) -> bool {
    const PERMISSIONS: [&str; 5] = [
        "AccessDenied",
        "AccessDeniedException",
        "NotAuthorized",
        "UnauthorizedAccess",
        "UnauthorizedOperation",
    ];
    DENIED.split_whitespace().any(|it| it == code) && !PERMISSIONS.contains(&code)
}

/// AWS's SDKs reduce their rate on these codes, regardless of the HTTP status: CloudFront's own `Throttling` has status 400.
const THROTTLED: &str = "
    BandwidthLimitExceeded LimitExceededException PriorRequestNotComplete RequestLimitExceeded RequestThrottled
    RequestThrottledException SlowDown ThrottledException Throttling ThrottlingException TooManyRequests TooManyRequestsException
";

const UNREACHABLE: &str = "
    InternalError InternalFailure InternalServerError InternalServerException InternalServiceError RequestTimeout RequestTimeoutException
    ServiceUnavailable ServiceUnavailableException
";

/// Codes of SigV4 services for invalid credentials or missing permissions, and CloudFront's own `AccessDenied`.
const DENIED: &str = "
    AccessDenied AccessDeniedException ExpiredToken ExpiredTokenException IncompleteSignature InvalidAccessKeyId
    InvalidClientTokenId InvalidSignatureException InvalidToken MissingAuthenticationToken MissingAuthenticationTokenException
    NotAuthorized NotSignedUp OptInRequired RequestExpired RequestTimeTooSkewed SignatureDoesNotMatch UnauthorizedAccess
    UnauthorizedOperation UnrecognizedClientException
";

/// Each becomes [`ErrorClass::MissingDependency`] if the operation has another target.
const NOT_FOUND: &str = "
    EntityNotFound NoSuchCachePolicy NoSuchCloudFrontOriginAccessIdentity NoSuchContinuousDeploymentPolicy NoSuchDistribution
    NoSuchFieldLevelEncryptionConfig NoSuchFieldLevelEncryptionProfile NoSuchFunctionExists NoSuchInvalidation
    NoSuchMonitoringSubscription NoSuchOriginAccessControl NoSuchOriginRequestPolicy NoSuchPublicKey NoSuchRealtimeLogConfig
    NoSuchResource NoSuchResponseHeadersPolicy NoSuchStreamingDistribution ResourceNotFoundException
";

/// `InvalidOrigin` is also returned for an S3 bucket that does not exist yet (aws-controllers-k8s/community#2185).
const MISSING_DEPENDENCY: &str = "
    InvalidOrigin InvalidOriginAccessControl InvalidOriginAccessIdentity NoSuchOrigin TrustedKeyGroupDoesNotExist TrustedSignerDoesNotExist
";

/// `InvalidationBatchAlreadyExists` is documented, but has not been observed. `CNAMEAlreadyExists` is terminal: another distribution has the name.
const ALREADY_EXISTS: &str = "
    CachePolicyAlreadyExists CloudFrontOriginAccessIdentityAlreadyExists ContinuousDeploymentPolicyAlreadyExists DistributionAlreadyExists
    EntityAlreadyExists FieldLevelEncryptionConfigAlreadyExists FieldLevelEncryptionProfileAlreadyExists FunctionAlreadyExists
    InvalidationBatchAlreadyExists KeyGroupAlreadyExists MonitoringSubscriptionAlreadyExists OriginAccessControlAlreadyExists
    OriginRequestPolicyAlreadyExists PublicKeyAlreadyExists RealtimeLogConfigAlreadyExists ResponseHeadersPolicyAlreadyExists
    StreamingDistributionAlreadyExists
";

/// These pass by themselves: a user of the resource is removed, a deployment finishes, or an invalidation completes.
const IN_USE: &str = "
    CachePolicyInUse CannotDeleteEntityWhileInUse CannotUpdateEntityWhileInUse CloudFrontOriginAccessIdentityInUse
    ContinuousDeploymentPolicyInUse DistributionNotDisabled FieldLevelEncryptionConfigInUse FieldLevelEncryptionProfileInUse
    FunctionInUse OriginAccessControlInUse OriginRequestPolicyInUse PublicKeyInUse RealtimeLogConfigInUse ResourceInUse
    ResourceNotDisabled ResponseHeadersPolicyInUse StagingDistributionInUse StreamingDistributionNotDisabled
    TooManyInvalidationsInProgress
";

const TERMINAL: &str = "
    BatchTooLarge CNAMEAlreadyExists CannotChangeImmutablePublicKeyFields EntityLimitExceeded EntitySizeLimitExceeded
    FieldLevelEncryptionProfileSizeExceeded FunctionSizeLimitExceeded IllegalDelete
    IllegalFieldLevelEncryptionConfigAssociationWithCacheBehavior IllegalOriginAccessConfiguration IllegalUpdate InconsistentQuantities
    InvalidArgument InvalidAssociation InvalidDefaultRootObject InvalidDomainNameForOriginAccessControl InvalidErrorCode
    InvalidForwardCookies InvalidFunctionAssociation InvalidGeoRestrictionParameter InvalidHeadersForS3Origin
    InvalidLambdaFunctionAssociation InvalidLocationCode InvalidMinimumProtocolVersion InvalidOriginKeepaliveTimeout
    InvalidOriginReadTimeout InvalidProtocolSettings InvalidQueryStringParameters InvalidRelativePath InvalidRequiredProtocol
    InvalidResponseCode InvalidTTLOrder InvalidTagging InvalidURI InvalidWebACLId MalformedInput MalformedXML MissingBody
    QueryArgProfileEmpty RealtimeLogConfigOwnerMismatch TestFunctionFailed TooLongCSPInResponseHeadersPolicy UnsupportedOperation
    ValidationError ValidationException
";

/// Exceeded quotas. AWS raises them on request.
const QUOTAS: &str = "
    TooManyCacheBehaviors TooManyCachePolicies TooManyCertificates TooManyCloudFrontOriginAccessIdentities
    TooManyContinuousDeploymentPolicies TooManyCookieNamesInWhiteList TooManyCookiesInCachePolicy TooManyCookiesInOriginRequestPolicy
    TooManyCustomHeadersInResponseHeadersPolicy TooManyDistributionCNAMEs TooManyDistributions
    TooManyDistributionsAssociatedToCachePolicy TooManyDistributionsAssociatedToFieldLevelEncryptionConfig
    TooManyDistributionsAssociatedToKeyGroup TooManyDistributionsAssociatedToOriginAccessControl
    TooManyDistributionsAssociatedToOriginRequestPolicy TooManyDistributionsAssociatedToResponseHeadersPolicy
    TooManyDistributionsWithFunctionAssociations TooManyDistributionsWithLambdaAssociations TooManyDistributionsWithSingleFunctionARN
    TooManyFieldLevelEncryptionConfigs TooManyFieldLevelEncryptionContentTypeProfiles TooManyFieldLevelEncryptionEncryptionEntities
    TooManyFieldLevelEncryptionFieldPatterns TooManyFieldLevelEncryptionProfiles TooManyFieldLevelEncryptionQueryArgProfiles
    TooManyFunctionAssociations TooManyFunctions TooManyHeadersInCachePolicy TooManyHeadersInForwardedValues
    TooManyHeadersInOriginRequestPolicy TooManyKeyGroups TooManyKeyGroupsAssociatedToDistribution TooManyLambdaFunctionAssociations
    TooManyOriginAccessControls TooManyOriginCustomHeaders TooManyOriginGroupsPerDistribution TooManyOriginRequestPolicies TooManyOrigins
    ServiceQuotaExceededException TooManyPublicKeys TooManyPublicKeysInKeyGroup TooManyQueryStringParameters TooManyQueryStringsInCachePolicy
    TooManyQueryStringsInOriginRequestPolicy TooManyRealtimeLogConfigs TooManyRemoveHeadersInResponseHeadersPolicy
    TooManyResponseHeadersPolicies TooManyStreamingDistributionCNAMEs TooManyStreamingDistributions TooManyTrustedSigners
";
