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

    /// Fields that other tools change, as paths in the notation of `status.drift`: `webACLId`, `origins[api].customHeaders` or
    /// `tags[team]`. A path covers all fields below it. The create request sends the values of the spec. Later the values in CloudFront
    /// are kept: they are not drift, and no update changes them, not even after an edit of the spec. At most 50. A path that names no
    /// field is rejected with reason `Invalid`. Default: none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("maxItems" = 50, "x-kubernetes-list-type" = "set"))]
    pub drift_ignore: Vec<DriftPath>,

    /// Access of the operator to CloudFront. `Manage` keeps the resource equal to the spec. `Observe` never writes to CloudFront and only
    /// shows status and drift; it requires `adoptId`. Default: `Manage`.
    #[serde(default)]
    pub management_policy: ManagementPolicy,

    /// Protection from deletion. While it is true, the API server rejects a deletion of this object, also if its namespace is deleted. The
    /// admission policy `deletion-protection` of the chart and of `policies/` enforces it. Without that policy a deletion waits with
    /// reason `DeletionProtected`, and the operator deletes nothing in CloudFront. Default: false.
    #[serde(default)]
    pub deletion_protection: bool,

    /// ID of an existing CloudFront resource that the operator manages instead of creating one. Immutable once set.
    #[schemars(length(min = 1, max = 64), extend("x-kubernetes-validations" = [{
        "rule": "self.matches('^[A-Za-z0-9_-]+$')",
        "messageExpression": "'\"%s\" is not the ID of a CloudFront resource: use the ID alone, such as EDFDVBD632BHDS5, without ARN and domain name'.format([self])",
        "reason": "FieldValueInvalid",
    }]))]
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

/// A path of a field in the notation of `status.drift`, such as `origins[api].customHeaders`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(extend("minLength" = 1, "maxLength" = 512, "x-kubernetes-validations" = [{
    "rule": r"self.matches('^[a-zA-Z0-9]+([.][a-zA-Z0-9]+|\\[[^\\[\\]]+\\])*$')",
    "message": "not a path in the notation of status.drift: write it for example as origins[api].customHeaders",
    "reason": "FieldValueInvalid",
}]))]
pub struct DriftPath(pub String);

impl ManagementSpec {
    /// Returns the deletion policy, or its default, which depends on `adoptId`.
    pub fn effective_deletion_policy(&self) -> DeletionPolicy {
        match (self.deletion_policy, &self.adopt_id) {
            (Some(policy), _) => policy,
            (None, Some(_)) => DeletionPolicy::Retain,
            (None, None) => DeletionPolicy::Delete,
        }
    }

    /// Returns the paths of the fields that keep their values in CloudFront.
    pub fn ignored_paths(&self) -> Vec<String> {
        self.drift_ignore.iter().map(|it| it.0.clone()).collect()
    }

    /// Whether the operator must not write to CloudFront for this object.
    pub fn is_observe_only(&self) -> bool {
        self.management_policy == ManagementPolicy::Observe
    }
}
