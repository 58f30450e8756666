//! Patches of an object's status.

use crate::engine::{
    definition::KindDefinition,
    kubernetes::{
        partial_metadata::PartialMetadata,
        request::{get, patch_params, requests_for, send},
    },
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::{Client, Error, api::Patch};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// How often the id of a created resource is sent until it is stored.
const ID_ATTEMPTS: usize = 3;

/// The parts of an object that decide whether an id has to be stored in it.
#[derive(Deserialize)]
struct Present {
    metadata: PartialMetadata,
    #[serde(default)]
    status: Value,
}

/// Merges a patch into an object's status. The request fails with a conflict if the object has changed since `version`, or if a later
/// object has its name. The version is the only protection: kube-apiserver does not compare the uid in a write of the status.
pub(crate) async fn patch_status(
    kube: &Client,
    definition: &'static KindDefinition,
    object: &ObjectMeta,
    version: &str,
    status: &Value,
) -> Result<ObjectMeta, Error> {
    let metadata = json!({ "uid": object.uid, "resourceVersion": version });
    let body = Patch::Merge(json!({ "metadata": metadata, "status": status }));
    let requests = requests_for(definition, object.namespace.as_deref());
    let name = object.name.as_deref().unwrap_or_default();
    let request = requests.patch_subresource("status", name, &patch_params(), &body);
    send(kube, "patch_status", request).await
}

/// Merges a patch with the id of a created resource into an object's status. If another client changes the object at the same time, the
/// patch is repeated: the id must not be lost.
///
/// Fails with a conflict if the object is still changed by others, was replaced by a later object, or has the id already.
pub(crate) async fn patch_id(
    kube: &Client,
    definition: &'static KindDefinition,
    object: &ObjectMeta,
    version: &str,
    status: &Value,
) -> Result<ObjectMeta, Error> {
    let mut version = version.to_owned();
    for _ in 1..ID_ATTEMPTS {
        match patch_status(kube, definition, object, &version, status).await {
            Err(Error::Api(conflict)) if conflict.code == 409 => {
                let present = version_without_id(kube, definition, object, &status["id"]).await?;
                version = present.ok_or(Error::Api(conflict))?;
            }
            result => return result,
        }
    }
    patch_status(kube, definition, object, &version, status).await
}

/// Returns the present version of an object, if its status does not have this id. `None`: it does, or the object is gone.
async fn version_without_id(
    kube: &Client,
    definition: &'static KindDefinition,
    object: &ObjectMeta,
    id: &Value,
) -> Result<Option<String>, Error> {
    let name = object.name.as_deref().unwrap_or_default();
    let present = get(definition, kube, object.namespace.as_deref(), name).await?;
    let Some(Present { metadata, status }) = present else {
        return Ok(None);
    };
    let metadata: ObjectMeta = metadata.into();
    let is_needed = metadata.uid == object.uid && status["id"] != *id;
    Ok(metadata.resource_version.filter(|_| is_needed))
}

/// Returns the JSON merge patch (RFC 7396) that turns `from` into `to`.
pub(crate) fn merge_patch(from: &Value, to: &Value) -> Value {
    let (Value::Object(from), Value::Object(to)) = (from, to) else {
        return to.clone();
    };
    let mut patch = Map::new();
    for (key, value) in to {
        match from.get(key) {
            Some(old) if old == value => {}
            Some(old) => drop(patch.insert(key.clone(), merge_patch(old, value))),
            None => drop(patch.insert(key.clone(), value.clone())),
        }
    }
    for key in from.keys().filter(|key| !to.contains_key(*key)) {
        patch.insert(key.clone(), Value::Null);
    }
    Value::Object(patch)
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn a_patch_contains_only_changed_and_removed_fields() {
        let from = json!({ "id": "E1", "etag": "A", "facts": { "a": 1, "b": 2 }, "drift": [1] });
        let to = json!({ "id": "E1", "etag": "B", "facts": { "a": 1 }, "new": true });
        let patch = json!({ "etag": "B", "facts": { "b": null }, "drift": null, "new": true });
        assert_eq!(merge_patch(&from, &to), patch);
    }

    #[test]
    fn a_list_is_replaced_as_a_whole() {
        let (from, to) = (json!({ "l": [1, 2] }), json!({ "l": [2] }));
        assert_eq!(merge_patch(&from, &to), to);
    }
}
