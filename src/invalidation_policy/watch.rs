//! What starts a reconciliation of a policy: changes of its spec, of its triggers, and of its Invalidations.
//!
//! The watches of Deployments and ConfigMaps request metadata only, and keep nothing: a reconciliation reads the objects that its policy names.

use super::{
    context::{Context, PolicyRef},
    target::{Target, TriggerKind},
};
use crate::engine::{WatchBackoff, change_stream, watch_config};
use futures::{Stream, StreamExt, stream};
use k8s_openapi::NamespaceResourceScope;
use kube::{
    Api, Resource, ResourceExt,
    core::PartialObjectMeta,
    runtime::{
        WatchStreamExt,
        watcher::{self, Event, watcher},
    },
};
use serde::de::DeserializeOwned;
use std::{
    fmt::Debug,
    sync::{Arc, atomic::Ordering},
};

/// Returns the policies with a trigger of this kind that has changed. The watch begins when a reconciliation needs it, so an operator without
/// such policies needs no permission.
pub(super) fn triggered_policies<K>(
    context: Arc<Context>,
    kind: TriggerKind,
) -> impl Stream<Item = PolicyRef> + Send
where
    K: Resource<DynamicType = (), Scope = NamespaceResourceScope>
        + Clone
        + DeserializeOwned
        + Debug
        + Send
        + 'static,
{
    let kube = context.shared.kube.clone();
    let api: Api<PartialObjectMeta<K>> = match &context.namespace {
        Some(namespace) => Api::namespaced(kube, namespace),
        None => Api::all(kube),
    };
    let is_needed = context.watch_state(kind).map(|it| it.is_needed.subscribe());
    let needed = async move {
        let mut is_needed = is_needed?;
        is_needed.wait_for(|it| *it).await.is_ok().then_some(())
    };
    stream::once(needed)
        .filter_map(std::future::ready)
        .flat_map(move |()| {
            watcher(api.clone(), watch_config(None)).backoff(WatchBackoff::default())
        })
        .flat_map(move |event| stream::iter(policies_of_event(&context, kind, event)))
}

/// Returns the policies that an event concerns.
fn policies_of_event<K: Resource>(
    context: &Context,
    kind: TriggerKind,
    event: Result<Event<PartialObjectMeta<K>>, watcher::Error>,
) -> Vec<PolicyRef>
where
    PartialObjectMeta<K>: Resource,
{
    let set_denied = |is_denied| {
        let state = context.watch_state(kind);
        state.is_some_and(|it| it.is_denied.swap(is_denied, Ordering::Relaxed) != is_denied)
    };
    match event {
        Ok(Event::Apply(object) | Event::InitApply(object) | Event::Delete(object)) => {
            let (namespace, name) = (object.namespace().unwrap_or_default(), object.name_any());
            context.triggered_by(&namespace, &Target { kind, name })
        }
        Ok(Event::InitDone) if set_denied(false) => context.with_kind(kind),
        Ok(Event::Init | Event::InitDone) => vec![],
        Err(error) => {
            if is_forbidden(&error) && !set_denied(true) {
                return vec![];
            }
            tracing::warn!(%kind, %error, "the watch for InvalidationPolicies failed and is retried");
            context.with_kind(kind)
        }
    }
}

fn is_forbidden(error: &watcher::Error) -> bool {
    let (watcher::Error::InitialListFailed(error)
    | watcher::Error::WatchStartFailed(error)
    | watcher::Error::WatchFailed(error)) = error
    else {
        return false;
    };
    matches!(error, kube::Error::Api(refusal) if refusal.code == 403)
}

/// Returns the policies that a change of an object of the operator concerns.
pub(super) fn policies_of_changes(context: Arc<Context>) -> impl Stream<Item = PolicyRef> + Send {
    let changes = context.shared.registry.changes();
    change_stream(changes).flat_map(move |change| {
        let Some(change) = change else {
            let all = context.policies(|_| true);
            context.with_new_history.lock().extend(all.clone());
            return stream::iter(all);
        };
        let (namespace, object) = (change.namespace, change.object);
        if object.kind == "Invalidation" {
            let creators = context.creators(&namespace, &object.name);
            context.with_new_history.lock().extend(creators.clone());
            return stream::iter(creators);
        }
        let kind = object.kind.parse().ok();
        let target = kind.map(|kind| Target {
            kind,
            name: object.name,
        });
        stream::iter(target.map_or(vec![], |it| context.triggered_by(&namespace, &it)))
    })
}
