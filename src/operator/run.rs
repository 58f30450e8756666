//! `cloudfront-operator run`: connects the parts of the program, and runs until SIGTERM, Ctrl-C, or the loss of leadership.

use super::{
    cli::options::RunArgs,
    doctor::startup::{self, AnsweredOperations},
    http::{
        probes::{ProbeState, serve_probes},
        server::serve_metrics,
        watchdog::{self, ApiServerWatchdog},
    },
    leader_election::{self, LeaderElector},
    registry::kinds,
    shutdown::{self, Shutdown},
    telemetry::{
        logs::{self, LogLevelHandle},
        metrics::Metrics,
    },
};
use crate::{
    cloudfront::{self, Client},
    engine::{EngineConfig, EventRecorder, FIELD_MANAGER, ObjectRegistry, SharedContext},
};
use kube::{Config, runtime::events::Reporter};
use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

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
    /// Another replica may have taken over.
    #[error("the Lease was not renewed in time, so another replica may lead: exiting")]
    LeadershipLost,
}

/// Runs the operator until SIGTERM or Ctrl-C. Running reconciliations finish first.
///
/// # Errors
///
/// If a prerequisite is missing, and if the Lease is lost.
pub(super) fn run(options: &RunArgs) -> Result<(), Error> {
    // Reconciliations wait for the network most of the time, and further threads cost memory and context switches.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|source| system("start the runtime", source))?;
    let result = runtime.block_on(async {
        let (log_level, traces) = logs::start(options).map_err(Error::Options)?;
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
    let is_leader = Arc::new(AtomicBool::new(false));
    let elector = LeaderElector::new(options.leader_elect, options.leader_elect_lease_duration);
    let answered = AnsweredOperations::default();
    let client_options = client_options(options, &metrics, &elector, &answered);
    let cloudfront = Client::new(client_options).await?;
    metrics.set_client(cloudfront.clone());
    let probes = ProbeState {
        watchdog,
        object_registry: object_registry.clone(),
        is_leader: is_leader.clone(),
        log_level,
    };
    serve(options, &metrics, probes).await?;

    if !elector.acquire(&kube, shutdown.clone()).await {
        return Ok(());
    }
    is_leader.store(true, Ordering::Relaxed);
    metrics.set_leader(true);
    log_startup(options, &cloudfront);
    if options.startup_checks {
        let checks = startup::run(cloudfront.clone(), object_registry.clone(), answered);
        tokio::spawn(checks);
    }
    let shared = SharedContext {
        events: EventRecorder::new(kube.clone(), reporter()),
        kube: kube.clone(),
        cloudfront,
        registry: object_registry,
        config: engine_config(options),
        on_reconcile: Arc::new(move |summary| metrics.record_reconcile(summary)),
    };
    tokio::select! {
        () = run_controllers(options, &shared, &shutdown) => {}
        () = elector.lost() => return Err(Error::LeadershipLost),
        () = shutdown::deadline(shutdown.clone()) => {
            tracing::warn!("running reconciliations did not finish in time");
        }
    }
    elector.release(&kube).await;
    tracing::info!("ended");
    Ok(())
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
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        endpoint = %cloudfront.endpoint(),
        read_only = options.read_only,
        namespaces,
        label_selector = options.watch_label_selector,
        read_qps = options.cloudfront_read_qps,
        write_qps = options.cloudfront_write_qps,
        "managing CloudFront"
    );
}

/// Runs the controllers of all kinds until shutdown.
async fn run_controllers(options: &RunArgs, shared: &SharedContext, shutdown: &Shutdown) {
    let namespaces = options.scopes();
    let controllers = kinds()
        .into_iter()
        .map(|entry| (entry.run)(shared.clone(), namespaces.clone(), shutdown.clone()));
    futures::future::join_all(controllers).await;
}

fn client_options(
    options: &RunArgs,
    metrics: &Arc<Metrics>,
    elector: &LeaderElector,
    answered: &AnsweredOperations,
) -> cloudfront::Options {
    let (metrics, elector, answered) = (metrics.clone(), elector.clone(), answered.clone());
    cloudfront::Options {
        endpoint: options.endpoint_url.clone(),
        allow_insecure_http: options.allow_insecure_http,
        read_qps: options.cloudfront_read_qps,
        write_qps: options.cloudfront_write_qps,
        is_leader: Arc::new(move || elector.is_leader()),
        on_request: Arc::new(move |call| {
            metrics.record_request(call);
            answered.record(call);
        }),
        ..cloudfront::Options::default()
    }
}

fn engine_config(options: &RunArgs) -> EngineConfig {
    EngineConfig {
        resync_period: options.resync_period,
        deployment_poll_interval: options.deployment_poll_interval,
        max_concurrent_reconciles: options.max_concurrent_reconciles,
        is_read_only: options.read_only,
        label_selector: options.watch_label_selector.clone(),
    }
}

fn reporter() -> Reporter {
    Reporter {
        controller: FIELD_MANAGER.into(),
        instance: Some(leader_election::identity()),
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
