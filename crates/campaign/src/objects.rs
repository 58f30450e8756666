//! Access to the objects of the operator's kinds.

use cloudfront_operator::operator::kinds;
use kube::{
    Api, Client,
    api::{ApiResource, DynamicObject},
    core::GroupVersionKind,
};
use std::{collections::HashMap, sync::LazyLock};

/// The API group of the operator's kinds.
pub(crate) const GROUP: &str = "cloudfront-operator.dev";

/// The paths of all kinds.
static RESOURCES: LazyLock<HashMap<String, ApiResource>> = LazyLock::new(|| {
    let resources = kinds().into_iter().map(|entry| {
        let spec = (entry.crd)().spec;
        let version = spec.versions.first().map_or("", |it| it.name.as_str());
        let kind = GroupVersionKind::gvk(GROUP, version, entry.kind);
        let resource = ApiResource::from_gvk_with_plural(&kind, &spec.names.plural);
        (entry.kind.to_owned(), resource)
    });
    resources.collect()
});

/// Returns the objects of a kind in a namespace. The API server rejects requests for a kind that the operator does not have.
pub(crate) fn objects_of(client: Client, namespace: &str, kind: &str) -> Api<DynamicObject> {
    let resource = RESOURCES.get(kind).cloned().unwrap_or_else(|| {
        let kind = GroupVersionKind::gvk(GROUP, "", kind);
        ApiResource::from_gvk(&kind)
    });
    Api::namespaced_with(client, namespace, &resource)
}
