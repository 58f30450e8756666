//! Patches of an object's status.

use crate::engine::kubernetes::request::{patch_params, requests_for, send};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::{Client, Resource, ResourceExt, api::Patch};
use serde_json::{Map, Value, json};

/// Merges a patch into an object's status. With a `version` the request fails with a conflict if the object has changed since, or if it is
/// a later object of the same name. kube-apiserver does not compare the uid in a write of the status.
pub(crate) async fn patch_status<K: Resource<DynamicType = ()>>(
    kube: &Client,
    object: &K,
    version: Option<&str>,
    status: Value,
) -> Result<ObjectMeta, kube::Error> {
    let mut metadata = json!({ "uid": object.uid() });
    if let Some(version) = version {
        metadata["resourceVersion"] = json!(version);
    }
    let body = Patch::Merge(json!({ "metadata": metadata, "status": status }));
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
    use k8s_openapi::api::core::v1::ConfigMap;
    use kube::client::Body;

    /// Returns the metadata of a status patch.
    async fn patched_metadata(version: Option<&str>) -> Value {
        let (sender, mut bodies) = tokio::sync::mpsc::unbounded_channel();
        let service = tower::service_fn(move |request: http::Request<Body>| {
            let sender = sender.clone();
            async move {
                let body = request.into_body().collect_bytes().await?;
                let _ = sender.send(body);
                let response = json!({ "metadata": { "resourceVersion": "11" } });
                let response = Body::from(response.to_string().into_bytes());
                Ok::<_, kube::Error>(http::Response::new(response))
            }
        });
        let kube = Client::new(service, "shop");
        let mut object = ConfigMap::default();
        object.metadata.uid = Some("8f3c".into());
        object.metadata.name = Some("www".into());
        let patched = patch_status(&kube, &object, version, json!({ "id": "E1" })).await;
        let version = patched.unwrap().resource_version;
        assert_eq!(version.as_deref(), Some("11"));
        let body: Value = serde_json::from_slice(&bodies.recv().await.unwrap()).unwrap();
        body["metadata"].clone()
    }

    #[tokio::test]
    async fn a_patch_names_the_version_that_it_follows_from() {
        let fenced = json!({ "uid": "8f3c", "resourceVersion": "10" });
        assert_eq!(patched_metadata(Some("10")).await, fenced);
        assert_eq!(patched_metadata(None).await, json!({ "uid": "8f3c" }));
    }

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
