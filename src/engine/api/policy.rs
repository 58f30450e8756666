//! The policies in a spec, which are the same for all kinds and not part of the CloudFront configuration.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How the operator treats the CloudFront resource behind an object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ManagementSpec {
    /// Absent stands for [`ManagementSpec::effective_deletion_policy`]'s default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deletion_policy: Option<DeletionPolicy>,

    /// What happens to a change made behind the operator's back: `Revert` undoes it, `Report` shows it in `status.drift` and
    /// leaves it until the spec is next edited. Default: `Revert`.
    #[serde(default)]
    pub drift_policy: DriftPolicy,

    /// `Manage` keeps CloudFront as this spec asks. `Observe` never writes to CloudFront and only shows status and drift; it
    /// needs `adoptId`. Default: `Manage`.
    #[serde(default)]
    pub management_policy: ManagementPolicy,

    /// Id of an existing CloudFront resource to take over instead of creating one. Cannot be changed once set.
    #[schemars(length(min = 1, max = 64), regex(pattern = r"^[A-Za-z0-9_-]+$"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub adopt_id: Option<String>,

    /// Stops all calls to CloudFront for this object until set to false again. Deletion waits too, unless `deletionPolicy` is
    /// `Retain`. Default: false.
    #[serde(default)]
    pub suspend: bool,
}

/// What happens to the CloudFront resource when this object is deleted: `Delete` removes it too, once nothing uses it any more; what
/// serves content is first disabled, and that deployed. `Retain` leaves it as it is. Default: `Delete`, or `Retain` when `adoptId` is
/// set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum DeletionPolicy {
    /// The resource is deleted too.
    Delete,
    /// The resource stays as it is.
    Retain,
}

/// What is done about a change made behind the operator's back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum DriftPolicy {
    /// It is undone.
    #[default]
    Revert,
    /// It is shown, and left until the spec is next edited.
    Report,
}

/// Whether the operator may write to CloudFront for this object.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum ManagementPolicy {
    /// It may.
    #[default]
    Manage,
    /// It only looks.
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
