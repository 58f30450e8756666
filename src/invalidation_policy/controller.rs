//! The controller of the policies: one reconciliation at a time, so that policies of one namespace count their budget one after the other.

use super::{
    context::{Context, WatchState},
    reconcile::{error_policy, reconcile},
    spec::InvalidationPolicy,
    target::TriggerKind,
    watch::{policies_of_changes, triggered_policies},
};
use crate::engine::{SharedContext, WatchBackoff, buffer_initial_list, watch_config};
use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use k8s_openapi::api::{apps::v1::Deployment, core::v1::ConfigMap};
use kube::{
    Api,
    runtime::{
        PredicateConfig, WatchStreamExt,
        controller::{Config, Error, applier},
        predicates,
        reflector::{ObjectRef, store},
        watcher,
    },
};
use std::{
    future::{Future, ready},
    sync::Arc,
};

/// Runs the controllers of these namespaces until shutdown; `None` stands for all namespaces. `max_paths_per_month` limits the paths that the
/// policies of a namespace invalidate in a calendar month.
///
/// Returns after the reconciliations in progress have ended.
pub async fn run(
    shared: SharedContext,
    namespaces: Vec<Option<String>>,
    max_paths_per_month: Option<i64>,
    shutdown: impl Future<Output = ()> + Clone + Send + Sync + 'static,
) {
    let controllers = namespaces.into_iter().map(|namespace| {
        let shared = shared.clone();
        run_queue(shared, namespace, max_paths_per_month, shutdown.clone())
    });
    futures::future::join_all(controllers).await;
}

async fn run_queue(
    shared: SharedContext,
    namespace: Option<String>,
    max_paths_per_month: Option<i64>,
    shutdown: impl Future<Output = ()> + Send + Sync + 'static,
) {
    let (reader, writer) = store();
    let kube = shared.kube.clone();
    let api: Api<InvalidationPolicy> = match &namespace {
        Some(namespace) => Api::namespaced(kube, namespace),
        None => Api::all(kube),
    };
    let config = watch_config(shared.config.label_selector.as_deref());
    let context = Arc::new(Context {
        shared,
        namespace,
        store: reader.clone(),
        max_paths_per_month,
        deployments: WatchState::default(),
        config_maps: WatchState::default(),
        with_new_history: parking_lot::Mutex::default(),
    });
    let policies = watcher(api, config)
        .backoff(WatchBackoff::default())
        .inspect_err(|error| {
            tracing::warn!(kind = "InvalidationPolicy", %error, "the watch failed and is retried");
        })
        .reflect(writer);
    let policies = buffer_initial_list(policies)
        .applied_objects()
        // The operator's own writes of the status start no reconciliation.
        .predicate_filter(predicates::generation, PredicateConfig::default())
        .filter_map(|policy| ready(policy.ok().map(|it| ObjectRef::from_obj(&it))));
    let deployments = triggered_policies::<Deployment>(context.clone(), TriggerKind::Deployment);
    let config_maps = triggered_policies::<ConfigMap>(context.clone(), TriggerKind::ConfigMap);
    let changes = policies_of_changes(context.clone());
    let all = stream::select_all([
        policies.boxed(),
        deployments.boxed(),
        config_maps.boxed(),
        changes.boxed(),
    ]);
    let keys = all
        .map(Ok::<_, watcher::Error>)
        .take_until(Box::pin(shutdown));
    let controller = applier(
        |policy, context| reconcile(policy, context).boxed(),
        error_policy,
        context,
        reader,
        keys,
        Config::default().concurrency(1),
    );
    controller
        .for_each(|end| {
            if let Err(error @ Error::RunnerError(_)) = end {
                tracing::error!(kind = "InvalidationPolicy", %error, "the queue failed");
            }
            ready(())
        })
        .await;
}
