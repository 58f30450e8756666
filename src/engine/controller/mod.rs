//! The controller of a kind: its watch, its run queue and what starts a reconciliation.

mod list_pages;
#[cfg(test)]
mod tests;
mod triggers;
mod watch;

pub(crate) use triggers::change_stream;
pub(crate) use watch::{WatchBackoff, buffer_initial_list, watch_config};

use crate::engine::{
    api::reference::ObjectKey,
    context::{Context, SharedContext},
    controller::{
        triggers::objects_to_enqueue,
        watch::{finalizer_missing, index_event, observe_change, reconcile_requested, watch},
    },
    definition::KindDefinition,
    poll::poller::ListPoller,
    reconcile::{error_policy, reconcile},
};
use futures::{StreamExt, TryStreamExt, channel::mpsc::unbounded, stream};
use kube::runtime::{
    Predicate, PredicateConfig, WatchStreamExt,
    controller::{Config, Error, applier},
    predicates,
    reflector::store::Writer,
};
use std::{
    future::{Future, ready},
    sync::Arc,
};

/// Runs the controller of one kind until shutdown, for these namespaces; `None` stands for all namespaces.
///
/// Returns after the reconciliations in progress have ended.
pub async fn run(
    definition: &'static KindDefinition,
    shared: SharedContext,
    namespaces: Vec<Option<String>>,
    shutdown: impl Future<Output = ()> + Clone + Send + Sync + 'static,
) {
    let client = shared.cloudfront.clone();
    let poller = Arc::new(ListPoller::new(definition, client, &shared.config));
    let leadership = shared.leadership.clone();
    let queues = namespaces.into_iter().map(|namespace| {
        run_queue(
            definition,
            shared.clone(),
            poller.clone(),
            namespace,
            shutdown.clone(),
        )
    });
    tokio::select! {
        _ = futures::future::join_all(queues) => {}
        () = poller.run(&leadership) => {}
    }
}

/// Watches the objects of one namespace, or of all namespaces, and reconciles them until shutdown.
async fn run_queue(
    definition: &'static KindDefinition,
    shared: SharedContext,
    poller: Arc<ListPoller>,
    namespace: Option<String>,
    shutdown: impl Future<Output = ()> + Send + Sync + 'static,
) {
    let writer = Writer::new(definition);
    let store = writer.as_reader();
    let registry = shared.registry.clone();
    registry.register(definition, namespace.clone(), store.clone());
    let (wake, woken) = unbounded();
    let context = Arc::new(Context::new(
        definition,
        shared.clone(),
        poller,
        wake,
        store.clone(),
    ));
    let changes = registry.changes();
    let observed = context.clone();
    let selector = shared.config.label_selector.as_deref();
    let objects = watch(definition, &shared.kube, selector, namespace.as_deref())
        .backoff(WatchBackoff::default())
        .inspect_err(move |error| {
            tracing::warn!(kind = definition.kind, %error, "the watch failed and is retried");
            registry.record_list_error(definition, namespace.as_deref(), error);
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
                .combine(finalizer_missing),
            PredicateConfig::default(),
        );
    let terms = enter_terms(context.clone());
    let changed = objects.map_ok(|object| ObjectKey::of(&object));
    let woken = stream::select(objects_to_enqueue(context.clone(), changes), woken).map(Ok);
    let keys = stream::select(changed, woken).take_until(Box::pin(shutdown));
    let controller = applier(
        |object, context| Box::pin(reconcile(object, context)),
        error_policy,
        context.clone(),
        store,
        keys.map_ok(move |key| key.to_ref(definition)),
        Config::default().concurrency(shared.config.max_concurrent_reconciles),
    );
    let controller = controller.for_each(|end| {
        if let Err(error @ Error::RunnerError(_)) = end {
            tracing::error!(kind = definition.kind, %error, "the queue failed");
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
async fn enter_terms(context: Arc<Context>) {
    loop {
        let leadership = &context.shared.leadership;
        let term = leadership.wait_for_term_after(context.term()).await;
        context.enter_term(term);
    }
}
