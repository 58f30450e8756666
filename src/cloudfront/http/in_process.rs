//! A server of this process in place of the endpoint, for tests without sockets.

use bytes::Bytes;
use futures::future::BoxFuture;
use std::{fmt, sync::Arc, time::Duration};

/// A server of this process, which responds to all requests to CloudFront and STS without a socket. While a test waits for a socket, tokio's
/// paused time advances too early.
#[derive(Clone)]
pub struct InProcessServer(Arc<dyn Fn(http::Request<Bytes>) -> Exchange + Send + Sync>);

type Exchange = BoxFuture<'static, Result<http::Response<Bytes>, TransportError>>;

/// Why there is no complete response.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// The connection failed, so the request was not sent.
    #[error("{0}")]
    NotSent(String),
    /// The request may not be sent any more, and its body was not sent.
    #[error("the request may not be sent any more")]
    Withheld,
    /// At least a part of the request was sent.
    #[error("{0}")]
    NoResponse(String),
    /// A part of the response arrived.
    #[error("{0}")]
    InvalidResponse(String),
    /// The response has more bytes than the client reads.
    #[error("{0}")]
    TooLarge(String),
}

impl InProcessServer {
    /// Creates a server that responds with this function.
    pub fn new<F>(respond: impl Fn(http::Request<Bytes>) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<http::Response<Bytes>, TransportError>> + Send + 'static,
    {
        Self(Arc::new(move |request| Box::pin(respond(request))))
    }

    /// Sends a request once.
    pub(super) async fn exchange(
        &self,
        request: http::Request<Bytes>,
        timeout: Duration,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let response = tokio::time::timeout(timeout, (self.0)(request)).await;
        response.map_err(|elapsed| TransportError::NoResponse(format!("timed out: {elapsed}")))?
    }
}

impl fmt::Debug for InProcessServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InProcessServer").finish_non_exhaustive()
    }
}
