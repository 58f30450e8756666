//! The two marks the operator leaves on an object's metadata: its finalizer and the counter of lives.

use super::{identity::INCARNATION, kind::Kind};
use kube::{
    Api, Resource, ResourceExt,
    api::{Patch, PatchParams},
};
use serde_json::{Value, json};

/// Keeps an object until its remote is dealt with.
pub const FINALIZER: &str = "cloudfront-operator.dev/remote";

/// The name under which the operator writes.
pub const MANAGER: &str = "cloudfront-operator";

/// Whether the object carries our finalizer.
pub(super) fn is_held<K: Resource>(object: &K) -> bool {
    object.finalizers().iter().any(|name| name == FINALIZER)
}

/// Puts our finalizer on. Fails when the object has changed since it was read.
pub(super) async fn hold<K: Kind>(api: &Api<K>, object: &K) -> Result<K, kube::Error> {
    let mut finalizers = object.finalizers().to_vec();
    finalizers.push(FINALIZER.into());
    patch(api, object, json!({ "finalizers": finalizers })).await
}

/// Takes our finalizer off. Fails when the object has changed since it was read.
pub(super) async fn release<K: Kind>(api: &Api<K>, object: &K) -> Result<(), kube::Error> {
    let mut finalizers = object.finalizers().to_vec();
    finalizers.retain(|name| name != FINALIZER);
    match patch(api, object, json!({ "finalizers": finalizers })).await {
        Err(kube::Error::Api(refusal)) if refusal.code == 404 => Ok(()),
        answer => answer.map(drop),
    }
}

/// Counts one more life of the remote, before it begins.
pub(super) async fn count_life<K: Kind>(
    api: &Api<K>,
    object: &K,
    lives: u64,
) -> Result<K, kube::Error> {
    let annotations = json!({ INCARNATION: lives.to_string() });
    patch(api, object, json!({ "annotations": annotations })).await
}

/// The version makes sure that nobody else's finalizer, added meanwhile, is lost; the uid that it is still the same object.
async fn patch<K: Kind>(api: &Api<K>, object: &K, mut metadata: Value) -> Result<K, kube::Error> {
    metadata["resourceVersion"] = json!(object.resource_version());
    metadata["uid"] = json!(object.uid());
    let manager = PatchParams {
        field_manager: Some(MANAGER.into()),
        ..PatchParams::default()
    };
    let body = Patch::Merge(json!({ "metadata": metadata }));
    api.patch(&object.name_any(), &manager, &body).await
}
