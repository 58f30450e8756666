//! Fields that CloudFront assigns to a distribution.

use super::{bucket_policies::BucketPolicies, key_groups::ActiveTrustedKeyGroups};
use crate::kinds::shared::trusted_signers::ActiveTrustedSigners;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The fields that CloudFront assigns to a distribution.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ObservedDistribution {
    /// ARN of the distribution.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,

    /// Status in CloudFront: `InProgress` while a change is being deployed to the edge locations, then `Deployed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,

    /// Domain name that CloudFront assigned, such as `d111111abcdef8.cloudfront.net`. It is the target of the DNS records of your
    /// domains.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain_name: Option<String>,

    /// Time of the last change of the configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified_time: Option<String>,

    /// Number of invalidations in progress.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_progress_invalidation_batches: Option<i32>,

    /// AWS accounts that can sign URLs and cookies, and their key pairs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active_trusted_signers: Option<ActiveTrustedSigners>,

    /// Key groups that can sign URLs and cookies, and their keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active_trusted_key_groups: Option<ActiveTrustedKeyGroups>,

    /// Bucket policies that let the distribution read the buckets of its origins with an origin access control, one for each S3 origin, at
    /// most 10. Add the statement of `policy` to the policy of the bucket: `aws s3api put-bucket-policy` replaces the whole policy.
    #[serde(default, skip_serializing_if = "has_no_policies")]
    pub bucket_policies: BucketPolicies,

    /// Number of bucket policies, if there are more than 10.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bucket_policy_count: Option<i64>,

    /// Internet Content Provider (ICP) registrations of the aliases in China.
    #[serde(rename = "aliasICPRecordals", skip_serializing_if = "Option::is_none")]
    pub alias_icp_recordals: Option<AliasIcpRecordals>,
}

fn has_no_policies(policies: &BucketPolicies) -> bool {
    policies.0.is_empty()
}

/// ICP registrations of aliases in China.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "AliasICPRecordal")]
#[schemars(extend("x-kubernetes-list-type" = "atomic"))]
pub struct AliasIcpRecordals(pub Vec<AliasIcpRecordal>);

/// The ICP registration of an alias in China.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AliasIcpRecordal {
    /// The alias.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cname: Option<String>,
    /// Status of the registration in CloudFront: `APPROVED`, `SUSPENDED` or `PENDING`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub icp_recordal_status: Option<String>,
}
