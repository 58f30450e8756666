//! Reads of the operator's objects. A kubectl process for each read would take most of the CPU time of the scenarios, which wait for
//! objects most of their time.

use super::control_plane;
use campaign::KindResource;
use kube::{
    Api, Client, Config,
    api::{DynamicObject, ListParams},
    config::{KubeConfigOptions, Kubeconfig},
};
use serde_json::Value;

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

    pub(crate) fn client(&self) -> Client {
        self.0.clone()
    }

    /// Returns the objects to which a name such as `cfd/www` belongs, and the rest of it: `www`. `None`: they are of another operator.
    pub(crate) fn find<'a>(
        &self,
        namespace: &str,
        object: &'a str,
    ) -> Option<(Api<DynamicObject>, &'a str)> {
        let (kind, name) = object.split_once('/')?;
        let kind = kind.to_lowercase();
        let mut resources = KindResource::all().iter();
        let resource = resources.find(|it| it.is_named(&kind))?;
        Some((self.objects(namespace, resource), name))
    }

    /// Returns all objects of the operator's kinds in a namespace.
    pub(crate) async fn list(&self, namespace: &str) -> Result<Vec<Value>, kube::Error> {
        let mut found = vec![];
        for resource in KindResource::all() {
            let objects = self.objects(namespace, resource);
            let list = objects.list(&ListParams::default()).await?;
            found.extend(list.items.into_iter().map(printed));
        }
        Ok(found)
    }

    fn objects(&self, namespace: &str, resource: &KindResource) -> Api<DynamicObject> {
        Api::namespaced_with(self.0.clone(), namespace, &resource.api)
    }
}

/// Returns an object as kubectl prints it: without the fields of each field manager.
pub(crate) fn printed(mut object: DynamicObject) -> Value {
    object.metadata.managed_fields = None;
    serde_json::to_value(object).expect("an object is JSON")
}
