//! The part of an object's metadata that the operator keeps in memory.

use crate::engine::api::LAST_APPLIED;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, Time};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The metadata fields that the operator uses. The others are not deserialized: `managedFields` can be larger than the object.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PartialMetadata {
    annotations: Option<BTreeMap<String, String>>,
    creation_timestamp: Option<Time>,
    deletion_timestamp: Option<Time>,
    finalizers: Option<Vec<String>>,
    generation: Option<i64>,
    name: Option<String>,
    namespace: Option<String>,
    resource_version: Option<String>,
    uid: Option<String>,
}

impl From<PartialMetadata> for ObjectMeta {
    fn from(partial: PartialMetadata) -> Self {
        let mut annotations = partial.annotations.unwrap_or_default();
        annotations.remove(LAST_APPLIED);
        Self {
            // An empty `BTreeMap` from which an entry was removed keeps a node with room for eleven entries.
            annotations: (!annotations.is_empty()).then_some(annotations),
            creation_timestamp: partial.creation_timestamp,
            deletion_timestamp: partial.deletion_timestamp,
            finalizers: partial.finalizers,
            generation: partial.generation,
            name: partial.name,
            namespace: partial.namespace,
            resource_version: partial.resource_version,
            uid: partial.uid,
            ..Self::default()
        }
    }
}
