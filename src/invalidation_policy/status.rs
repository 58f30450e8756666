//! The status of an InvalidationPolicy, and the steps by which a change is handled.
//!
//! A change is in the status before its Invalidations are created, together with the count of its paths. So a crash neither loses a change nor
//! counts or creates anything twice.

use super::target::Target;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The status of an InvalidationPolicy.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct InvalidationPolicyStatus {
    /// Generation of the spec to which this status refers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,

    /// Condition `Ready`, and `Reconciling` or `Stalled` while one of them applies.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["type"]))]
    pub conditions: Vec<Condition>,

    /// Version of each trigger that needs no Invalidation any more: the first one, or that of the last change.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["kind", "name"]))]
    pub triggers: Vec<TriggerVersion>,

    /// Change of which the Invalidations are being created.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pending: Option<PendingChange>,

    /// Objects whose change created the last Invalidations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_change: Option<String>,

    /// Time when the last Invalidations were created.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_invalidation_time: Option<Time>,

    /// Calendar month (UTC) of `pathsInMonth`, such as `2026-12`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub month: Option<String>,

    /// Paths of the Invalidations that the policy created in `month`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paths_in_month: Option<i64>,
}

/// The version of a trigger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TriggerVersion {
    /// Kind of the object.
    pub kind: String,
    /// Name of the object.
    pub name: String,
    /// UID of the object. An object with the same name that was created later has another one.
    pub uid: String,
    /// Revision of a Deployment, hash of the data of a ConfigMap, or ETag of the published Function or of the deployed Distribution.
    pub version: String,
}

/// A change of triggers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PendingChange {
    /// End of the names of its Invalidations, which identifies the change.
    pub id: String,
    /// Versions of the triggers that have changed.
    #[schemars(extend("x-kubernetes-list-type" = "atomic"))]
    pub triggers: Vec<TriggerVersion>,
    /// Names of the Distribution objects whose Invalidations are not created yet.
    #[schemars(extend("x-kubernetes-list-type" = "atomic"))]
    pub distributions: Vec<String>,
    /// Paths to invalidate. A later edit of `spec.paths` does not change them.
    #[schemars(extend("x-kubernetes-list-type" = "atomic"))]
    pub paths: Vec<String>,
}

impl TriggerVersion {
    pub(super) fn is_of(&self, target: &Target) -> bool {
        self.name == target.name && self.kind == target.kind.to_string()
    }
}

impl InvalidationPolicyStatus {
    /// Returns the recorded version of a trigger.
    pub(super) fn version_of(&self, target: &Target) -> Option<&TriggerVersion> {
        self.triggers.iter().find(|it| it.is_of(target))
    }

    /// Returns the number of paths in a month.
    pub(super) fn paths_in(&self, month: &str) -> i64 {
        let is_same = self.month.as_deref() == Some(month);
        let paths = self.paths_in_month.filter(|_| is_same);
        // Another client can write the status.
        paths.unwrap_or_default().max(0)
    }

    /// Returns the status before the Invalidations of a change are created.
    #[must_use]
    pub(super) fn begin(&self, change: PendingChange, month: &str, paths: i64) -> Self {
        Self {
            pending: Some(change),
            paths_in_month: Some(self.paths_in(month).saturating_add(paths)),
            month: Some(month.to_owned()),
            ..self.clone()
        }
    }

    /// Returns the status after some Invalidations of a change were created, and those of these distributions were refused.
    #[must_use]
    pub(super) fn keep(&self, refused: &[String]) -> Self {
        let mut status = self.clone();
        if let Some(pending) = &mut status.pending {
            pending.distributions = refused.to_vec();
        }
        status
    }

    /// Returns the status after the Invalidations of a change were created.
    #[must_use]
    pub(super) fn finish(&self, change: &PendingChange, now: Time) -> Self {
        let is_changed = |it: &TriggerVersion| {
            let mut changed = change.triggers.iter();
            changed.any(|other| other.kind == it.kind && other.name == it.name)
        };
        let mut triggers = self.triggers.clone();
        triggers.retain(|it| !is_changed(it));
        triggers.extend(change.triggers.iter().cloned());
        Self {
            triggers,
            pending: None,
            last_change: Some(change.objects()),
            last_invalidation_time: Some(now),
            ..self.clone()
        }
    }
}

impl PendingChange {
    /// Returns the kinds and names of the objects that have changed.
    pub(super) fn objects(&self) -> String {
        let objects = self.triggers.iter();
        let objects = objects.map(|it| format!("{} {}", it.kind, it.name));
        objects.collect::<Vec<_>>().join(", ")
    }
}
