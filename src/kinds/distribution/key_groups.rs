//! Key groups that sign URLs and cookies, in `spec` and in `status`.

use super::rules;
use crate::kinds::shared::trusted_signers::KeyPairIds;
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

/// Key groups that can sign.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ActiveTrustedKeyGroups {
    /// Whether any can.
    pub enabled: bool,
    /// The key groups.
    #[serde(default)]
    pub items: KeyGroups,
}

/// Key groups that can sign.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/KeyGroup")]
#[schemars(extend("x-kubernetes-list-type" = "atomic"))]
pub struct KeyGroups(pub Vec<KeyGroup>);

/// One key group that can sign.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct KeyGroup {
    /// Id of the key group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_group_id: Option<String>,
    /// Its keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_pair_ids: Option<KeyPairIds>,
}
