//! Streaming distributions, which served media over RTMP until AWS ended that on 2020-12-31. CloudFront's API still has them.
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

/// Served media from an S3 bucket over RTMP, until AWS ended that on 2020-12-31: use a Distribution instead, with HLS or DASH. What
/// an account still has can be adopted here, to be observed, changed, disabled or deleted. The members are those of CloudFront's own
/// StreamingDistributionConfig.
#[derive(Clone, Debug, CustomResource, Serialize, Deserialize, JsonSchema)]
#[kube(
    group = "cloudfront-operator.dev",
    version = "v1alpha1",
    kind = "StreamingDistribution",
    shortname = "cfsd",
    category = "cloudfront",
    namespaced,
    status = "Status<ObservedStreamingDistribution>",
    printcolumn(
        name = "Ready",
        type_ = "string",
        json_path = ".status.conditions[?(@.type=='Ready')].status"
    ),
    printcolumn(
        name = "Status",
        type_ = "string",
        json_path = ".status.conditions[?(@.type=='Ready')].reason",
        description = "How the resource is, in the word of condition Ready: InSync, Deploying, Suspended, Drifted, Retiring and so on."
    ),
    printcolumn(name = "Domain", type_ = "string", json_path = ".status.domainName"),
    printcolumn(name = "Enabled", type_ = "boolean", json_path = ".spec.enabled"),
    printcolumn(
        name = "Age",
        type_ = "date",
        json_path = ".metadata.creationTimestamp"
    ),
    printcolumn(name = "ID", type_ = "string", json_path = ".status.id", priority = 1),
    printcolumn(
        name = "Aliases",
        type_ = "string",
        json_path = ".spec.aliases",
        priority = 1
    ),
    printcolumn(
        name = "ETag",
        type_ = "string",
        json_path = ".status.etag",
        priority = 1
    ),
    printcolumn(
        name = "Reason",
        type_ = "string",
        json_path = ".status.conditions[?(@.type=='Synced')].reason",
        description = "What came of the last pass, in the word of condition Synced: CloudFront's own code where it refuses.",
        priority = 1
    )
)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = with_management(&rules::TAGS)))]
pub struct StreamingDistributionSpec {
    /// What CloudFront is configured with.
    #[serde(flatten)]
    pub config: StreamingDistributionConfig,

    /// Tags of the streaming distribution in AWS, at most 50. They are set by the create call itself and kept in step afterwards;
    /// tags that others put on it stay.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("maxProperties" = 50, "additionalProperties" = {"type": "string", "maxLength": 256}))]
    pub tags: BTreeMap<String, String>,

    /// The operator's own fields.
    #[serde(flatten)]
    pub management: ManagementSpec,
}

/// CloudFront's `StreamingDistributionConfig` without `CallerReference`, which is the engine's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StreamingDistributionConfig {
    /// Bucket that holds the media files.
    pub s3_origin: S3Origin,

    /// Domain names of your own under which the streaming distribution answers, besides its `cloudfront.net` name. Each can belong
    /// to one distribution only. Default: none.
    #[serde(default)]
    #[schemars(transform = types::without_default)]
    pub aliases: Aliases,

    /// Text for people, of at most 128 characters, shown in CloudFront's console. Default: empty.
    #[serde(default)]
    #[schemars(length(max = 128), extend("x-kubernetes-validations" = rules::COMMENT))]
    pub comment: String,

    /// Access logs to an S3 bucket. Default: off.
    pub logging: Option<StreamingLogging>,

    /// Accounts whose signature a viewer's URL needs. Default: none is needed.
    pub trusted_signers: Option<TrustedSigners>,

    /// Which of CloudFront's edge locations serve the streaming distribution: fewer cost less and are farther from some viewers.
    /// Default: `PriceClass_All`.
    #[serde(default)]
    pub price_class: PriceClass,

    /// Whether the streaming distribution answers requests. A change takes minutes to reach every edge. Default: true.
    #[serde(default = "fields::default_enabled")]
    pub enabled: bool,
}

/// An S3 bucket that media are streamed from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = rules::S3_ORIGIN))]
pub struct S3Origin {
    /// Host name of the bucket, as in `media.s3.amazonaws.com`; without scheme and path.
    #[schemars(length(min = 1, max = 253), regex(pattern = r"^[^/:\s]+$"))]
    pub domain_name: String,

    /// Origin access identity that reads the bucket, as `origin-access-identity/cloudfront/` and its id; at most one of this and
    /// `originAccessIdentityRef`. Default: none, for a public bucket.
    #[schemars(
        length(max = 128),
        regex(pattern = r"^(origin-access-identity/cloudfront/[A-Za-z0-9_-]+)?$")
    )]
    pub origin_access_identity: Option<String>,

    /// OriginAccessIdentity object of the same namespace that reads the bucket; the streaming distribution waits until it is ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin_access_identity_ref: Option<LocalReference>,
}

/// Access logs of streams.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = rules::LOGGING))]
pub struct StreamingLogging {
    /// Whether requests are logged to `bucket`. Default: false.
    #[serde(default)]
    pub enabled: bool,

    /// S3 bucket for the logs, as in `logs.s3.amazonaws.com`; a bare bucket name is completed to that. Needed when logging is on.
    /// Default: empty.
    #[serde(default)]
    #[schemars(length(max = 253))]
    pub bucket: String,

    /// What the names of log files begin with, such as `media/`. Default: empty.
    #[serde(default)]
    #[schemars(length(max = 256))]
    pub prefix: String,
}

/// What CloudFront assigns to a streaming distribution.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ObservedStreamingDistribution {
    /// ARN of the streaming distribution.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,

    /// CloudFront's own word: `InProgress` while a change is on its way to the edges, then `Deployed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,

    /// When the configuration was last changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified_time: Option<String>,

    /// Name under which the streaming distribution answers, such as `s5c39gqb8ow64r.cloudfront.net`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain_name: Option<String>,

    /// Accounts that can sign URLs, and their key pairs.
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
