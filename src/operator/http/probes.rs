//! The probes `/healthz` and `/readyz`, and `/log-level` for `kubectl port-forward`.

use super::{
    server::serve,
    watchdog::{ApiServerWatchdog, MAX_IDLE},
};
use crate::{
    engine::{Leadership, ObjectRegistry},
    operator::telemetry::logs::LogLevelHandle,
};
use axum::{
    Router,
    extract::{ConnectInfo, State},
    http::StatusCode,
    routing::{get, put},
};
use std::{io, net::SocketAddr};

/// The state that the probes read.
#[derive(Clone, Debug)]
pub(crate) struct ProbeState {
    pub(crate) watchdog: ApiServerWatchdog,
    pub(crate) object_registry: ObjectRegistry,
    /// Whether this replica reconciles. Otherwise it is on standby.
    pub(crate) leadership: Leadership,
    pub(crate) log_level: LogLevelHandle,
}

/// Serves the probes. They read memory only, so they respond while the operator is busy. Returns the address that is listened on.
///
/// # Errors
///
/// If the address cannot be listened on.
pub(crate) async fn serve_probes(address: SocketAddr, state: ProbeState) -> io::Result<SocketAddr> {
    let router = Router::new()
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .route("/log-level", put(set_log_level))
        .with_state(state);
    serve(address, router).await
}

/// Fails only if the API server sends no data. An error response is data.
async fn healthz(State(state): State<ProbeState>) -> (StatusCode, String) {
    health(&state.watchdog)
}

fn health(watchdog: &ApiServerWatchdog) -> (StatusCode, String) {
    let idle = watchdog.idle_time();
    if idle <= MAX_IDLE {
        return (StatusCode::OK, "ok\n".into());
    }
    let seconds = idle.as_secs();
    (
        StatusCode::SERVICE_UNAVAILABLE,
        format!("no response from the Kubernetes API for {seconds} s\n"),
    )
}

/// A standby replica is ready. The leader is ready after its initial lists. Until then the response has one line for each missing
/// list, with the reason and a fix.
async fn readyz(State(state): State<ProbeState>) -> (StatusCode, String) {
    if !state.leadership.is_leader() {
        return (StatusCode::OK, "ok: standing by\n".into());
    }
    let unsynced = state.object_registry.unsynced();
    if unsynced.is_empty() {
        return (StatusCode::OK, "ok\n".into());
    }
    let lines = unsynced.join("\n");
    (StatusCode::SERVICE_UNAVAILABLE, format!("{lines}\n"))
}

/// Sets the log level. Only loopback clients may: `kubectl port-forward` connects from there, and Kubernetes authorizes it.
async fn set_log_level(
    State(state): State<ProbeState>,
    ConnectInfo(client): ConnectInfo<SocketAddr>,
    level: String,
) -> (StatusCode, String) {
    if !client.ip().to_canonical().is_loopback() {
        let message = "only allowed from within the pod: use kubectl port-forward\n";
        return (StatusCode::FORBIDDEN, message.into());
    }
    let level = level.trim();
    match state.log_level.set(level) {
        Ok(()) => {
            tracing::info!(level, "the log level was changed");
            (StatusCode::OK, format!("{level}\n"))
        }
        Err(error) => (StatusCode::BAD_REQUEST, format!("{error}\n")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Kind;
    use crate::{
        kinds::origin_access_identity::OriginAccessIdentity, operator::http::watchdog::client,
    };
    use kube::{
        Config,
        core::Status,
        runtime::{reflector::store::Writer, watcher},
    };
    use std::time::Duration;

    #[tokio::test(start_paused = true)]
    async fn an_idle_connection_is_unhealthy_and_an_error_response_is_data() {
        let refusing = Router::new().fallback(|| async { StatusCode::FORBIDDEN });
        let address = serve(SocketAddr::from(([127, 0, 0, 1], 0)), refusing)
            .await
            .unwrap();
        let mut config = Config::new(format!("http://{address}").parse().unwrap());
        // Without this, the client loads the certificates of the machine, which may have none.
        config.root_cert = Some(vec![]);
        let watchdog = ApiServerWatchdog::new();
        let kube = client(config, &watchdog).unwrap();

        tokio::time::advance(MAX_IDLE).await;
        assert_eq!(health(&watchdog), (StatusCode::OK, "ok\n".into()));
        tokio::time::advance(Duration::from_secs(1)).await;
        let message = "no response from the Kubernetes API for 61 s\n";
        assert_eq!(
            health(&watchdog),
            (StatusCode::SERVICE_UNAVAILABLE, message.into())
        );

        // A request takes real time.
        tokio::time::resume();
        let refused = kube.apiserver_version().await.unwrap_err();
        assert!(
            matches!(&refused, kube::Error::Api(status) if status.code == 403),
            "{refused}"
        );
        assert_eq!(health(&watchdog), (StatusCode::OK, "ok\n".into()));
    }

    #[test]
    fn a_kind_that_is_not_listed_is_reported_with_a_fix() {
        let object_registry = ObjectRegistry::default();
        let writer = Writer::new(OriginAccessIdentity::DEFINITION);
        let store = writer.as_reader();
        object_registry.register(OriginAccessIdentity::DEFINITION, None, store);
        assert_eq!(
            object_registry.unsynced(),
            ["OriginAccessIdentity is still being listed"]
        );
        for (code, message) in [
            (
                404,
                "cannot list OriginAccessIdentity: its CRD is missing; install it with `cloudfront-operator crds | kubectl apply --server-side -f -`",
            ),
            (
                403,
                "cannot list OriginAccessIdentity in all namespaces: the ServiceAccount is not allowed to; grant list and watch on originaccessidentities.cloudfront-operator.dev",
            ),
            (
                500,
                "cannot list OriginAccessIdentity in all namespaces: etcd is away: InternalError",
            ),
        ] {
            let status = Status::failure("etcd is away", "InternalError").with_code(code);
            let error = watcher::Error::InitialListFailed(kube::Error::Api(status.boxed()));
            object_registry.record_list_error(OriginAccessIdentity::DEFINITION, None, &error);
            assert_eq!(object_registry.unsynced(), [message]);
        }
    }
}
