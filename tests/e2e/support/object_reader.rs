//! Reads of the operator's objects. A kubectl process for each read would take most of the CPU time of the scenarios, which wait for
//! objects most of their time.

use super::control_plane;
use cloudfront_operator::operator::kinds;
use kube::{
    Api, Client, Config,
    api::{ApiResource, DynamicObject},
    config::{KubeConfigOptions, Kubeconfig},
    core::GroupVersionKind,
};
use serde_json::Value;
use std::{collections::HashMap, sync::LazyLock};

/// The resources of the operator's kinds, by the names that kubectl accepts: `distribution`, `distributions` and `cfd`.
static RESOURCES: LazyLock<HashMap<String, ApiResource>> = LazyLock::new(|| {
    let mut resources = HashMap::new();
    for entry in kinds() {
        let spec = (entry.crd)().spec;
        let version = spec.versions.first().map_or("", |it| it.name.as_str());
        let kind = GroupVersionKind::gvk(&spec.group, version, entry.kind);
        let resource = ApiResource::from_gvk_with_plural(&kind, &spec.names.plural);
        let short_names = spec.names.short_names.unwrap_or_default();
        let names = [entry.kind.to_lowercase(), spec.names.plural];
        for name in names.into_iter().chain(short_names) {
            resources.insert(name, resource.clone());
        }
    }
    resources
});

/// A client of the control plane.
pub(crate) struct ObjectReader(Client);

impl ObjectReader {
    pub(crate) async fn new() -> Self {
        let kubeconfig = Kubeconfig::read_from(control_plane().kubeconfig());
        let kubeconfig = kubeconfig.expect("the kubeconfig is readable");
        let config =
            Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await;
        let client = Client::try_from(config.expect("the kubeconfig is valid"));
        Self(client.expect("the client is built"))
    }

    /// Returns the objects to which a name such as `cfd/www` belongs, and the rest of it: `www`. `None`: they are of another operator.
    pub(crate) fn find<'a>(
        &self,
        namespace: &str,
        object: &'a str,
    ) -> Option<(Api<DynamicObject>, &'a str)> {
        let (kind, name) = object.split_once('/')?;
        let resource = RESOURCES.get(&kind.to_lowercase())?;
        let objects = Api::namespaced_with(self.0.clone(), namespace, resource);
        Some((objects, name))
    }
}

/// Returns an object as kubectl prints it: without the fields of each field manager.
pub(crate) fn printed(mut object: DynamicObject) -> Value {
    object.metadata.managed_fields = None;
    serde_json::to_value(object).expect("an object is JSON")
}
