//! Access to the objects of the operator's kinds.

use cloudfront_operator::{engine::KindDefinition, operator::kinds};
use kube::{
    Api, Client,
    api::{ApiResource, DynamicObject},
    core::GroupVersionKind,
};
use std::sync::LazyLock;

/// The API group of the operator's kinds.
pub(crate) const GROUP: &str = "cloudfront-operator.dev";

static RESOURCES: LazyLock<Vec<KindResource>> =
    LazyLock::new(|| kinds().into_iter().map(KindResource::of).collect());

/// The resource of a kind in the Kubernetes API.
#[derive(Clone, Debug)]
pub struct KindResource {
    /// The group, the version, the kind and the plural.
    pub api: ApiResource,
    /// The short names that kubectl accepts, such as `cfd`.
    pub short_names: Vec<String>,
}

impl KindResource {
    /// Returns the resources of all kinds of the operator.
    pub fn all() -> &'static [Self] {
        &RESOURCES
    }

    /// Returns the resource of a kind. `None`: the operator does not have the kind.
    pub fn of_kind(kind: &str) -> Option<&'static Self> {
        RESOURCES.iter().find(|it| it.api.kind == kind)
    }

    /// Whether kubectl accepts a name in lower case for the resource: `distribution`, `distributions` or `cfd`.
    pub fn is_named(&self, name: &str) -> bool {
        let Self { api, short_names } = self;
        api.plural == name
            || api.kind.to_lowercase() == name
            || short_names.iter().any(|it| it == name)
    }

    fn of(entry: &KindDefinition) -> Self {
        let spec = entry.crd().spec;
        let version = spec.versions.first().map_or("", |it| it.name.as_str());
        let kind = GroupVersionKind::gvk(&spec.group, version, entry.kind);
        Self {
            api: ApiResource::from_gvk_with_plural(&kind, &spec.names.plural),
            short_names: spec.names.short_names.unwrap_or_default(),
        }
    }
}

/// Returns the objects of a kind in a namespace. The API server rejects requests for a kind that the operator does not have.
pub(crate) fn objects_of(client: Client, namespace: &str, kind: &str) -> Api<DynamicObject> {
    let resource = KindResource::of_kind(kind).map_or_else(
        || ApiResource::from_gvk(&GroupVersionKind::gvk(GROUP, "", kind)),
        |it| it.api.clone(),
    );
    Api::namespaced_with(client, namespace, &resource)
}
