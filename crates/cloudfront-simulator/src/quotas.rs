//! Account quotas. A quota has the name of the error that is returned when it is exceeded.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The default quotas in the AWS documentation. Copies of it differ; these are the most recent figures.
const DEFAULTS: [(&str, u64); 60] = [
    ("TooManyDistributions", 500),
    (STAGING_DISTRIBUTIONS, 20),
    ("TooManyContinuousDeploymentPolicies", 20),
    ("TooManyStreamingDistributions", 100),
    ("TooManyCloudFrontOriginAccessIdentities", 100),
    ("TooManyOriginAccessControls", 100),
    ("TooManyDistributionsAssociatedToOriginAccessControl", 100),
    ("TooManyCachePolicies", 20),
    ("TooManyHeadersInCachePolicy", 10),
    ("TooManyCookiesInCachePolicy", 10),
    ("TooManyQueryStringsInCachePolicy", 10),
    ("TooManyDistributionsAssociatedToCachePolicy", 100),
    ("TooManyOriginRequestPolicies", 20),
    ("TooManyHeadersInOriginRequestPolicy", 10),
    ("TooManyCookiesInOriginRequestPolicy", 10),
    ("TooManyQueryStringsInOriginRequestPolicy", 10),
    ("TooManyDistributionsAssociatedToOriginRequestPolicy", 100),
    ("TooManyResponseHeadersPolicies", 20),
    ("TooManyCustomHeadersInResponseHeadersPolicy", 10),
    ("TooManyRemoveHeadersInResponseHeadersPolicy", 10),
    ("TooManyDistributionsAssociatedToResponseHeadersPolicy", 100),
    ("TooManyPublicKeys", 10),
    ("TooManyKeyGroups", 10),
    ("TooManyPublicKeysInKeyGroup", 5),
    ("TooManyDistributionsAssociatedToKeyGroup", 100),
    ("TooManyFieldLevelEncryptionConfigs", 10),
    ("TooManyFieldLevelEncryptionProfiles", 10),
    ("TooManyFieldLevelEncryptionFieldPatterns", 10),
    ("TooManyFieldLevelEncryptionEncryptionEntities", 10),
    ("TooManyFieldLevelEncryptionQueryArgProfiles", 5),
    ("TooManyFieldLevelEncryptionContentTypeProfiles", 10),
    (
        "TooManyDistributionsAssociatedToFieldLevelEncryptionConfig",
        20,
    ),
    ("TooManyFunctions", 100),
    ("FunctionSizeLimitExceeded", 10_240),
    ("TooManyDistributionsWithFunctionAssociations", 100),
    ("TooManyRealtimeLogConfigs", 150),
    (KEY_VALUE_STORES, 200),
    (KEY_BYTES, 512),
    (VALUE_BYTES, 1024),
    (PAIR_STORE_BYTES, 5 * 1024 * 1024),
    (BATCH_KEYS, 50),
    (BATCH_BYTES, 3 * 1024 * 1024),
    ("TooManyDistributionCNAMEs", 100),
    ("TooManyStreamingDistributionCNAMEs", 10),
    ("TooManyCacheBehaviors", 75),
    ("TooManyOrigins", 100),
    ("TooManyOriginGroupsPerDistribution", 10),
    ("TooManyOriginCustomHeaders", 30),
    ("TooManyHeadersInForwardedValues", 10),
    ("TooManyCookieNamesInWhiteList", 10),
    ("TooManyQueryStringParameters", 10),
    ("TooManyTrustedSigners", 5),
    ("TooManyKeyGroupsAssociatedToDistribution", 4),
    ("TooManyFunctionAssociations", 100),
    ("TooManyLambdaFunctionAssociations", 100),
    ("InvalidOriginReadTimeout", 120),
    ("InvalidOriginKeepaliveTimeout", 120),
    ("BatchTooLarge", 3_000),
    (PATHS_IN_PROGRESS, 3_000),
    (WILDCARDS_IN_PROGRESS, 15),
];

/// Staging distributions, which also count as distributions. The error is `TooManyDistributions`.
pub(crate) const STAGING_DISTRIBUTIONS: &str = "TooManyDistributions.staging";
/// Key-value stores. The error is `EntityLimitExceeded`.
pub(crate) const KEY_VALUE_STORES: &str = "EntityLimitExceeded.keyValueStores";
/// The sizes of key-value pairs. The error is `ServiceQuotaExceededException`.
pub(crate) const KEY_BYTES: &str = "ServiceQuotaExceededException.keyBytes";
pub(crate) const VALUE_BYTES: &str = "ServiceQuotaExceededException.valueBytes";
pub(crate) const PAIR_STORE_BYTES: &str = "ServiceQuotaExceededException.storeBytes";
pub(crate) const BATCH_KEYS: &str = "ServiceQuotaExceededException.batchKeys";
pub(crate) const BATCH_BYTES: &str = "ServiceQuotaExceededException.batchBytes";
/// Paths without wildcard in progress per distribution. The error is `TooManyInvalidationsInProgress`.
pub(crate) const PATHS_IN_PROGRESS: &str = "TooManyInvalidationsInProgress.paths";
/// Wildcard paths in progress per distribution. The error is `TooManyInvalidationsInProgress`.
pub(crate) const WILDCARDS_IN_PROGRESS: &str = "TooManyInvalidationsInProgress.wildcards";

/// The quotas of one account.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Quotas(BTreeMap<String, u64>);

impl Quotas {
    /// Returns the limit. An unknown quota is unlimited.
    pub(crate) fn limit(&self, name: &str) -> u64 {
        let default = || {
            DEFAULTS
                .iter()
                .find(|(quota, _)| *quota == name)
                .map(|(_, limit)| *limit)
        };
        self.0
            .get(name)
            .copied()
            .or_else(default)
            .unwrap_or(u64::MAX)
    }

    /// Changes a limit. Returns false if no quota has this name.
    pub(crate) fn set(&mut self, name: &str, limit: u64) -> bool {
        let is_known = DEFAULTS.iter().any(|(quota, _)| *quota == name);
        if is_known {
            self.0.insert(name.to_owned(), limit);
        }
        is_known
    }

    /// Returns the limits of all quotas.
    pub(crate) fn limits(&self) -> BTreeMap<&'static str, u64> {
        DEFAULTS
            .iter()
            .map(|(name, _)| (*name, self.limit(name)))
            .collect()
    }
}
