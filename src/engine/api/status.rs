//! The status that the operator writes to an object.

use crate::{
    engine::api::{hash_of_json, reason::Reason},
    xml,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The fields that CloudFront assigns to a resource, without their types.
pub type UntypedFields = serde_json::Map<String, serde_json::Value>;

/// The status of every kind. `ObservedFields` are the fields that CloudFront assigns to a resource of the kind.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Status<ObservedFields = UntypedFields> {
    /// Generation of the spec to which this status refers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,

    /// Generation of the spec that was last applied completely. Later differences are external changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub applied_generation: Option<i64>,

    /// Hash of the spec that was last applied completely. After a restart, the operator compares it instead of reading the resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub applied_spec_hash: Option<String>,

    /// Conditions `Ready` and `Synced`, and `Reconciling` or `Stalled` while they apply. A one-shot resource, such as an Invalidation,
    /// ends with `Complete` or `Failed`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["type"]))]
    pub conditions: Vec<Condition>,

    /// ID of the resource in CloudFront.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,

    /// ETag of the configuration that the operator last read or wrote. A kind to which CloudFront gives none has a hash of the
    /// configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,

    /// Caller reference of the create request: the UID of the object, followed by a counter if the resource was recreated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caller_reference: Option<String>,

    /// Name of the resource in CloudFront.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,

    /// AWS account of the resource. Absent if the resource has an ARN, which contains the account, or if AWS STS was not available.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(rename = "accountID")]
    pub account_id: Option<String>,

    /// Fields that differ from the spec and are not corrected, at most 20.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "atomic"))]
    pub drift: Vec<DriftEntry>,

    /// Number of fields that differ, if `drift` does not list all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drift_count: Option<i64>,

    /// Keys of the tags that the operator set or sent in a create request. The operator removes a tag when the spec no longer contains it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "set"))]
    pub managed_tags: Vec<String>,

    /// Value of the annotation `cloudfront-operator.dev/reconcile-requested-at` that the operator handled last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_handled_reconcile_at: Option<String>,

    /// The fields that CloudFront assigns.
    #[serde(flatten)]
    pub observed_fields: ObservedFields,
}

/// A field that differs from the spec.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DriftEntry {
    /// Path of the field in the notation of the spec, such as `origins[bucket].domainName`.
    pub path: String,
    /// Value in the spec. Absent if the spec has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub desired: Option<String>,
    /// Value in CloudFront. Absent if CloudFront has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed: Option<String>,
}

/// A status that the watch shows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ShownStatus<'a> {
    /// The version of the object.
    pub(crate) resource_version: &'a str,
    /// The hash of its status. `None`: it cannot be decoded.
    pub(crate) hash: Option<u64>,
}

/// The maximum number of entries in [`Status::drift`].
pub const MAX_DRIFT_ENTRIES: usize = 20;

impl Status {
    /// Returns when the configuration was last changed. `None`: CloudFront does not report it for the kind.
    pub(crate) fn modified_time(&self) -> Option<&str> {
        self.observed_fields.get("lastModifiedTime")?.as_str()
    }
}

impl<ObservedFields> Status<ObservedFields> {
    /// Returns the condition of a type.
    pub fn condition(&self, type_: &str) -> Option<&Condition> {
        self.conditions.iter().find(|c| c.type_ == type_)
    }

    /// Returns the status, if it is restored after another client has replaced it. `None`: its id belongs to another object, so that a
    /// client may clear it.
    pub(crate) fn restorable(&self) -> Option<&Self> {
        let conflict = Reason::OwnershipConflict.to_string();
        let ready = self.condition("Ready");
        let is_conflict = ready.is_some_and(|ready| ready.reason == conflict);
        (!is_conflict).then_some(self)
    }

    /// Returns the hash by which the operator recognizes its own status.
    pub(crate) fn hash(&self) -> u64
    where
        ObservedFields: Serialize,
    {
        hash_of_json(self)
    }

    /// Replaces the drift entries.
    pub fn set_drift(&mut self, drift: &[xml::Drift]) {
        self.drift = drift
            .iter()
            .take(MAX_DRIFT_ENTRIES)
            .map(DriftEntry::from)
            .collect();
        self.drift_count = (drift.len() > MAX_DRIFT_ENTRIES)
            .then(|| i64::try_from(drift.len()).unwrap_or(i64::MAX));
    }
}

impl From<&xml::Drift> for DriftEntry {
    fn from(drift: &xml::Drift) -> Self {
        let xml::Drift {
            path,
            desired,
            observed,
        } = drift.clone();
        Self {
            path,
            desired,
            observed,
        }
    }
}
