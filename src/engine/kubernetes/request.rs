//! What the requests share: the path, the field manager and the response.

use crate::engine::{
    api::FIELD_MANAGER, definition::KindDefinition, kubernetes::partial_metadata::PartialMetadata,
    object::Object,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::{
    Client, Resource,
    api::{GetParams, PatchParams},
    core::Request,
};
use serde::{Deserialize, de::DeserializeOwned};

/// A response of which only the metadata are read: that to a patch, since the client has just sent the rest of the object, and that to a
/// look at the metadata.
#[derive(Deserialize)]
pub(super) struct MetadataResponse {
    pub(super) metadata: PartialMetadata,
}

/// Returns the requests for the objects of a kind in a namespace, or in all namespaces.
pub(super) fn requests_for(
    definition: &'static KindDefinition,
    namespace: Option<&str>,
) -> Request {
    Request::new(Object::url_path(&definition, namespace))
}

/// Returns the parameters of every patch. `managedFields` then name the operator as the manager of what it wrote, which is how
/// `kubectl apply --server-side` finds conflicts.
pub(super) fn patch_params() -> PatchParams {
    PatchParams {
        field_manager: Some(FIELD_MANAGER.into()),
        ..PatchParams::default()
    }
}

/// Sends a patch and returns the object's metadata after it. `name` is the name of the request in traces.
///
/// Fails if the API server cannot be reached or rejects the patch, for example because the object has another UID by now.
pub(super) async fn send(
    kube: &Client,
    name: &'static str,
    request: Result<http::Request<Vec<u8>>, kube::core::request::Error>,
) -> Result<ObjectMeta, kube::Error> {
    let mut request = request.map_err(kube::Error::BuildRequest)?;
    request.extensions_mut().insert(name);
    let response: MetadataResponse = kube.request(request).await?;
    Ok(response.metadata.into())
}

/// Whether the API server rejected a patch, because the object has changed since it was read.
pub(crate) fn is_conflict(error: &kube::Error) -> bool {
    matches!(error, kube::Error::Api(status) if status.code == 409)
}

/// Reads an object as `T`. `None`: it does not exist.
pub(crate) async fn get<T: DeserializeOwned>(
    definition: &'static KindDefinition,
    kube: &Client,
    namespace: Option<&str>,
    name: &str,
) -> Result<Option<T>, kube::Error> {
    let requests = requests_for(definition, namespace);
    let request = requests.get(name, &GetParams::default());
    let mut request = request.map_err(kube::Error::BuildRequest)?;
    request.extensions_mut().insert("get");
    match kube.request(request).await {
        Err(kube::Error::Api(refusal)) if refusal.code == 404 => Ok(None),
        response => response.map(Some),
    }
}
