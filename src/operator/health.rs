//! `/healthz`, `/readyz` and `/metrics`; and `/log-level`, for whoever is in the pod.

use super::{
    liveness::{Heard, SILENCE},
    metrics::Metrics,
    telemetry::Level,
};
use crate::engine::Estate;
use axum::{
    Router,
    extract::{ConnectInfo, State},
    http::StatusCode,
    http::header,
    response::IntoResponse,
    routing::{get, put},
};
use std::{
    io,
    net::SocketAddr,
    sync::Arc,
    sync::atomic::{AtomicBool, Ordering},
};
use tokio::net::TcpListener;

/// What the probes look at.
#[derive(Clone, Debug)]
pub(super) struct Probes {
    pub(super) heard: Heard,
    pub(super) estate: Estate,
    /// Whether this replica works, rather than stands by.
    pub(super) leads: Arc<AtomicBool>,
    pub(super) level: Level,
}

/// Serves the probes. Answers even while the operator is busy: a probe asks nothing of anybody else.
///
/// # Errors
///
/// When the address cannot be listened on.
pub(super) async fn serve_probes(address: SocketAddr, probes: Probes) -> io::Result<SocketAddr> {
    let router = Router::new()
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .route("/log-level", put(log_level))
        .with_state(probes);
    serve(address, router).await
}

/// Serves the metrics.
///
/// # Errors
///
/// When the address cannot be listened on.
pub(super) async fn serve_metrics(
    address: SocketAddr,
    metrics: Arc<Metrics>,
) -> io::Result<SocketAddr> {
    serve(
        address,
        Router::new()
            .route("/metrics", get(scrape))
            .with_state(metrics),
    )
    .await
}

async fn serve(address: SocketAddr, router: Router) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind(address).await?;
    let bound = listener.local_addr()?;
    tokio::spawn(async move {
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        if let Err(error) = axum::serve(listener, service).await {
            tracing::error!(%error, %address, "cannot serve any longer");
        }
    });
    Ok(bound)
}

/// Fails only on silence: an API server that refuses, or answers errors, is heard.
async fn healthz(State(probes): State<Probes>) -> (StatusCode, String) {
    let silence = probes.heard.silence();
    if silence <= SILENCE {
        return (StatusCode::OK, "ok\n".into());
    }
    let silence = silence.as_secs();
    (
        StatusCode::SERVICE_UNAVAILABLE,
        format!("nothing was heard from the Kubernetes API for {silence} s\n"),
    )
}

/// A replica that stands by is ready; one that works is, once it has seen all objects.
async fn readyz(State(probes): State<Probes>) -> (StatusCode, String) {
    if !probes.leads.load(Ordering::Relaxed) {
        return (StatusCode::OK, "ok: standing by\n".into());
    }
    let unlisted = probes.estate.unlisted();
    if unlisted.is_empty() {
        return (StatusCode::OK, "ok\n".into());
    }
    let kinds = unlisted.join(", ");
    (
        StatusCode::SERVICE_UNAVAILABLE,
        format!(
            "cannot list {kinds}: are the custom resource definitions installed (`cloudfront-operator crds | kubectl apply -f -`), and may the operator list and watch them?\n"
        ),
    )
}

/// Only the loopback interface is listened to: `kubectl port-forward` comes from there, and asks for the right to it.
async fn log_level(
    State(probes): State<Probes>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    level: String,
) -> (StatusCode, String) {
    if !from.ip().to_canonical().is_loopback() {
        let how = "only from inside of the pod: use kubectl port-forward\n";
        return (StatusCode::FORBIDDEN, how.into());
    }
    let level = level.trim();
    match probes.level.set(level) {
        Ok(()) => {
            tracing::info!(level, "the log level was changed");
            (StatusCode::OK, format!("{level}\n"))
        }
        Err(error) => (StatusCode::BAD_REQUEST, format!("{error}\n")),
    }
}

async fn scrape(State(metrics): State<Arc<Metrics>>) -> impl IntoResponse {
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], metrics.text())
}
