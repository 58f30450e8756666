//! Patches of an object's metadata: the finalizer, the recreate count, and what is recorded before a create.

use crate::engine::{
    api::{CREATED_AS, CREATED_TAGS, FINALIZER, RECREATE_COUNT},
    kubernetes::{
        partial_metadata::MAX_ANNOTATION,
        request::{MetadataResponse, get, patch_params, requests_for, send},
    },
    object::Object,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::{Client, Resource, ResourceExt, api::Patch};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Whether the object has the operator's finalizer.
pub(crate) fn has_finalizer<K: Resource>(object: &K) -> bool {
    object.finalizers().iter().any(|name| name == FINALIZER)
}

/// Returns the keys of the tags in the first create.
pub(crate) fn created_tags<K: Resource>(object: &K) -> Vec<String> {
    let keys = object.annotations().get(CREATED_TAGS);
    keys.and_then(|keys| serde_json::from_str(keys).ok())
        .unwrap_or_default()
}

/// Stores the keys of the tags that the operator sets, unless they are more than are kept of an annotation. Fails with a conflict if the object
/// has changed since it was read.
pub(crate) async fn set_created_tags(
    kube: &Client,
    object: &mut Object,
    keys: &BTreeSet<String>,
) -> Result<(), kube::Error> {
    let annotation = json!(keys).to_string();
    if annotation.chars().count() > MAX_ANNOTATION {
        return Ok(());
    }
    let annotations = json!({ CREATED_TAGS: annotation });
    patch_metadata(kube, object, json!({ "annotations": annotations })).await
}

/// Reads the metadata of the object with this name. `None`: there is none.
pub(crate) async fn read_metadata(
    kube: &Client,
    object: &Object,
) -> Result<Option<ObjectMeta>, kube::Error> {
    let (definition, namespace) = (object.definition(), object.namespace());
    let read = get(definition, kube, namespace.as_deref(), &object.name_any()).await?;
    Ok(read.map(|read: MetadataResponse| read.metadata.into()))
}

/// Adds the operator's finalizer, and the annotations with what the create that follows sends. Fails with a conflict if the object has
/// changed since it was read.
pub(crate) async fn add_finalizer(
    kube: &Client,
    object: &mut Object,
    annotations: &BTreeMap<&str, String>,
) -> Result<(), kube::Error> {
    let mut finalizers = object.finalizers().to_vec();
    finalizers.push(FINALIZER.into());
    let mut metadata = json!({ "finalizers": finalizers });
    if !annotations.is_empty() {
        metadata["annotations"] = json!(annotations);
    }
    patch_metadata(kube, object, metadata).await
}

/// Stores the record of the names of the resource, or removes it. Fails with a conflict if the object has changed since it was read.
pub(crate) async fn set_name_record(
    kube: &Client,
    object: &mut Object,
    record: Option<String>,
) -> Result<(), kube::Error> {
    let annotations = json!({ CREATED_AS: record });
    patch_metadata(kube, object, json!({ "annotations": annotations })).await
}

/// Removes the operator's finalizer and the record of a create that made no resource. Fails with a conflict if the object has changed since
/// it was read.
pub(crate) async fn withdraw_create(kube: &Client, object: &mut Object) -> Result<(), kube::Error> {
    let mut finalizers = object.finalizers().to_vec();
    finalizers.retain(|name| name != FINALIZER);
    let annotations = json!({ CREATED_AS: null });
    let metadata = json!({ "finalizers": finalizers, "annotations": annotations });
    patch_metadata(kube, object, metadata).await
}

/// Removes the operator's finalizer. Fails with a conflict if the object has changed since it was read.
pub(crate) async fn remove_finalizer(
    kube: &Client,
    object: &mut Object,
) -> Result<(), kube::Error> {
    let mut finalizers = object.finalizers().to_vec();
    finalizers.retain(|name| name != FINALIZER);
    match patch_metadata(kube, object, json!({ "finalizers": finalizers })).await {
        Err(kube::Error::Api(refusal)) if refusal.code == 404 => Ok(()),
        result => result,
    }
}

/// Stores how often the CloudFront resource was recreated. The caller recreates it afterwards.
pub(crate) async fn set_recreate_count(
    kube: &Client,
    object: &mut Object,
    count: u64,
) -> Result<(), kube::Error> {
    let annotations = json!({ RECREATE_COUNT: count.to_string() });
    patch_metadata(kube, object, json!({ "annotations": annotations })).await
}

/// Patches the metadata and takes the result over into `object`.
///
/// The patch names the resource version, so that it cannot overwrite a finalizer that another client has added meanwhile. For the same
/// reason the spec is unchanged, unless a mutating webhook changes it.
async fn patch_metadata(
    kube: &Client,
    object: &mut Object,
    mut metadata: Value,
) -> Result<(), kube::Error> {
    metadata["resourceVersion"] = json!(object.resource_version());
    metadata["uid"] = json!(object.uid());
    let body = Patch::Merge(json!({ "metadata": metadata }));
    let requests = requests_for(object.definition(), object.namespace().as_deref());
    let request = requests.patch(&object.name_any(), &patch_params(), &body);
    let response = send(kube, "patch", request).await?;
    // The generation stays that of the spec in `object`: if a webhook has changed the spec, the watch starts another reconciliation.
    let generation = object.meta().generation;
    *object.meta_mut() = ObjectMeta {
        generation,
        ..response
    };
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Kind;
    use crate::kinds::origin_access_identity::OriginAccessIdentity;
    use kube::client::Body;

    #[tokio::test]
    async fn a_patch_of_the_metadata_contains_nothing_else() {
        let (sender, mut bodies) = tokio::sync::mpsc::unbounded_channel();
        let service = tower::service_fn(move |request: http::Request<Body>| {
            let sender = sender.clone();
            async move {
                let _ = sender.send(request.into_body().collect_bytes().await?);
                let response = Body::from(json!({ "metadata": {} }).to_string().into_bytes());
                Ok::<_, kube::Error>(http::Response::new(response))
            }
        });
        let kube = Client::new(service, "shop");
        let metadata = ObjectMeta {
            name: Some("site".into()),
            resource_version: Some("10".into()),
            ..ObjectMeta::default()
        };
        let (definition, body) = (
            OriginAccessIdentity::DEFINITION,
            br#"{"metadata":{},"spec":{}}"#,
        );
        let mut object = Object::parse(definition, &metadata, body).expect("a valid object");
        add_finalizer(&kube, &mut object, &BTreeMap::new())
            .await
            .unwrap();
        let body: Value = serde_json::from_slice(&bodies.recv().await.unwrap()).unwrap();
        let metadata = json!({ "finalizers": [FINALIZER], "resourceVersion": "10", "uid": null });
        assert_eq!(body, json!({ "metadata": metadata }));
    }
}
