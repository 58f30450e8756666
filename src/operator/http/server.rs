//! `/healthz`, `/readyz` and `/metrics`; and `/log-level`, for whoever is in the pod.

use super::watchdog::{Heard, SILENCE};
use crate::{
    engine::ObjectRegistry,
    operator::telemetry::{logs::Level, metrics::Metrics},
};
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
pub(crate) struct Probes {
    pub(crate) heard: Heard,
    pub(crate) object_registry: ObjectRegistry,
    /// Whether this replica works, rather than stands by.
    pub(crate) leads: Arc<AtomicBool>,
    pub(crate) level: Level,
}

/// Serves the probes. Answers even while the operator is busy: a probe asks nothing of anybody else.
///
/// # Errors
///
/// When the address cannot be listened on.
pub(crate) async fn serve_probes(address: SocketAddr, probes: Probes) -> io::Result<SocketAddr> {
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
pub(crate) async fn serve_metrics(
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
    alive(&probes.heard)
}

fn alive(heard: &Heard) -> (StatusCode, String) {
    let silence = heard.silence();
    if silence <= SILENCE {
        return (StatusCode::OK, "ok\n".into());
    }
    let silence = silence.as_secs();
    (
        StatusCode::SERVICE_UNAVAILABLE,
        format!("nothing was heard from the Kubernetes API for {silence} s\n"),
    )
}

/// A replica that stands by is ready; one that works is, once it has seen all objects. Until then it says, a line each, what it
/// cannot list and what helps.
async fn readyz(State(probes): State<Probes>) -> (StatusCode, String) {
    if !probes.leads.load(Ordering::Relaxed) {
        return (StatusCode::OK, "ok: standing by\n".into());
    }
    let unsynced = probes.object_registry.unsynced();
    if unsynced.is_empty() {
        return (StatusCode::OK, "ok\n".into());
    }
    let told = unsynced.join("\n");
    (StatusCode::SERVICE_UNAVAILABLE, format!("{told}\n"))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        kinds::origin_access_identity::OriginAccessIdentity, operator::http::watchdog::client,
    };
    use kube::{
        Config,
        core::Status,
        runtime::{reflector, watcher},
    };
    use std::time::Duration;

    #[tokio::test(start_paused = true)]
    async fn silence_is_unhealthy_and_a_refusal_is_no_silence() {
        let refusing = Router::new().fallback(|| async { StatusCode::FORBIDDEN });
        let address = serve(SocketAddr::from(([127, 0, 0, 1], 0)), refusing)
            .await
            .unwrap();
        let mut config = Config::new(format!("http://{address}").parse().unwrap());
        // Else it would look for the machine's certificates, which may have none.
        config.root_cert = Some(vec![]);
        let heard = Heard::now();
        let kube = client(config, &heard).unwrap();

        tokio::time::advance(SILENCE).await;
        assert_eq!(alive(&heard), (StatusCode::OK, "ok\n".into()));
        tokio::time::advance(Duration::from_secs(1)).await;
        let told = "nothing was heard from the Kubernetes API for 61 s\n";
        assert_eq!(
            alive(&heard),
            (StatusCode::SERVICE_UNAVAILABLE, told.into())
        );

        // A call takes real time.
        tokio::time::resume();
        let refused = kube.apiserver_version().await.unwrap_err();
        assert!(
            matches!(&refused, kube::Error::Api(status) if status.code == 403),
            "{refused}"
        );
        assert_eq!(alive(&heard), (StatusCode::OK, "ok\n".into()));
    }

    #[test]
    fn what_is_not_listed_is_told_with_what_helps() {
        let object_registry = ObjectRegistry::default();
        let (store, _writer) = reflector::store();
        object_registry.register::<OriginAccessIdentity>(None, store);
        assert_eq!(
            object_registry.unsynced(),
            ["OriginAccessIdentity is still being listed"]
        );
        for (code, told) in [
            (
                404,
                "cannot list OriginAccessIdentity: its definition is missing; install it with `cloudfront-operator crds | kubectl apply -f -`",
            ),
            (
                403,
                "cannot list OriginAccessIdentity in all namespaces: the service account may not; grant list and watch on originaccessidentities.cloudfront-operator.dev",
            ),
            (
                500,
                "cannot list OriginAccessIdentity in all namespaces: etcd is away: InternalError",
            ),
        ] {
            let status = Status::failure("etcd is away", "InternalError").with_code(code);
            let error = watcher::Error::InitialListFailed(kube::Error::Api(status.boxed()));
            object_registry.record_list_error::<OriginAccessIdentity>(None, &error);
            assert_eq!(object_registry.unsynced(), [told]);
        }
    }
}
