//! Invalidations, which remove objects from CloudFront's caches before they expire.

mod kind;
mod queue;
mod rules;

use super::shared::parent::DISTRIBUTION_ID;
use crate::engine::{LocalReference, Status};
use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An Invalidation removes objects from the caches of a distribution before they expire, once. It waits until the distribution is
/// deployed, and queues behind earlier Invalidations of the same distribution. Condition `Complete` becomes true when CloudFront has
/// finished. Deleting the object does not undo the invalidation. See
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Invalidation.html>.
#[derive(Clone, Debug, CustomResource, Serialize, Deserialize, JsonSchema)]
#[kube(
    group = "cloudfront-operator.dev",
    version = "v1alpha1",
    kind = "Invalidation",
    shortname = "cfinv",
    category = "cloudfront",
    namespaced,
    status = "Status<ObservedInvalidation>",
    printcolumn(
        name = "Distribution",
        type_ = "string",
        json_path = ".spec.distributionRef.name"
    ),
    printcolumn(
        name = "Status",
        type_ = "string",
        json_path = ".status.conditions[?(@.type=='Ready')].reason",
        description = "Reason of condition Ready, the progress of the invalidation: ReferenceNotReady, Queued, Deploying, Completed and so on."
    ),
    printcolumn(
        name = "Paths",
        type_ = "integer",
        json_path = ".status.pathCount",
        description = "Number of paths, wildcards and cache tags that CloudFront accepted."
    ),
    printcolumn(
        name = "Age",
        type_ = "date",
        json_path = ".metadata.creationTimestamp"
    ),
    printcolumn(name = "ID", type_ = "string", json_path = ".status.id", priority = 1),
    printcolumn(
        name = "DistributionID",
        type_ = "string",
        json_path = ".spec.distributionId",
        priority = 1
    ),
    printcolumn(
        name = "First Path",
        type_ = "string",
        json_path = ".spec.paths[0]",
        priority = 1
    )
)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = rules::SPEC))]
pub struct InvalidationSpec {
    /// Distribution object in the same namespace. Exactly one of `distributionRef` and `distributionId` is required.
    pub distribution_ref: Option<LocalReference>,

    /// ID of a distribution in CloudFront. If an object of another namespace manages the distribution, the invalidation fails with reason
    /// `OwnershipConflict` and is not sent.
    #[schemars(length(min = 1, max = 64), extend("x-kubernetes-validations" = DISTRIBUTION_ID))]
    pub distribution_id: Option<String>,

    /// Items to remove from the caches, at most 3,000. A path, such as `/index.html`, removes one object. A wildcard, such as
    /// `/images/*`, removes all paths that begin with its text; at most 15 are allowed. A cache tag, such as `#release-7`, requires
    /// `cacheTagConfig` in the distribution. AWS charges 0.005 USD for each item beyond 1,000 a month; a wildcard or a tag counts as one
    /// item. See <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Invalidation.html#invalidation-specifying-objects>.
    pub paths: Paths,

    /// Seconds until the operator deletes this object after the invalidation completed or failed, at most 31,536,000 (one year). Default:
    /// never.
    #[schemars(range(min = 0, max = 31_536_000))]
    pub ttl_seconds_after_finished: Option<i32>,
}

/// Paths, wildcard paths and cache tags.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/Path")]
#[schemars(extend(
    "minItems" = 1,
    "maxItems" = 3000,
    "x-kubernetes-list-type" = "set",
    "x-kubernetes-validations" = rules::PATHS
))]
pub struct Paths(pub Vec<Path>);

/// A path or wildcard as in a URL, percent-encoded where necessary, or a cache tag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(extend("minLength" = 1, "maxLength" = 2048, "x-kubernetes-validations" = rules::PATH))]
pub struct Path(pub String);

/// The fields that CloudFront assigns to an invalidation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ObservedInvalidation {
    /// Status in CloudFront: `InProgress` or `Completed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,

    /// Time when CloudFront accepted the invalidation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub create_time: Option<String>,

    /// Number of paths, wildcards and cache tags that CloudFront accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path_count: Option<i64>,
}
