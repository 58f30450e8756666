//! Streaming distributions, which served media over RTMP until AWS ended RTMP on 2020-12-31. CloudFront's API still has them.
//!
//! The types have the members of CloudFront's `StreamingDistributionConfig`. Each type defines both the custom resource and the XML (see
//! [`crate::xml`]).

mod kind;
#[cfg(test)]
mod tests;

use super::{
    shared::{
        fields::{self, Aliases, PriceClass},
        rules,
        trusted_signers::{ActiveTrustedSigners, TrustedSigners},
        types,
    },
    validation::with_management,
};
use crate::engine::{LocalReference, ManagementSpec, Status};
use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A StreamingDistribution served media from an S3 bucket over RTMP. AWS ended RTMP on 2020-12-31: use a Distribution with HLS or DASH
/// instead. Adopt an existing streaming distribution to observe, change, disable or delete it. The fields are the members of CloudFront's
/// `StreamingDistributionConfig`.
#[derive(Clone, Debug, CustomResource, Serialize, Deserialize, JsonSchema)]
#[kube(
    group = "cloudfront-operator.dev",
    version = "v1alpha1",
    kind = "StreamingDistribution",
    shortname = "cfsd",
    category = "cloudfront",
    namespaced,
    status = "Status<ObservedStreamingDistribution>",
    printcolumn(name = "Domain", type_ = "string", json_path = ".status.domainName"),
    printcolumn(name = "Enabled", type_ = "boolean", json_path = ".spec.enabled"),
    printcolumn(name = "ID", type_ = "string", json_path = ".status.id", priority = 1),
    printcolumn(
        name = "Aliases",
        type_ = "string",
        json_path = ".spec.aliases",
        priority = 1
    )
)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = with_management(&[])))]
pub struct StreamingDistributionSpec {
    /// The configuration in CloudFront.
    #[serde(flatten)]
    pub config: StreamingDistributionConfig,

    /// Tags of the streaming distribution in AWS, at most 50. The create request sets them, and the operator applies later changes. Tags
    /// that other clients set are kept. Default: none. See
    /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/tagging.html>.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend(
        "maxProperties" = 50,
        "additionalProperties" = {"type": "string", "maxLength": 256},
        "x-kubernetes-validations" = rules::TAGS
    ))]
    pub tags: BTreeMap<String, String>,

    /// The operator's policies.
    #[serde(flatten)]
    pub management: ManagementSpec,
}

/// CloudFront's `StreamingDistributionConfig` without `CallerReference`, which the engine sets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StreamingDistributionConfig {
    /// S3 bucket with the media files.
    pub s3_origin: S3Origin,

    /// Alternate domain names (CNAMEs) of the streaming distribution, beside its `cloudfront.net` name. A name can belong to one
    /// distribution only. CloudFront's quota is 10, unless raised. Default: none. See
    /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html#alternate-domain-names-move>.
    #[serde(default)]
    #[schemars(transform = types::without_default)]
    pub aliases: Aliases,

    /// Comment for people, shown in the CloudFront console: at most 128 characters. Default: empty.
    #[serde(default)]
    #[schemars(length(max = 128), extend("x-kubernetes-validations" = rules::COMMENT))]
    pub comment: String,

    /// Access logs in an S3 bucket. Amazon S3 charges for their storage. Default: off.
    pub logging: Option<StreamingLogging>,

    /// AWS accounts that can sign URLs. Viewers then need a signed URL. Default: none; no signature is required. See
    /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/PrivateContent.html>.
    pub trusted_signers: Option<TrustedSigners>,

    /// Edge locations that serve the streaming distribution. Fewer edge locations cost less, and have a higher latency for some viewers.
    /// Default: `PriceClass_All`. See <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/PriceClass.html>.
    #[serde(default)]
    pub price_class: PriceClass,

    /// Enables the streaming distribution to answer requests. A change takes minutes to reach all edge locations. Default: true.
    #[serde(default = "fields::default_enabled")]
    pub enabled: bool,
}

/// An S3 bucket with media files.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = rules::S3_ORIGIN))]
pub struct S3Origin {
    /// Domain name of the bucket, such as `media.s3.amazonaws.com`, without scheme and path.
    #[schemars(length(min = 1, max = 253), extend("x-kubernetes-validations" = rules::ORIGIN_HOST_NAME))]
    pub domain_name: String,

    /// Origin access identity (OAI) that reads the bucket: `origin-access-identity/cloudfront/` followed by its ID. At most one of
    /// `originAccessIdentity` and `originAccessIdentityRef` is allowed. Default: none, for a public bucket.
    #[schemars(
        length(max = 128),
        extend("x-kubernetes-validations" = rules::IDENTITY_PATH)
    )]
    pub origin_access_identity: Option<String>,

    /// OriginAccessIdentity object in the same namespace that reads the bucket. The streaming distribution waits until that object is
    /// ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin_access_identity_ref: Option<LocalReference>,
}

/// Access logs of a streaming distribution.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = rules::LOGGING))]
pub struct StreamingLogging {
    /// Writes access logs to `bucket`. Default: false.
    #[serde(default)]
    pub enabled: bool,

    /// S3 bucket for the log files, such as `logs.s3.amazonaws.com`. The operator completes a bare bucket name to that form. Required if
    /// `enabled` is true. Default: empty.
    #[serde(default)]
    #[schemars(length(max = 253), extend("x-kubernetes-validations" = rules::LOG_BUCKET))]
    pub bucket: String,

    /// Prefix of the names of log files, such as `media/`. Default: empty.
    #[serde(default)]
    #[schemars(length(max = 256))]
    pub prefix: String,
}

/// The fields that CloudFront assigns to a streaming distribution.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ObservedStreamingDistribution {
    /// ARN of the streaming distribution.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,

    /// Status in CloudFront: `InProgress` while a change is being deployed to the edge locations, then `Deployed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,

    /// Time of the last change of the configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified_time: Option<String>,

    /// Domain name that CloudFront assigned, such as `s5c39gqb8ow64r.cloudfront.net`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain_name: Option<String>,

    /// AWS accounts that can sign URLs, and their key pairs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active_trusted_signers: Option<ActiveTrustedSigners>,
}

impl StreamingDistributionConfig {
    /// Adds the defaults of whole structures. An update then has every field, and a field that is removed from the spec returns to its
    /// default.
    fn apply_defaults(&mut self) {
        fields::normalize_bucket(&mut self.logging.get_or_insert_default().bucket);
        self.trusted_signers.get_or_insert_default();
        // CloudFront requires this element for a public bucket too.
        self.s3_origin
            .origin_access_identity
            .get_or_insert_default();
    }
}
