//! Invalidations, which remove objects from CloudFront's caches before they expire.

mod kind;
mod queue;
mod rules;

use crate::engine::{LocalReference, Status};
use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Takes objects out of a distribution's caches, once. It waits until the distribution is deployed, queues behind earlier ones of the
/// same distribution, and is `Complete` when CloudFront says so. Deleting it never takes an invalidation back.
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
        description = "How far it is, in the word of condition Ready: ReferenceNotReady, Queued, Deploying, Completed and so on."
    ),
    printcolumn(
        name = "Paths",
        type_ = "integer",
        json_path = ".status.pathCount",
        description = "How many paths, wildcards and tags CloudFront has taken."
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
    /// The Distribution object, in the same namespace, whose caches are cleared. Exactly one of this and `distributionId` is set.
    pub distribution_ref: Option<LocalReference>,

    /// CloudFront's id of a distribution that no object of this cluster stands for.
    #[schemars(length(min = 1, max = 64), regex(pattern = r"^[A-Z0-9]+$"))]
    pub distribution_id: Option<String>,

    /// What is taken out of the caches, at most 3,000 items: a path such as `/index.html`; a path with a `*` at its end, which stands
    /// for all that begin like it, at most 15 of them; or a cache tag such as `#release-7`, where the distribution has a
    /// `cacheTagConfig`. AWS charges for each item beyond 1,000 a month; a wildcard or a tag is one item.
    pub paths: Paths,

    /// Seconds after which the object deletes itself, once the invalidation is complete or has failed. Default: never.
    #[schemars(range(min = 0, max = 31_536_000))]
    pub ttl_seconds_after_finished: Option<i32>,
}

/// Paths, wildcard paths and cache tags.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/Path")]
#[schemars(extend("minItems" = 1, "maxItems" = 3000, "x-kubernetes-list-type" = "set"))]
pub struct Paths(pub Vec<Path>);

/// A path or wildcard path as a URL has it, percent-encoded where needed, or a cache tag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(extend("minLength" = 1, "maxLength" = 2048, "x-kubernetes-validations" = rules::PATH))]
pub struct Path(pub String);

/// What CloudFront says of an invalidation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ObservedInvalidation {
    /// CloudFront's own word: `InProgress` or `Completed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,

    /// When CloudFront took the invalidation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub create_time: Option<String>,

    /// How many paths, wildcards and tags CloudFront has taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path_count: Option<i64>,
}
