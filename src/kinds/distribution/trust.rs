//! Keys whose signature opens URLs and cookies.

use super::rules;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Key groups that sign.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = rules::TRUSTED_KEY_GROUPS))]
pub struct TrustedKeyGroups {
    /// Whether a signature is needed: true exactly when `items` has entries.
    pub enabled: bool,

    /// Ids of key groups. Default: none.
    #[serde(default)]
    pub items: KeyGroupIds,
}

/// Ids of key groups.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/KeyGroup")]
#[schemars(extend("x-kubernetes-list-type" = "set", "maxItems" = 50))]
pub struct KeyGroupIds(#[schemars(inner(length(min = 1, max = 64)))] pub Vec<String>);
