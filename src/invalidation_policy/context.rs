//! The handles of the controller of one namespace, or of all namespaces.

use super::{
    spec::InvalidationPolicy,
    target::{Target, TriggerKind},
};
use crate::engine::SharedContext;
use k8s_openapi::{
    NamespaceResourceScope,
    api::{apps::v1::Deployment, core::v1::ConfigMap},
};
use kube::{
    Api, Resource, ResourceExt,
    api::{ApiResource, DynamicObject},
    runtime::reflector::{ObjectRef, Store},
};
use parking_lot::Mutex;
use std::{collections::HashSet, sync::atomic::AtomicBool};
use tokio::sync::watch;

/// A reference to a policy.
pub(super) type PolicyRef = ObjectRef<InvalidationPolicy>;

/// The watch of Deployments or of ConfigMaps.
#[derive(Default)]
pub(super) struct WatchState {
    /// Whether a policy names such an object, and the operator may read it.
    pub(super) is_needed: watch::Sender<bool>,
    /// Whether the API server refuses the watch.
    pub(super) is_denied: AtomicBool,
}

pub(super) struct Context {
    pub(super) shared: SharedContext,
    /// The namespace of the policies. `None`: all namespaces.
    pub(super) namespace: Option<String>,
    /// The policies, as of the last events of the watch.
    pub(super) store: Store<InvalidationPolicy>,
    /// The administrator's limit of the paths per month and namespace.
    pub(super) max_paths_per_month: Option<i64>,
    pub(super) deployments: WatchState,
    pub(super) config_maps: WatchState,
    /// The policies with Invalidations that may exceed their history.
    pub(super) with_new_history: Mutex<HashSet<PolicyRef>>,
}

impl Context {
    pub(super) fn api<K>(&self, namespace: &str) -> Api<K>
    where
        K: Resource<Scope = NamespaceResourceScope, DynamicType = ()>,
    {
        Api::namespaced(self.shared.kube.clone(), namespace)
    }

    /// Returns the requests for the objects of a kind of trigger.
    pub(super) fn triggers(
        &self,
        kind: TriggerKind,
        namespace: &str,
    ) -> Option<Api<DynamicObject>> {
        let resource = match kind {
            TriggerKind::Deployment => ApiResource::erase::<Deployment>(&()),
            TriggerKind::ConfigMap => ApiResource::erase::<ConfigMap>(&()),
            TriggerKind::Function | TriggerKind::Distribution => {
                self.shared.registry.resource(&kind.to_string())?
            }
        };
        let kube = self.shared.kube.clone();
        Some(Api::namespaced_with(kube, namespace, &resource))
    }

    /// Returns the state of the watch for a kind of trigger. `None`: the operator watches the kind anyway.
    pub(super) fn watch_state(&self, kind: TriggerKind) -> Option<&WatchState> {
        match kind {
            TriggerKind::Deployment => Some(&self.deployments),
            TriggerKind::ConfigMap => Some(&self.config_maps),
            TriggerKind::Function | TriggerKind::Distribution => None,
        }
    }

    /// Returns the policies with a trigger of a kind.
    pub(super) fn with_kind(&self, kind: TriggerKind) -> Vec<PolicyRef> {
        self.policies(|it| it.spec.targets().iter().any(|target| target.kind == kind))
    }

    /// Returns the policies that have an object as their trigger.
    pub(super) fn triggered_by(&self, namespace: &str, target: &Target) -> Vec<PolicyRef> {
        self.policies(|it| {
            it.namespace().as_deref() == Some(namespace) && it.spec.targets().contains(target)
        })
    }

    /// Returns the policies that may have created the Invalidation with this name.
    pub(super) fn creators(&self, namespace: &str, invalidation: &str) -> Vec<PolicyRef> {
        self.policies(|it| {
            let rest = invalidation.strip_prefix(&it.name_any());
            let is_creator = rest.is_some_and(|rest| rest.starts_with('-'));
            is_creator && it.namespace().as_deref() == Some(namespace)
        })
    }

    /// Returns the policies for which a predicate holds.
    pub(super) fn policies(
        &self,
        predicate: impl Fn(&InvalidationPolicy) -> bool,
    ) -> Vec<PolicyRef> {
        let policies = self.store.state_filter(predicate);
        policies
            .iter()
            .map(|it| ObjectRef::from_obj(&**it))
            .collect()
    }
}
