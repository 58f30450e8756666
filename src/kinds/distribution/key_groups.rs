//! Key groups that sign URLs and cookies, in `spec` and in `status`.

use super::rules;
use crate::{engine::LocalReferences, kinds::shared::trusted_signers::KeyPairIds};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Key groups that can sign URLs and cookies.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = rules::TRUSTED_KEY_GROUPS))]
pub struct TrustedKeyGroups {
    /// Requires a signature. It must be true if `items` or `itemRefs` has entries, and false otherwise.
    pub enabled: bool,

    /// IDs of key groups. Default: none.
    #[serde(default)]
    pub items: KeyGroupIds,

    /// `KeyGroup` objects in the same namespace, in addition to the groups of `items`. CloudFront's quota is 4 groups, unless raised.
    /// Default: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item_refs: Option<LocalReferences>,
}

/// IDs of key groups.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/KeyGroup")]
#[schemars(extend("x-kubernetes-list-type" = "set", "maxItems" = 50))]
pub struct KeyGroupIds(#[schemars(inner(length(min = 1, max = 64)))] pub Vec<String>);

/// Key groups that can sign.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ActiveTrustedKeyGroups {
    /// True if at least one key group can sign.
    pub enabled: bool,
    /// The key groups that can sign.
    #[serde(default)]
    pub items: KeyGroups,
}

/// Key groups that can sign.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/KeyGroup")]
#[schemars(extend("x-kubernetes-list-type" = "atomic"))]
pub struct KeyGroups(pub Vec<KeyGroup>);

/// A key group that can sign.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct KeyGroup {
    /// ID of the key group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_group_id: Option<String>,
    /// IDs of the keys of the group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_pair_ids: Option<KeyPairIds>,
}
