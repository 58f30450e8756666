//! Serves HTTP endpoints, among them `/metrics`, in a way that no client can stop the operator with.

use crate::operator::telemetry::metrics::Metrics;
use axum::{
    Extension, Router,
    extract::{ConnectInfo, State},
    http::header::CONTENT_TYPE,
    response::IntoResponse,
    routing::get,
};
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use std::{collections::VecDeque, io, net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    task::AbortHandle,
    time::{sleep, timeout},
};

/// The longest time for the request, and for the whole connection.
const READ_TIMEOUT: Duration = Duration::from_secs(5);
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(10);

/// The pause after a failure to accept a connection, such as no free file descriptor.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// The most connections that a server has open. The kubelet and a few scrapers need one each.
const MAX_CONNECTIONS: usize = 64;

/// The pause after a connection beyond the limit, which leaves the thread to the requests and the reconciliations.
const EVICTION_PAUSE: Duration = Duration::from_millis(1);

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
/// A connection serves one request in limited time, and the number of connections is limited.
///
/// # Errors
///
/// If the address cannot be listened on.
pub(super) async fn serve(address: SocketAddr, router: Router) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind(address).await?;
    let bound = listener.local_addr()?;
    tokio::spawn(async move {
        let mut connections = Connections::default();
        loop {
            match listener.accept().await {
                Ok((stream, client)) => {
                    let connection = tokio::spawn(serve_connection(stream, client, router.clone()));
                    connections.add(connection.abort_handle()).await;
                }
                Err(error) => {
                    tracing::debug!(%error, %address, "cannot accept a connection");
                    sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    });
    Ok(bound)
}

/// Serves one request.
async fn serve_connection(stream: TcpStream, client: SocketAddr, router: Router) {
    let router = router.layer(Extension(ConnectInfo(client)));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(READ_TIMEOUT)
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    // What is wrong with a connection concerns its client only.
    let _ = timeout(CONNECTION_TIMEOUT, connection).await;
}

async fn scrape(State(metrics): State<Arc<Metrics>>) -> impl IntoResponse {
    let content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(CONTENT_TYPE, content_type)], metrics.cached_text())
}

/// The open connections, in the order in which they were opened.
///
/// Beyond the limit the oldest one is closed: a client that sends its request is answered at once, so the oldest one is idle.
#[derive(Debug, Default)]
struct Connections(VecDeque<AbortHandle>);

impl Connections {
    /// Adds a connection, and closes the oldest one beyond the limit.
    async fn add(&mut self, connection: AbortHandle) {
        self.0.push_back(connection);
        if self.0.len() <= MAX_CONNECTIONS {
            return;
        }
        self.0.retain(|connection| !connection.is_finished());
        if self.0.len() <= MAX_CONNECTIONS {
            return;
        }
        // The connections that were opened at the same moment have had no turn on the thread yet.
        sleep(EVICTION_PAUSE).await;
        self.0.retain(|connection| !connection.is_finished());
        if self.0.len() > MAX_CONNECTIONS
            && let Some(oldest) = self.0.pop_front()
        {
            oldest.abort();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::StatusCode;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    async fn server() -> SocketAddr {
        let router = Router::new().route("/", get(|| async { StatusCode::NO_CONTENT }));
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        serve(any, router).await.unwrap()
    }

    async fn request(address: SocketAddr) -> String {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let request = b"GET / HTTP/1.1\r\nHost: operator\r\n\r\n";
        stream.write_all(request).await.unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).await.unwrap();
        response
    }

    /// Waits until the server closes a connection.
    async fn closed(mut stream: TcpStream) {
        let closed = timeout(Duration::from_secs(60), stream.read(&mut [0])).await;
        assert!(
            matches!(closed, Ok(Ok(0) | Err(_))),
            "the connection stays open"
        );
    }

    #[tokio::test]
    async fn idle_connections_beyond_the_limit_are_closed_and_requests_are_answered() {
        let address = server().await;
        let mut idle = vec![];
        for _ in 0..MAX_CONNECTIONS * 3 {
            idle.push(TcpStream::connect(address).await.unwrap());
        }
        assert!(request(address).await.starts_with("HTTP/1.1 204"));
        closed(idle.swap_remove(0)).await;
    }

    #[tokio::test]
    async fn a_request_is_answered_if_many_idle_connections_follow_it_at_once() {
        let address = server().await;
        // These calls block, so that the server finds all connections when it accepts the first one.
        let mut first = std::net::TcpStream::connect(address).unwrap();
        let request = b"GET / HTTP/1.1\r\nHost: operator\r\n\r\n";
        std::io::Write::write_all(&mut first, request).unwrap();
        let connect = |_| std::net::TcpStream::connect(address).unwrap();
        let _idle: Vec<_> = (0..MAX_CONNECTIONS * 2).map(connect).collect();
        first.set_nonblocking(true).unwrap();
        let mut first = TcpStream::from_std(first).unwrap();
        let mut response = String::new();
        first.read_to_string(&mut response).await.unwrap();
        assert!(response.starts_with("HTTP/1.1 204"), "{response}");
    }

    #[tokio::test]
    async fn a_connection_without_a_request_is_closed() {
        let address = server().await;
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(b"GET / HT").await.unwrap();
        closed(stream).await;
    }

    #[tokio::test]
    async fn a_connection_serves_one_request() {
        let response = request(server().await).await;
        assert!(response.contains("connection: close"), "{response}");
    }
}
