//! Serves HTTP endpoints, among them `/metrics`.

use crate::operator::telemetry::metrics::Metrics;
use axum::{
    Router, extract::State, http::header::CONTENT_TYPE, response::IntoResponse, routing::get,
};
use std::{io, net::SocketAddr, sync::Arc};
use tokio::net::TcpListener;

/// Serves the metrics. Returns the address that is listened on.
///
/// # Errors
///
/// If the address cannot be listened on.
pub(crate) async fn serve_metrics(
    address: SocketAddr,
    metrics: Arc<Metrics>,
) -> io::Result<SocketAddr> {
    let router = Router::new().route("/metrics", get(scrape));
    serve(address, router.with_state(metrics)).await
}

/// Serves a router in a task of its own. Returns the address that is listened on.
///
/// # Errors
///
/// If the address cannot be listened on.
pub(super) async fn serve(address: SocketAddr, router: Router) -> io::Result<SocketAddr> {
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

async fn scrape(State(metrics): State<Arc<Metrics>>) -> impl IntoResponse {
    let content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(CONTENT_TYPE, content_type)], metrics.text())
}
