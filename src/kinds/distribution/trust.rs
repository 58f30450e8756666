//! Who signs URLs and cookies.

use super::rules;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// AWS accounts whose CloudFront key pairs sign.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = rules::TRUSTED_SIGNERS))]
pub struct TrustedSigners {
    /// Whether a signature is needed: true exactly when `items` has entries.
    pub enabled: bool,

    /// Account numbers of twelve digits, or `self` for the account of the distribution.
    #[serde(default)]
    pub items: AwsAccountNumbers,
}

/// Account numbers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/AwsAccountNumber")]
#[schemars(extend("x-kubernetes-list-type" = "set", "maxItems" = 50))]
pub struct AwsAccountNumbers(
    #[schemars(inner(length(max = 12), regex(pattern = r"^([0-9]{12}|self)$")))] pub Vec<String>,
);

/// Key groups that sign.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = rules::TRUSTED_KEY_GROUPS))]
pub struct TrustedKeyGroups {
    /// Whether a signature is needed: true exactly when `items` has entries.
    pub enabled: bool,

    /// Ids of key groups.
    #[serde(default)]
    pub items: KeyGroupIds,
}

/// Ids of key groups.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/KeyGroup")]
#[schemars(extend("x-kubernetes-list-type" = "set", "maxItems" = 50))]
pub struct KeyGroupIds(#[schemars(inner(length(min = 1, max = 64)))] pub Vec<String>);
