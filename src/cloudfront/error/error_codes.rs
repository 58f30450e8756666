//! The table of codes: all that the service model of 2026 lists, and those that only its users have seen.

use super::ErrorClass;

/// Each class with its codes, separated by blanks. Codes that are absent are judged by their HTTP status.
pub(in crate::cloudfront) const TABLE: &[(ErrorClass, &str)] = &[
    (ErrorClass::TransientRefusal, "InvalidViewerCertificate"),
    (
        ErrorClass::Conflict,
        "InvalidIfMatchVersion PreconditionFailed",
    ),
    (ErrorClass::Throttled, THROTTLED),
    (ErrorClass::Unreachable, UNREACHABLE),
    (ErrorClass::Denied, DENIED),
    (ErrorClass::NotFound, NOT_FOUND),
    (ErrorClass::MissingDependency, MISSING),
    (ErrorClass::AlreadyExists, ALREADY_EXISTS),
    (ErrorClass::InUse, IN_USE),
    (ErrorClass::Terminal, TERMINAL),
    (ErrorClass::Terminal, QUOTAS),
];

/// AWS's SDKs slow down on these, whatever the status: CloudFront's own `Throttling` is a 400.
const THROTTLED: &str = "
    BandwidthLimitExceeded LimitExceededException PriorRequestNotComplete RequestLimitExceeded RequestThrottled
    RequestThrottledException SlowDown ThrottledException Throttling ThrottlingException TooManyRequests TooManyRequestsException
";

const UNREACHABLE: &str = "
    InternalError InternalFailure InternalServerError InternalServiceError RequestTimeout RequestTimeoutException
    ServiceUnavailable ServiceUnavailableException
";

/// What SigV4 services answer to bad credentials or missing permissions, beside CloudFront's own `AccessDenied`.
const DENIED: &str = "
    AccessDenied AccessDeniedException ExpiredToken ExpiredTokenException IncompleteSignature InvalidAccessKeyId
    InvalidClientTokenId InvalidSignatureException InvalidToken MissingAuthenticationToken MissingAuthenticationTokenException
    NotAuthorized NotSignedUp OptInRequired RequestExpired RequestTimeTooSkewed SignatureDoesNotMatch UnauthorizedAccess
    UnauthorizedOperation UnrecognizedClientException
";

/// Each becomes [`ErrorClass::MissingDependency`] when the call was about something else.
const NOT_FOUND: &str = "
    EntityNotFound NoSuchCachePolicy NoSuchCloudFrontOriginAccessIdentity NoSuchContinuousDeploymentPolicy NoSuchDistribution
    NoSuchFieldLevelEncryptionConfig NoSuchFieldLevelEncryptionProfile NoSuchFunctionExists NoSuchInvalidation
    NoSuchMonitoringSubscription NoSuchOriginAccessControl NoSuchOriginRequestPolicy NoSuchPublicKey NoSuchRealtimeLogConfig
    NoSuchResource NoSuchResponseHeadersPolicy NoSuchStreamingDistribution
";

/// `InvalidOrigin` is also an S3 bucket that is not there yet (aws-controllers-k8s/community#2185).
const MISSING: &str = "
    InvalidOrigin InvalidOriginAccessControl InvalidOriginAccessIdentity NoSuchOrigin TrustedKeyGroupDoesNotExist TrustedSignerDoesNotExist
";

/// `InvalidationBatchAlreadyExists` is documented and was never seen. `CNAMEAlreadyExists` is not here: another owner has the name.
const ALREADY_EXISTS: &str = "
    CachePolicyAlreadyExists CloudFrontOriginAccessIdentityAlreadyExists ContinuousDeploymentPolicyAlreadyExists DistributionAlreadyExists
    EntityAlreadyExists FieldLevelEncryptionConfigAlreadyExists FieldLevelEncryptionProfileAlreadyExists FunctionAlreadyExists
    InvalidationBatchAlreadyExists KeyGroupAlreadyExists MonitoringSubscriptionAlreadyExists OriginAccessControlAlreadyExists
    OriginRequestPolicyAlreadyExists PublicKeyAlreadyExists RealtimeLogConfigAlreadyExists ResponseHeadersPolicyAlreadyExists
    StreamingDistributionAlreadyExists
";

/// Waiting helps: others let go, a deployment ends, an invalidation completes.
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

/// Quotas: only AWS, asked by a person, can raise them.
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
    TooManyPublicKeys TooManyPublicKeysInKeyGroup TooManyQueryStringParameters TooManyQueryStringsInCachePolicy
    TooManyQueryStringsInOriginRequestPolicy TooManyRealtimeLogConfigs TooManyRemoveHeadersInResponseHeadersPolicy
    TooManyResponseHeadersPolicies TooManyStreamingDistributionCNAMEs TooManyStreamingDistributions TooManyTrustedSigners
";
