//! HTTP with bounded time and size, and without redirects.

use super::{
    InProcessServer, TransportError,
    guarded_body::{GuardedBody, MaySend},
    resolver::Resolver,
};
use crate::cloudfront::{CloudFrontError, Options, error::error_chain};
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderValue, Method, header::CONTENT_LENGTH};
use reqwest::redirect::Policy;
use std::{sync::atomic::Ordering, time::Duration};

/// Maximum size of a response body: the limit of the XML parser. A page of 100 distributions has about 1 MiB.
const MAX_BODY: usize = crate::xml::MAX_DOCUMENT;

/// Idle connections are closed before the server closes them: the outcome of a write on a closed connection is unknown.
const IDLE_TIMEOUT: Duration = Duration::from_secs(10);

/// What responds to requests.
#[derive(Clone, Debug)]
pub(in crate::cloudfront) enum Transport {
    /// A server on the network.
    Http(HttpClients),
    /// A server of this process.
    InProcess {
        server: InProcessServer,
        request_timeout: Duration,
    },
}

/// The HTTP clients and their connections.
#[derive(Clone, Debug)]
pub(in crate::cloudfront) struct HttpClients {
    https: reqwest::Client,
    plain: reqwest::Client,
}

/// A complete response of any status.
#[derive(Debug)]
pub(in crate::cloudfront) struct RawResponse {
    pub(in crate::cloudfront) status: u16,
    pub(in crate::cloudfront) headers: HeaderMap,
    pub(in crate::cloudfront) body: Bytes,
}

impl Transport {
    pub(in crate::cloudfront) fn new(options: &Options) -> Result<Self, CloudFrontError> {
        let request_timeout = options.request_timeout;
        match options.server.clone() {
            Some(server) => Ok(Self::InProcess {
                server,
                request_timeout,
            }),
            None => HttpClients::new(options.connect_timeout, request_timeout).map(Self::Http),
        }
    }

    /// Sends a request once. `timeout` overrides the default. A body is withheld unless it may be sent when the connection is ready.
    pub(in crate::cloudfront) async fn exchange(
        &self,
        request: http::Request<Bytes>,
        timeout: Option<Duration>,
        may_send: Option<MaySend>,
    ) -> Result<RawResponse, TransportError> {
        match self {
            Self::Http(clients) => clients.exchange(request, timeout, may_send).await,
            Self::InProcess {
                server,
                request_timeout,
            } => {
                let timeout = timeout.unwrap_or(*request_timeout);
                RawResponse::of(server.exchange(request, timeout).await?)
            }
        }
    }
}

impl HttpClients {
    fn new(connect_timeout: Duration, request_timeout: Duration) -> Result<Self, CloudFrontError> {
        let builder = || {
            reqwest::Client::builder()
                .user_agent(concat!("cloudfront-operator/", env!("CARGO_PKG_VERSION")))
                .redirect(Policy::none())
                .connect_timeout(connect_timeout)
                .timeout(request_timeout)
                .pool_idle_timeout(IDLE_TIMEOUT)
                .dns_resolver(Resolver)
        };
        let build = |builder: reqwest::ClientBuilder| {
            builder
                .build()
                .map_err(|error| CloudFrontError::Configuration {
                    detail: format!("HTTPS cannot be set up: {}", without_url(error)),
                })
        };
        Ok(Self {
            https: build(builder().https_only(true))?,
            plain: build(builder().no_proxy())?,
        })
    }

    async fn exchange(
        &self,
        mut request: http::Request<Bytes>,
        timeout: Option<Duration>,
        may_send: Option<MaySend>,
    ) -> Result<RawResponse, TransportError> {
        // hyper omits Content-Length for an empty body, and some servers then answer a PUT or POST with 411.
        if request.body().is_empty() && matches!(*request.method(), Method::POST | Method::PUT) {
            let zero = HeaderValue::from_static("0");
            request.headers_mut().insert(CONTENT_LENGTH, zero);
        }
        let is_https = request.uri().scheme_str() == Some("https");
        let body = request.body().clone();
        let mut request = reqwest::Request::try_from(request)
            .map_err(|error| TransportError::NotSent(without_url(error)))?;
        let is_withheld = may_send.filter(|_| !body.is_empty()).map(|may_send| {
            let (body, is_withheld) = GuardedBody::new(body, may_send);
            *request.body_mut() = Some(reqwest::Body::wrap(body));
            is_withheld
        });
        if timeout.is_some() {
            *request.timeout_mut() = timeout;
        }
        let client = if is_https { &self.https } else { &self.plain };
        let mut response = client.execute(request).await.map_err(|error| {
            if is_withheld.is_some_and(|it| it.load(Ordering::Relaxed)) {
                TransportError::Withheld
            } else if error.is_connect() || error.is_builder() {
                TransportError::NotSent(without_url(error))
            } else {
                TransportError::NoResponse(without_url(error))
            }
        })?;
        Ok(RawResponse {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: read_body(&mut response).await?,
        })
    }
}

impl RawResponse {
    fn of(response: http::Response<Bytes>) -> Result<Self, TransportError> {
        let (parts, body) = response.into_parts();
        if body.len() > MAX_BODY {
            return Err(too_large());
        }
        Ok(Self {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body,
        })
    }

    /// Returns a header if its value is text.
    pub(in crate::cloudfront) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

async fn read_body(response: &mut reqwest::Response) -> Result<Bytes, TransportError> {
    let mut body = BytesMut::new();
    loop {
        match response.chunk().await {
            Ok(None) => return Ok(body.freeze()),
            Ok(Some(chunk)) if body.len() + chunk.len() <= MAX_BODY => {
                body.extend_from_slice(&chunk);
            }
            Ok(Some(_)) => {
                return Err(too_large());
            }
            Err(error) if error.is_timeout() => {
                return Err(TransportError::NoResponse(without_url(error)));
            }
            Err(error) => {
                let read = body.len();
                let detail = format!("it broke off after {read} bytes: {}", without_url(error));
                return Err(TransportError::InvalidResponse(detail));
            }
        }
    }
}

fn too_large() -> TransportError {
    TransportError::TooLarge(format!("it exceeds {MAX_BODY} bytes"))
}

/// Returns the error chain without the URL: the caller names the operation instead.
fn without_url(error: reqwest::Error) -> String {
    error_chain(&error.without_url())
}
