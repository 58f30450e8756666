//! The status that the operator writes to an object.

use crate::xml;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The status every kind publishes. `ObservedFields` is what the kind adds: the members that CloudFront assigns.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Status<ObservedFields> {
    /// Generation of the spec that this status speaks of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,

    /// Generation of the spec that CloudFront last had in full: what differs since then was changed by others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted_generation: Option<i64>,

    /// Fingerprint of what that spec asks for. By it a restarted operator sees that nothing has changed, without a look at the resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted_hash: Option<String>,

    /// `Ready`, `Synced` and, while they hold, `Reconciling` and `Stalled`. What ends, as an Invalidation does, then has `Complete` or
    /// `Failed` too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["type"]))]
    pub conditions: Vec<Condition>,

    /// CloudFront's id of the resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,

    /// Version of the configuration that was last seen or written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,

    /// The key under which the resource was created: the object's uid, with a counter once it had to be created anew.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caller_reference: Option<String>,

    /// AWS account that the resource is in, where the resource has no ARN that tells; left out when STS could not be asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,

    /// Where CloudFront differs from the spec and is left so: at most 20 places.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "atomic"))]
    pub drift: Vec<DriftEntry>,

    /// How many places differ, when there are more than `drift` shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drift_count: Option<i64>,

    /// Keys of the tags that the operator has set, and will remove once they leave the spec.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "set"))]
    pub managed_tags: Vec<String>,

    /// The value of annotation `cloudfront-operator.dev/reconcile-requested-at` that was last acted on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_handled_reconcile_at: Option<String>,

    /// What CloudFront assigns.
    #[serde(flatten)]
    pub observed_fields: ObservedFields,
}

/// One place where CloudFront is not as the spec asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DriftEntry {
    /// The place, in the spec's notation: `origins[bucket].domainName`.
    pub path: String,
    /// What the spec asks for; absent when it asks for nothing there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub desired: Option<String>,
    /// What CloudFront has; absent when it has nothing there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed: Option<String>,
}

/// The maximum number of entries in [`Status::drift`].
pub const MAX_DRIFT_ENTRIES: usize = 20;

impl<ObservedFields> Status<ObservedFields> {
    /// Returns the condition of a type.
    pub fn condition(&self, type_: &str) -> Option<&Condition> {
        self.conditions.iter().find(|c| c.type_ == type_)
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
