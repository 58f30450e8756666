//! `cloudfront-operator run`: everything connected, until the end is asked for.

use super::{
    cli::options::{Mode, Run},
    http::{
        server::{Probes, serve_metrics, serve_probes},
        watchdog::{self, Heard},
    },
    leader_election::{self, Leadership},
    registry::{Shutdown, kinds},
    telemetry::{
        logs::{self, Level},
        metrics::Metrics,
    },
};
use crate::{
    cloudfront::{self, Client},
    engine::{EngineConfig, FIELD_MANAGER, ObjectRegistry, SharedContext},
};
use futures::FutureExt;
use kube::{Config, runtime::events::Reporter};
use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::signal::unix::{SignalKind, signal};

/// How long passes under way may take to end. Kubernetes kills a pod 30 seconds after it has asked it to end.
const GRACE: Duration = Duration::from_secs(25);

/// Why the operator could not begin, or had to end.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// An option cannot be understood.
    #[error("{0}")]
    Options(String),
    /// There is no Kubernetes to talk to.
    #[error("no Kubernetes API: {0}; set KUBECONFIG, or run inside of a cluster")]
    NoCluster(#[from] kube::config::InferConfigError),
    /// The Kubernetes API cannot be used as configured.
    #[error("cannot use the Kubernetes API: {0}")]
    Kube(#[from] kube::Error),
    /// The CloudFront client cannot be set up.
    #[error("cannot use CloudFront: {0}")]
    CloudFront(#[from] cloudfront::CloudFrontError),
    /// The system refused something.
    #[error("cannot {what}: {source}")]
    System {
        /// What was tried.
        what: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// Another replica may have taken over.
    #[error("the Lease could not be renewed in time, so another replica may lead: ending here")]
    Deposed,
}

/// Runs the operator until SIGTERM or Ctrl-C. Passes under way end first.
///
/// # Errors
///
/// When something it needs from the start is missing, and when the Lease is lost.
pub(super) fn run(options: &Run) -> Result<(), Error> {
    // One thread: passes wait for others nearly all the time, and threads cost memory and hand work to each other.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|source| system("start the runtime", source))?;
    let ended = runtime.block_on(async {
        let (level, traces) = logs::start(options).map_err(Error::Options)?;
        let ended = operate(options, level).await;
        if let Some(traces) = traces {
            traces.end().await;
        }
        ended
    });
    // What still runs now has had its time.
    runtime.shutdown_background();
    ended
}

async fn operate(options: &Run, level: Level) -> Result<(), Error> {
    let shutdown = shutdown()?;
    let heard = Heard::now();
    let kube = watchdog::client(Config::infer().await?, &heard)?;
    let object_registry = ObjectRegistry::default();
    let metrics = Arc::new(Metrics::new(object_registry.clone()));
    let leads = Arc::new(AtomicBool::new(false));
    let leadership = Leadership::new(options.leader_elect, options.lease_duration);
    let cloudfront = Client::new(client_options(options, &metrics, &leadership)).await?;
    metrics.watch(cloudfront.clone());
    serve(
        options,
        &metrics,
        Probes {
            heard,
            object_registry: object_registry.clone(),
            leads: leads.clone(),
            level,
        },
    )
    .await?;

    if !leadership.acquire(&kube, shutdown.clone()).await {
        return Ok(());
    }
    leads.store(true, Ordering::Relaxed);
    metrics.leads(true);
    let shared = SharedContext {
        reporter: reporter(),
        kube: kube.clone(),
        cloudfront,
        registry: object_registry,
        config: engine_config(options),
        on_reconcile: Arc::new(move |tally| metrics.pass(tally)),
    };
    introduce(options, &shared.cloudfront);
    let work = work(options, &shared, &shutdown);
    let ended = tokio::select! {
        () = work => Ok(()),
        () = leadership.lost() => Err(Error::Deposed),
        () = grace(shutdown.clone()) => {
            tracing::warn!("passes under way took too long to end");
            Ok(())
        }
    };
    if ended.is_ok() {
        leadership.release(&kube).await;
        tracing::info!("ended");
    }
    ended
}

/// Serves probes and metrics.
async fn serve(options: &Run, metrics: &Arc<Metrics>, probes: Probes) -> Result<(), Error> {
    let address = options.health_listen;
    listen("probes", address, serve_probes(address, probes).await)?;
    let address = options.metrics_listen;
    listen(
        "metrics",
        address,
        serve_metrics(address, metrics.clone()).await,
    )
}

/// Says what this process is about to do, and where.
fn introduce(options: &Run, cloudfront: &Client) {
    let namespaces = match &options.namespaces[..] {
        [] => "all".into(),
        names => names.join(","),
    };
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        endpoint = %cloudfront.endpoint(),
        mode = ?options.mode,
        namespaces,
        selector = options.selector,
        reads_per_second = options.reads_per_second,
        writes_per_second = options.writes_per_second,
        "managing CloudFront"
    );
}

/// All kinds, in all namespaces that were asked for.
async fn work(options: &Run, shared: &SharedContext, shutdown: &Shutdown) {
    let namespaces = options.scopes();
    let every = kinds()
        .into_iter()
        .map(|entry| (entry.run)(shared.clone(), namespaces.clone(), shutdown.clone()));
    futures::future::join_all(every).await;
}

/// Ends on SIGTERM and on Ctrl-C.
fn shutdown() -> Result<Shutdown, Error> {
    let mut terminate =
        signal(SignalKind::terminate()).map_err(|source| system("listen for SIGTERM", source))?;
    let mut interrupt =
        signal(SignalKind::interrupt()).map_err(|source| system("listen for Ctrl-C", source))?;
    let ended = async move {
        tokio::select! {
            _ = terminate.recv() => tracing::info!("SIGTERM: ending"),
            _ = interrupt.recv() => tracing::info!("Ctrl-C: ending"),
        }
    };
    let shutdown = ended.boxed().shared();
    // Somebody has to listen before anybody waits.
    tokio::spawn(shutdown.clone());
    Ok(shutdown)
}

async fn grace(shutdown: Shutdown) {
    shutdown.await;
    tokio::time::sleep(GRACE).await;
}

fn client_options(
    options: &Run,
    metrics: &Arc<Metrics>,
    leadership: &Leadership,
) -> cloudfront::Options {
    let (metrics, leadership) = (metrics.clone(), leadership.clone());
    cloudfront::Options {
        endpoint: options.endpoint_url.clone(),
        allow_plain_http: options.allow_plain_http,
        reads_per_second: options.reads_per_second,
        writes_per_second: options.writes_per_second,
        is_leader: Arc::new(move || leadership.holds()),
        on_request: Arc::new(move |call| metrics.call(call)),
        ..cloudfront::Options::default()
    }
}

fn engine_config(options: &Run) -> EngineConfig {
    EngineConfig {
        resync_interval: options.resync_interval,
        deploy_poll_interval: options.deploy_poll_interval,
        concurrency: options.concurrency,
        is_read_only: options.mode == Mode::Observe,
        label_selector: options.selector.clone(),
    }
}

fn reporter() -> Reporter {
    Reporter {
        controller: FIELD_MANAGER.into(),
        instance: Some(leader_election::identity()),
    }
}

fn listen(
    what: &str,
    address: SocketAddr,
    bound: std::io::Result<SocketAddr>,
) -> Result<(), Error> {
    let bound = bound.map_err(|source| system(&format!("serve {what} on {address}"), source))?;
    tracing::info!(%bound, "serving {what}");
    Ok(())
}

fn system(what: &str, source: std::io::Error) -> Error {
    Error::System {
        what: what.into(),
        source,
    }
}
