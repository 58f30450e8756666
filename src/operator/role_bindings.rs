//! The RoleBindings that grant the operator's permissions in watched namespaces.
//!
//! The deletion of a namespace deletes its RoleBindings in the first second, but the deletion of a distribution takes minutes. Without
//! permissions the operator could not remove its finalizers, and the namespace would never be gone. So a RoleBinding has a finalizer
//! while an object of its namespace has one: RBAC honors a RoleBinding until it is gone. It has to grant a ClusterRole, because a Role
//! is deleted with the namespace.
//!
//! The finalizer is also removed when the operator ends, unless the namespace is being deleted. So the uninstallation leaves no
//! RoleBinding behind.

use crate::engine::{Leadership, ObjectRegistry, SharedContext};
use k8s_openapi::api::{core::v1::Namespace, rbac::v1::RoleBinding};
use kube::{
    Api, Client, ResourceExt,
    api::{Patch, PatchParams},
};
use serde_json::json;
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// The finalizer of a RoleBinding.
const FINALIZER: &str = "cloudfront-operator.dev/keep-permissions";

/// The delay between a change of an object and the check of its namespace: changes come in groups.
const DELAY: Duration = Duration::from_secs(1);

/// The interval of the checks without changes, which repeat failed requests.
const INTERVAL: Duration = Duration::from_secs(10);

/// How long the requests at the end may take.
const RELEASE_TIMEOUT: Duration = Duration::from_secs(3);

/// The namespace and the name of a RoleBinding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleBindingName {
    /// The namespace.
    pub namespace: String,
    /// The name.
    pub name: String,
}

/// The RoleBindings that the operator keeps while it needs them.
pub(super) struct RoleBindings {
    kube: Client,
    registry: ObjectRegistry,
    leadership: Leadership,
    names: Vec<RoleBindingName>,
}

impl RoleBindings {
    pub(super) fn new(shared: &SharedContext, names: Vec<RoleBindingName>) -> Self {
        Self {
            kube: shared.kube.clone(),
            registry: shared.registry.clone(),
            leadership: shared.leadership.clone(),
            names,
        }
    }

    /// Adds and removes the finalizer as the objects require, while this process leads. Never returns.
    pub(super) async fn run(&self) {
        let mut changes = self.registry.changes();
        let mut states = vec![None; self.names.len()];
        loop {
            for (name, state) in self.names.iter().zip(&mut states) {
                let needed = self.registry.has_finalizers(&name.namespace);
                // Another leader may have changed the finalizer since the last term.
                let wanted = self.leadership.term().zip(needed);
                if wanted.is_some() && *state != wanted && self.update(name, needed).await {
                    *state = wanted;
                }
            }
            sleep(DELAY).await;
            // The result does not matter: each check is complete.
            let _ = timeout(INTERVAL, changes.recv()).await;
        }
    }

    /// Removes the finalizers, except from the RoleBindings of namespaces that are being deleted.
    pub(super) async fn release(&self) {
        let release = async {
            for name in &self.names {
                if self.leadership.is_leader() && !self.is_being_deleted(&name.namespace).await {
                    self.update(name, Some(false)).await;
                }
            }
        };
        if timeout(RELEASE_TIMEOUT, release).await.is_err() {
            tracing::warn!("cannot remove the finalizers of the RoleBindings in time");
        }
    }

    /// Adds or removes the finalizer of a RoleBinding. Returns whether this succeeded.
    async fn update(&self, name: &RoleBindingName, needed: Option<bool>) -> bool {
        let api = Api::namespaced(self.kube.clone(), &name.namespace);
        let result = set_finalizer(&api, &name.name, needed == Some(true)).await;
        if let Err(error) = &result {
            let RoleBindingName { namespace, name } = name;
            tracing::warn!(namespace, name, %error, "cannot update the finalizer of a RoleBinding");
        }
        result.is_ok()
    }

    async fn is_being_deleted(&self, namespace: &str) -> bool {
        let api = Api::<Namespace>::all(self.kube.clone());
        let namespace = api.get(namespace).await;
        namespace.is_ok_and(|namespace| namespace.metadata.deletion_timestamp.is_some())
    }
}

/// Adds or removes the finalizer of a RoleBinding, if it exists. Nothing can be added to one that is being deleted.
async fn set_finalizer(
    api: &Api<RoleBinding>,
    name: &str,
    needed: bool,
) -> Result<(), kube::Error> {
    let Some(binding) = api.get_opt(name).await? else {
        return Ok(());
    };
    let mut finalizers = binding.finalizers().to_vec();
    let is_present = finalizers.iter().any(|finalizer| finalizer == FINALIZER);
    if is_present == needed || (needed && binding.metadata.deletion_timestamp.is_some()) {
        return Ok(());
    }
    if needed {
        finalizers.push(FINALIZER.into());
    } else {
        finalizers.retain(|finalizer| finalizer != FINALIZER);
    }
    let version = binding.resource_version();
    let patch = json!({ "metadata": { "resourceVersion": version, "finalizers": finalizers } });
    match api
        .patch(name, &PatchParams::default(), &Patch::Merge(patch))
        .await
    {
        Err(kube::Error::Api(refusal)) if refusal.code == 404 => Ok(()),
        result => result.map(drop),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{Method, Request, Response};
    use http_body_util::BodyExt;
    use kube::client::Body;
    use parking_lot::Mutex;
    use serde_json::Value;
    use std::{convert::Infallible, sync::Arc};

    /// Calls `set_finalizer` for a RoleBinding with this metadata, and returns the finalizers that are sent.
    async fn patched(metadata: Value, needed: bool) -> Option<Value> {
        let sent = Arc::new(Mutex::new(None));
        let seen = sent.clone();
        let service = tower::service_fn(move |request: Request<Body>| {
            let (seen, metadata) = (seen.clone(), metadata.clone());
            async move {
                if request.method() == Method::PATCH {
                    let body = request.into_body().collect().await.unwrap().to_bytes();
                    let patch: Value = serde_json::from_slice(&body).unwrap();
                    assert_eq!(patch["metadata"]["resourceVersion"], "7");
                    *seen.lock() = Some(patch["metadata"]["finalizers"].clone());
                }
                let role = json!({ "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "x" });
                let binding = json!({ "metadata": metadata, "roleRef": role });
                Ok::<_, Infallible>(Response::new(Body::from(binding.to_string().into_bytes())))
            }
        });
        let api = Api::namespaced(Client::new(service, "default"), "shop");
        set_finalizer(&api, "edge", needed).await.unwrap();
        sent.lock().take()
    }

    fn metadata(finalizers: &[&str], deleted: Option<&str>) -> Value {
        json!({
            "name": "edge", "resourceVersion": "7", "finalizers": finalizers,
            "deletionTimestamp": deleted,
        })
    }

    #[tokio::test]
    async fn the_finalizer_is_added_once_and_removed_and_others_stay() {
        let other = "example.com/other";
        let both = json!([other, FINALIZER]);
        assert_eq!(patched(metadata(&[other], None), true).await, Some(both));
        assert_eq!(
            patched(metadata(&[other, FINALIZER], None), true).await,
            None
        );
        let removed = patched(metadata(&[other, FINALIZER], None), false).await;
        assert_eq!(removed, Some(json!([other])));
        assert_eq!(patched(metadata(&[other], None), false).await, None);
    }

    #[tokio::test]
    async fn a_role_binding_that_is_being_deleted_can_only_lose_the_finalizer() {
        let deleted = Some("2026-01-01T00:00:00Z");
        assert_eq!(patched(metadata(&[], deleted), true).await, None);
        let removed = patched(metadata(&[FINALIZER], deleted), false).await;
        assert_eq!(removed, Some(json!([])));
    }
}
