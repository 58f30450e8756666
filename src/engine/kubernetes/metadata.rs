//! What of an object's metadata is read here, and the two marks that are written: the finalizer and the counter of lives.

use crate::engine::{kind::Kind, remote::ownership::RECREATE_COUNT};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, Time};
use kube::{
    Client, Resource, ResourceExt,
    api::{Patch, PatchParams},
    core::Request,
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Keeps an object until its remote is dealt with.
pub const FINALIZER: &str = "cloudfront-operator.dev/remote";

/// The name under which the operator writes.
pub const FIELD_MANAGER: &str = "cloudfront-operator";

/// What `kubectl apply` keeps of a whole manifest, for itself.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// The metadata that matter here. The rest is not even read: `managedFields` may weigh more than the object.
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
    fn from(read: PartialMetadata) -> Self {
        let mut annotations = read.annotations.unwrap_or_default();
        annotations.remove(LAST_APPLIED);
        Self {
            // An empty map has room for eleven.
            annotations: (!annotations.is_empty()).then_some(annotations),
            creation_timestamp: read.creation_timestamp,
            deletion_timestamp: read.deletion_timestamp,
            finalizers: read.finalizers,
            generation: read.generation,
            name: read.name,
            namespace: read.namespace,
            resource_version: read.resource_version,
            uid: read.uid,
            ..Self::default()
        }
    }
}

/// The API server's answer to a write: of what was just sent, only the metadata are news.
#[derive(Deserialize)]
struct MetadataResponse {
    metadata: PartialMetadata,
}

/// Whether the object carries our finalizer.
pub(crate) fn has_finalizer<K: Resource>(object: &K) -> bool {
    object.finalizers().iter().any(|name| name == FINALIZER)
}

/// Puts our finalizer on. Fails when the object has changed since it was read.
pub(crate) async fn add_finalizer<K: Kind>(
    kube: &Client,
    object: &mut K,
) -> Result<(), kube::Error> {
    let mut finalizers = object.finalizers().to_vec();
    finalizers.push(FINALIZER.into());
    patch_metadata(kube, object, json!({ "finalizers": finalizers })).await
}

/// Takes our finalizer off. Fails when the object has changed since it was read.
pub(crate) async fn remove_finalizer<K: Kind>(
    kube: &Client,
    object: &mut K,
) -> Result<(), kube::Error> {
    let mut finalizers = object.finalizers().to_vec();
    finalizers.retain(|name| name != FINALIZER);
    match patch_metadata(kube, object, json!({ "finalizers": finalizers })).await {
        Err(kube::Error::Api(refusal)) if refusal.code == 404 => Ok(()),
        answer => answer,
    }
}

/// Counts one more life of the remote, before it begins.
pub(crate) async fn set_recreate_count<K: Kind>(
    kube: &Client,
    object: &mut K,
    lives: u64,
) -> Result<(), kube::Error> {
    let annotations = json!({ RECREATE_COUNT: lives.to_string() });
    patch_metadata(kube, object, json!({ "annotations": annotations })).await
}

/// The version makes sure that nobody else's finalizer, added meanwhile, is lost. So the spec is what it was, but for what a webhook makes of it.
async fn patch_metadata<K: Kind>(
    kube: &Client,
    object: &mut K,
    mut metadata: Value,
) -> Result<(), kube::Error> {
    metadata["resourceVersion"] = json!(object.resource_version());
    metadata["uid"] = json!(object.uid());
    let body = Patch::Merge(json!({ "metadata": metadata }));
    let request = all(object).patch(&object.name_any(), &manager(), &body);
    let answer = send(kube, "patch", request).await?;
    // A webhook may have changed the spec along with it, which is not at hand: that is for the pass that it wakes.
    let generation = object.meta().generation;
    *object.meta_mut() = ObjectMeta {
        generation,
        ..answer
    };
    Ok(())
}

/// Merges something into an object's status. The uid makes sure that it is still the same object.
pub(crate) async fn patch_status<K: Resource<DynamicType = ()>>(
    kube: &Client,
    object: &K,
    status: Value,
) -> Result<ObjectMeta, kube::Error> {
    let body = Patch::Merge(json!({ "metadata": { "uid": object.uid() }, "status": status }));
    let request = all(object).patch_subresource("status", &object.name_any(), &manager(), &body);
    send(kube, "patch_status", request).await
}

/// Requests about the objects of a kind in an object's namespace.
fn all<K: Resource<DynamicType = ()>>(object: &K) -> Request {
    Request::new(K::url_path(&(), object.namespace().as_deref()))
}

fn manager() -> PatchParams {
    PatchParams {
        field_manager: Some(FIELD_MANAGER.into()),
        ..PatchParams::default()
    }
}

/// Sends a write. `name` is what traces call it.
async fn send(
    kube: &Client,
    name: &'static str,
    request: Result<http::Request<Vec<u8>>, kube::core::request::Error>,
) -> Result<ObjectMeta, kube::Error> {
    let mut request = request.map_err(kube::Error::BuildRequest)?;
    request.extensions_mut().insert(name);
    let answer: MetadataResponse = kube.request(request).await?;
    Ok(answer.metadata.into())
}
