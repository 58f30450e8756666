//! The controller of a kind: its watch, its run queue and what starts a reconciliation.

mod list_pages;
#[cfg(test)]
mod tests;
mod triggers;
mod watch;

use crate::engine::{
    context::{Context, SharedContext},
    controller::{
        triggers::objects_to_enqueue,
        watch::{
            WatchBackoff, buffer_initial_list, finalizer_missing, index_event, observe_change,
            reconcile_requested, watch,
        },
    },
    kind::Kind,
    poll::poller::ListPoller,
    reconcile::{error_policy, reconcile},
};
use futures::{StreamExt, TryStreamExt, channel::mpsc::unbounded, stream};
use kube::runtime::{
    Controller, Predicate, PredicateConfig, WatchStreamExt,
    controller::{Config, Error},
    predicates, reflector,
};
use std::{
    future::{Future, ready},
    sync::Arc,
};

/// Runs the controller of one kind until shutdown, for these namespaces; `None` stands for all namespaces.
///
/// Returns after the reconciliations in progress have ended.
pub async fn run<K: Kind>(
    shared: SharedContext,
    namespaces: Vec<Option<String>>,
    shutdown: impl Future<Output = ()> + Clone + Send + Sync + 'static,
) {
    let client = shared.cloudfront.clone();
    let poller = Arc::new(ListPoller::new(K::DEFINITION, client, &shared.config));
    let leadership = shared.leadership.clone();
    let queues = namespaces.into_iter().map(|namespace| {
        run_queue::<K>(shared.clone(), poller.clone(), namespace, shutdown.clone())
    });
    tokio::select! {
        _ = futures::future::join_all(queues) => {}
        () = poller.run(&leadership) => {}
    }
}

/// Watches the objects of one namespace, or of all namespaces, and reconciles them until shutdown.
async fn run_queue<K: Kind>(
    shared: SharedContext,
    poller: Arc<ListPoller>,
    namespace: Option<String>,
    shutdown: impl Future<Output = ()> + Send + Sync + 'static,
) {
    let (store, writer) = reflector::store();
    let registry = shared.registry.clone();
    registry.register::<K>(namespace.clone(), store.clone());
    let (wake, woken) = unbounded();
    let context = Arc::new(Context::new(shared.clone(), poller, wake, store.clone()));
    let changes = registry.changes();
    let observed = context.clone();
    let selector = shared.config.label_selector.as_deref();
    let objects = watch::<K>(&shared.kube, selector, namespace.as_deref())
        .backoff(WatchBackoff::default())
        .inspect_err(move |error| {
            tracing::warn!(kind = K::KIND, %error, "the watch failed and is retried");
            registry.record_list_error::<K>(namespace.as_deref(), error);
        })
        .inspect_ok(move |event| observe_change(event, &observed))
        .reflect(writer);
    let indexed = context.clone();
    let objects = buffer_initial_list(objects)
        .inspect_ok(move |event| index_event(event, &indexed))
        .applied_objects()
        // The operator's own patches of metadata and status start no reconciliation: the one that sends them continues by itself. A
        // status of another client starts one in `observe_change`.
        .predicate_filter(
            predicates::generation
                .combine(reconcile_requested)
                .combine(finalizer_missing::<K>),
            PredicateConfig::default(),
        );
    let terms = enter_terms(context.clone());
    let controller = Controller::for_stream(objects, store)
        .with_config(Config::default().concurrency(shared.config.max_concurrent_reconciles))
        .reconcile_on(stream::select(
            objects_to_enqueue(context.clone(), changes),
            woken.map(|key| key.to_ref()),
        ))
        .graceful_shutdown_on(shutdown)
        .run(reconcile::<K>, error_policy::<K>, context.clone())
        .for_each(|end| {
            if let Err(error @ Error::RunnerError(_)) = end {
                tracing::error!(kind = K::KIND, %error, "the queue failed");
            }
            ready(())
        });
    tokio::select! {
        () = controller => {}
        () = terms => {}
        () = context.wake_after_outages() => {}
    }
}

/// Enters each term of leadership that begins. Never returns.
async fn enter_terms<K: Kind>(context: Arc<Context<K>>) {
    loop {
        let leadership = &context.shared.leadership;
        let term = leadership.wait_for_term_after(context.term()).await;
        context.enter_term(term);
    }
}
