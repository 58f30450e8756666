//! The policies in a spec, which are the same for all kinds and not part of the CloudFront configuration.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The operator's policies for the CloudFront resource of an object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ManagementSpec {
    /// Absent stands for [`ManagementSpec::effective_deletion_policy`]'s default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deletion_policy: Option<DeletionPolicy>,

    /// Handling of external changes, which other clients of CloudFront made. `Revert` reverts them. `Report` shows them in `status.drift`
    /// until the next edit of the spec, which applies the whole spec. Default: `Revert`.
    #[serde(default)]
    pub drift_policy: DriftPolicy,

    /// Access of the operator to CloudFront. `Manage` keeps the resource equal to the spec. `Observe` never writes to CloudFront and only
    /// shows status and drift; it requires `adoptId`. Default: `Manage`.
    #[serde(default)]
    pub management_policy: ManagementPolicy,

    /// ID of an existing CloudFront resource that the operator manages instead of creating one. Immutable once set.
    #[schemars(length(min = 1, max = 64), regex(pattern = r"^[A-Za-z0-9_-]+$"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub adopt_id: Option<String>,

    /// Suspends the reconciliation: the operator sends no requests to CloudFront for this object until the field is false. Deletion waits
    /// too, unless `deletionPolicy` is `Retain`. Default: false.
    #[serde(default)]
    pub suspend: bool,
}

/// Effect of the deletion of this object on the CloudFront resource. `Delete` deletes the resource as soon as no other resource uses it.
/// A distribution is first disabled, and deleted after that change is deployed, which takes minutes. `Retain` keeps the resource
/// unchanged. Default: `Delete`, or `Retain` if `adoptId` is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum DeletionPolicy {
    /// The resource is deleted.
    Delete,
    /// The resource is kept unchanged.
    Retain,
}

/// Handling of external changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum DriftPolicy {
    /// They are reverted.
    #[default]
    Revert,
    /// They are reported and kept until the next edit of the spec.
    Report,
}

/// Whether the operator may write to CloudFront for this object.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum ManagementPolicy {
    /// It may.
    #[default]
    Manage,
    /// It only reads.
    Observe,
}

impl ManagementSpec {
    /// Returns the deletion policy, or its default, which depends on `adoptId`.
    pub fn effective_deletion_policy(&self) -> DeletionPolicy {
        match (self.deletion_policy, &self.adopt_id) {
            (Some(policy), _) => policy,
            (None, Some(_)) => DeletionPolicy::Retain,
            (None, None) => DeletionPolicy::Delete,
        }
    }

    /// Whether the operator must not write to CloudFront for this object.
    pub fn is_observe_only(&self) -> bool {
        self.management_policy == ManagementPolicy::Observe
    }
}
