//! Patches of an object's status.

use crate::engine::kubernetes::request::{patch_params, requests_for, send};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::{Client, Resource, ResourceExt, api::Patch};
use serde_json::{Map, Value, json};

/// Merges a patch into an object's status. The uid in the request prevents a write to a later object of the same name.
pub(crate) async fn patch_status<K: Resource<DynamicType = ()>>(
    kube: &Client,
    object: &K,
    status: Value,
) -> Result<ObjectMeta, kube::Error> {
    let body = Patch::Merge(json!({ "metadata": { "uid": object.uid() }, "status": status }));
    let name = object.name_any();
    let request = requests_for(object).patch_subresource("status", &name, &patch_params(), &body);
    send(kube, "patch_status", request).await
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
        assert_eq!(
            merge_patch(&json!({ "l": [1, 2] }), &json!({ "l": [2] })),
            json!({ "l": [2] })
        );
    }
}
