//! Account quotas, each named by the error that exceeding it gives.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// AWS's documented limits; copies of the documentation differ in age, and the newest figures are taken.
const DOCUMENTED: [(&str, u64); 19] = [
    ("TooManyDistributions", 500),
    ("TooManyStreamingDistributions", 100),
    ("TooManyCloudFrontOriginAccessIdentities", 100),
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
    ("BatchTooLarge", 3_000),
    (PATHS_IN_PROGRESS, 3_000),
    (WILDCARDS_IN_PROGRESS, 15),
];

/// Single-file paths in progress per distribution; exceeded, it is `TooManyInvalidationsInProgress`.
pub(crate) const PATHS_IN_PROGRESS: &str = "TooManyInvalidationsInProgress.paths";
/// Wildcard paths in progress per distribution; exceeded, it is `TooManyInvalidationsInProgress`.
pub(crate) const WILDCARDS_IN_PROGRESS: &str = "TooManyInvalidationsInProgress.wildcards";

/// The quotas of one account.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Quotas(BTreeMap<String, u64>);

impl Quotas {
    /// The limit; an unknown name has none.
    pub(crate) fn limit(&self, name: &str) -> u64 {
        let documented = || {
            DOCUMENTED
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, limit)| *limit)
        };
        self.0
            .get(name)
            .copied()
            .or_else(documented)
            .unwrap_or(u64::MAX)
    }

    /// Changes a limit; false if there is no quota of that name.
    pub(crate) fn set(&mut self, name: &str, limit: u64) -> bool {
        let known = DOCUMENTED.iter().any(|(known, _)| *known == name);
        if known {
            self.0.insert(name.to_owned(), limit);
        }
        known
    }

    pub(crate) fn all(&self) -> BTreeMap<&'static str, u64> {
        DOCUMENTED
            .iter()
            .map(|(name, _)| (*name, self.limit(name)))
            .collect()
    }
}
