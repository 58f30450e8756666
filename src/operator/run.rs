//! `cloudfront-operator run`: connects the parts of the program, and runs until SIGTERM or Ctrl-C.

use super::{
    cli::options::{Events, RunArgs},
    doctor::startup::{self, AnsweredOperations},
    http::{
        probes::{ProbeState, serve_probes},
        server::serve_metrics,
        watchdog::{self, ApiServerWatchdog},
    },
    leader_election::{Identity, LeaderElector},
    outage_events::OutageEvents,
    registry::{is_selected, selected_kinds},
    role_bindings::RoleBindings,
    shutdown::{self, Shutdown},
    telemetry::{
        logs::{self, LogLevelHandle},
        metrics::Metrics,
    },
};
use crate::{
    cloudfront::{self, Client},
    engine::{
        self, EventRecorder, FIELD_MANAGER, Leadership, ObjectRegistry, SharedContext, log_panics,
    },
    invalidation_policy,
};
use kube::{Config, runtime::events::Reporter};
use std::{io, net::SocketAddr, sync::Arc};
use tokio::task::JoinHandle;

/// Why the operator could not start, or had to end.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// An option is invalid.
    #[error("{0}")]
    Options(String),
    /// No Kubernetes cluster is configured.
    #[error(
        "no Kubernetes cluster is configured: {0}; set KUBECONFIG, or run the operator in a cluster"
    )]
    NoCluster(#[from] kube::config::InferConfigError),
    /// The Kubernetes API cannot be used as configured.
    #[error("cannot use the Kubernetes API: {0}")]
    Kube(#[from] kube::Error),
    /// The CloudFront client cannot be set up.
    #[error("cannot use CloudFront: {0}")]
    CloudFront(#[from] cloudfront::CloudFrontError),
    /// A system call failed.
    #[error("cannot {what}: {source}")]
    System {
        /// The attempted operation.
        what: String,
        /// The error of the system.
        source: io::Error,
    },
}

/// The elector, and the task that runs it. `None` without leader election.
type Election = Option<(LeaderElector, JoinHandle<()>)>;

/// Runs the operator until SIGTERM or Ctrl-C. Running reconciliations finish first.
///
/// # Errors
///
/// If a prerequisite is missing.
pub(super) fn run(options: &RunArgs) -> Result<(), Error> {
    // Reconciliations wait for the network most of the time, and further threads cost memory and context switches.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|source| system("start the runtime", source))?;
    let result = runtime.block_on(async {
        let (log_level, traces) = logs::start(options).map_err(Error::Options)?;
        log_panics();
        let result = run_async(options, log_level).await;
        if let Some(traces) = traces {
            traces.shut_down().await;
        }
        result
    });
    // The tasks that still run had their time to finish.
    runtime.shutdown_background();
    result
}

async fn run_async(options: &RunArgs, log_level: LogLevelHandle) -> Result<(), Error> {
    let listening = shutdown::listen();
    let shutdown =
        listening.map_err(|(signal, source)| system(&format!("listen for {signal}"), source))?;
    let watchdog = ApiServerWatchdog::new();
    let kube = watchdog::client(Config::infer().await?, &watchdog)?;
    let object_registry = ObjectRegistry::default();
    let metrics = Arc::new(Metrics::new(
        object_registry.clone(),
        options.metrics_per_object,
    ));
    let leadership = if options.leader_elect {
        Leadership::standby()
    } else {
        Leadership::always()
    };
    metrics.set_leadership(leadership.clone());
    let answered = AnsweredOperations::default();
    let client_options = client_options(options, &metrics, &leadership, &answered);
    let cloudfront = Client::new(client_options).await?;
    metrics.set_client(cloudfront.clone());
    let probes = ProbeState {
        watchdog,
        object_registry: object_registry.clone(),
        leadership: leadership.clone(),
        log_level,
    };
    serve(options, &metrics, probes).await?;

    let election = start_election(options, &kube, &leadership);
    tokio::spawn(stop_waiting_at_the_end(
        leadership.clone(),
        shutdown.clone(),
    ));
    let recorder = EventRecorder::new(kube.clone(), reporter());
    let shared = SharedContext {
        events: match options.events {
            Events::All => recorder,
            Events::Warnings => recorder.warnings_only(),
        },
        kube,
        cloudfront,
        registry: object_registry,
        leadership,
        kubernetes: cloudfront::Availability::default(),
        clock: cloudfront::Clock::System,
        config: options.engine_config(),
        on_panic: Arc::new({
            let metrics = metrics.clone();
            move |kind| metrics.record_panic(kind)
        }),
        on_reconcile: Arc::new(move |summary| metrics.record_reconcile(summary)),
    };
    run_as_leader(options, &shared, answered, &shutdown).await;
    if let Some((elector, task)) = election {
        task.abort();
        elector.release().await;
    }
    tracing::info!("ended");
    Ok(())
}

/// Competes for the Lease from now on, if leader election is on.
fn start_election(options: &RunArgs, kube: &kube::Client, leadership: &Leadership) -> Election {
    options.leader_elect.then(|| {
        let duration = options.leader_elect_lease_duration;
        let elector = LeaderElector::new(kube.clone(), duration, leadership.clone());
        let task = tokio::spawn(elector.clone().run());
        (elector, task)
    })
}

/// Ends all waits for the leadership when the program has to end.
async fn stop_waiting_at_the_end(leadership: Leadership, shutdown: Shutdown) {
    shutdown.await;
    leadership.stop_waiting();
}

/// Waits until this process leads, and runs the controllers until shutdown.
async fn run_as_leader(
    options: &RunArgs,
    shared: &SharedContext,
    answered: AnsweredOperations,
    shutdown: &Shutdown,
) {
    if shared.leadership.wait_to_lead().await.is_none() {
        return;
    }
    log_startup(options, &shared.cloudfront);
    if options.startup_checks {
        let registry = shared.registry.clone();
        let checks = startup::run(shared.cloudfront.clone(), registry, answered);
        tokio::spawn(checks);
    }
    let outages = OutageEvents {
        events: shared.events.clone(),
        availability: shared.cloudfront.availability().clone(),
        leadership: shared.leadership.clone(),
        pod: Identity::pod(shared.kube.default_namespace()),
    };
    let names = options.protected_role_bindings.clone();
    let role_bindings = RoleBindings::new(shared, names);
    tokio::select! {
        () = run_controllers(options, shared, shutdown) => {}
        () = role_bindings.run() => {}
        () = outages.run() => {}
        () = shutdown::deadline(shutdown.clone()) => {
            tracing::warn!("running reconciliations did not finish in time");
        }
    }
    role_bindings.release().await;
}

/// Serves probes and metrics.
async fn serve(options: &RunArgs, metrics: &Arc<Metrics>, probes: ProbeState) -> Result<(), Error> {
    let address = options.health_probe_bind_address;
    log_address("probes", address, serve_probes(address, probes).await)?;
    let address = options.metrics_bind_address;
    log_address(
        "metrics",
        address,
        serve_metrics(address, metrics.clone()).await,
    )
}

/// Logs the configuration of this process.
fn log_startup(options: &RunArgs, cloudfront: &Client) {
    let namespaces = match &options.watch_namespaces[..] {
        [] => "all".into(),
        names => names.join(","),
    };
    let kinds = match &options.kinds[..] {
        [] => "all".into(),
        names => names.join(","),
    };
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        endpoint = %cloudfront.endpoint(),
        read_only = options.read_only,
        namespaces,
        label_selector = options.watch_label_selector,
        kinds,
        read_qps = options.cloudfront_read_qps,
        write_qps = options.cloudfront_write_qps,
        "managing CloudFront"
    );
}

/// Runs the controllers of the selected kinds until shutdown.
async fn run_controllers(options: &RunArgs, shared: &SharedContext, shutdown: &Shutdown) {
    let namespaces = options.scopes();
    let controllers = selected_kinds(&options.kinds)
        .into_iter()
        .map(|kind| engine::run(kind, shared.clone(), namespaces.clone(), shutdown.clone()));
    let policies = async {
        if is_selected(&options.kinds, invalidation_policy::KIND) {
            let max_paths = options.max_invalidation_paths_per_month.map(i64::from);
            let (shared, shutdown) = (shared.clone(), shutdown.clone());
            invalidation_policy::run(shared, namespaces.clone(), max_paths, shutdown).await;
        }
    };
    // The controllers of the kinds register them before the policies use them.
    tokio::join!(futures::future::join_all(controllers), policies);
}

fn client_options(
    options: &RunArgs,
    metrics: &Arc<Metrics>,
    leadership: &Leadership,
    answered: &AnsweredOperations,
) -> cloudfront::Options {
    let (metrics, leadership, answered) = (metrics.clone(), leadership.clone(), answered.clone());
    cloudfront::Options {
        is_leader: Arc::new(move || leadership.is_leader()),
        on_request: Arc::new(move |call| {
            metrics.record_request(call);
            answered.record(call);
        }),
        ..options.cloudfront_options()
    }
}

fn reporter() -> Reporter {
    Reporter {
        controller: FIELD_MANAGER.into(),
        instance: Some(Identity::of_this_process().holder().into()),
    }
}

/// Logs the address of an endpoint, or returns why it cannot be served.
fn log_address(
    what: &str,
    address: SocketAddr,
    bound: io::Result<SocketAddr>,
) -> Result<(), Error> {
    let bound = bound.map_err(|source| system(&format!("serve {what} on {address}"), source))?;
    tracing::info!(%bound, "serving {what}");
    Ok(())
}

fn system(what: &str, source: io::Error) -> Error {
    Error::System {
        what: what.into(),
        source,
    }
}
