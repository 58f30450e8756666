//! The part of an object's metadata that the operator keeps in memory.

use crate::engine::api::{CREATED_AS, CREATED_TAGS, RECONCILE_REQUESTED_AT, RECREATE_COUNT};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, Time};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The annotations that the operator uses. Those of other clients can have 256 KiB.
const OWN_ANNOTATIONS: [&str; 4] = [
    CREATED_AS,
    CREATED_TAGS,
    RECONCILE_REQUESTED_AT,
    RECREATE_COUNT,
];

/// The number of characters of an annotation that are kept.
pub(super) const MAX_ANNOTATION: usize = 256;

/// The same for [`CREATED_AS`], which has two names of a resource, and is of no use without its end.
const MAX_RECORD: usize = 1_024;

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
        annotations.retain(|name, _| OWN_ANNOTATIONS.contains(&name.as_str()));
        for (name, value) in &mut annotations {
            let max = if name == CREATED_AS {
                MAX_RECORD
            } else {
                MAX_ANNOTATION
            };
            if let Some((end, _)) = value.char_indices().nth(max) {
                value.truncate(end);
                value.shrink_to_fit();
            }
        }
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
