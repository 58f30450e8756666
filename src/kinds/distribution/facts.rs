//! What CloudFront says of a distribution beside its configuration.

use crate::kinds::shared::signers::{ActiveTrustedSigners, KeyPairIds};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What CloudFront assigns to a distribution.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Facts {
    /// ARN of the distribution.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,

    /// CloudFront's own word: `InProgress` while a change is on its way to the edges, then `Deployed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,

    /// Name under which the distribution answers, such as `d111111abcdef8.cloudfront.net`: what a DNS record of your own points to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain_name: Option<String>,

    /// When the configuration was last changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified_time: Option<String>,

    /// How many invalidations are in progress.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_progress_invalidation_batches: Option<i32>,

    /// Accounts that can sign URLs and cookies, and their key pairs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active_trusted_signers: Option<ActiveTrustedSigners>,

    /// Key groups that can sign URLs and cookies, and their keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active_trusted_key_groups: Option<ActiveTrustedKeyGroups>,

    /// State of the aliases' registration in China.
    #[serde(rename = "aliasICPRecordals", skip_serializing_if = "Option::is_none")]
    pub alias_icp_recordals: Option<AliasIcpRecordals>,
}

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

/// Registrations of aliases in China.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "AliasICPRecordal")]
#[schemars(extend("x-kubernetes-list-type" = "atomic"))]
pub struct AliasIcpRecordals(pub Vec<AliasIcpRecordal>);

/// Registration of one alias in China.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AliasIcpRecordal {
    /// The alias.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cname: Option<String>,
    /// CloudFront's word for its state: `APPROVED`, `SUSPENDED` or `PENDING`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub icp_recordal_status: Option<String>,
}
