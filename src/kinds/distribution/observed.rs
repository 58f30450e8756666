//! Fields that CloudFront assigns to a distribution.

use super::key_groups::ActiveTrustedKeyGroups;
use crate::kinds::shared::trusted_signers::ActiveTrustedSigners;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What CloudFront assigns to a distribution.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ObservedDistribution {
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
