//! HTTP with every bound in place: deadlines, sizes, no redirects.

use crate::cloudfront::{CloudFrontError, Options, error::error_chain};
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderValue, Method, header::CONTENT_LENGTH};
use reqwest::redirect::Policy;
use std::{net::Ipv4Addr, net::Ipv6Addr, time::Duration};

/// Largest answer that is read: the XML parser's own limit. A page of 100 distributions is about 1 MiB.
pub(in crate::cloudfront) const MAX_ANSWER: usize = crate::xml::MAX_DOCUMENT;

/// Idle connections are dropped before the server drops them: a write on a dead connection may or may not have been committed.
const IDLE: Duration = Duration::from_secs(10);

/// The connections.
#[derive(Clone, Debug)]
pub(in crate::cloudfront) struct Transport {
    https: reqwest::Client,
    plain: reqwest::Client,
}

/// An answer, whatever its status.
#[derive(Debug)]
pub(in crate::cloudfront) struct RawResponse {
    pub(in crate::cloudfront) status: u16,
    pub(in crate::cloudfront) headers: HeaderMap,
    pub(in crate::cloudfront) body: Bytes,
}

/// Why there is no whole answer.
#[derive(Debug, thiserror::Error)]
pub(in crate::cloudfront) enum Failure {
    /// No connection, so the request never left.
    #[error("{0}")]
    NotSent(String),
    /// The request left, or part of it.
    #[error("{0}")]
    NoAnswer(String),
    /// An answer began.
    #[error("{0}")]
    BadAnswer(String),
}

impl Transport {
    pub(in crate::cloudfront) fn new(options: &Options) -> Result<Self, CloudFrontError> {
        let builder = || {
            // "localhost" is granted plain HTTP, so it must not be a name that a resolver may send elsewhere.
            let loopback = [
                (Ipv4Addr::LOCALHOST, 0).into(),
                (Ipv6Addr::LOCALHOST, 0).into(),
            ];
            reqwest::Client::builder()
                .user_agent(concat!("cloudfront-operator/", env!("CARGO_PKG_VERSION")))
                .redirect(Policy::none())
                .connect_timeout(options.connect_timeout)
                .timeout(options.call_timeout)
                .pool_idle_timeout(IDLE)
                .resolve_to_addrs("localhost", &loopback)
        };
        let built = |builder: reqwest::ClientBuilder| {
            builder
                .build()
                .map_err(|error| CloudFrontError::Configuration {
                    detail: format!("HTTPS cannot be set up: {}", explain(error)),
                })
        };
        Ok(Self {
            https: built(builder().https_only(true))?,
            plain: built(builder().no_proxy())?,
        })
    }

    /// Sends a request once. `deadline` replaces the usual one.
    pub(in crate::cloudfront) async fn exchange(
        &self,
        mut request: http::Request<Bytes>,
        deadline: Option<Duration>,
    ) -> Result<RawResponse, Failure> {
        // hyper says nothing about a body that is empty, and some servers answer 411 to a PUT or POST that says nothing.
        if request.body().is_empty() && matches!(*request.method(), Method::POST | Method::PUT) {
            let zero = HeaderValue::from_static("0");
            request.headers_mut().insert(CONTENT_LENGTH, zero);
        }
        let secure = request.uri().scheme_str() == Some("https");
        let mut request = reqwest::Request::try_from(request)
            .map_err(|error| Failure::NotSent(explain(error)))?;
        if deadline.is_some() {
            *request.timeout_mut() = deadline;
        }
        let client = if secure { &self.https } else { &self.plain };
        let mut response = client.execute(request).await.map_err(|error| {
            if error.is_connect() || error.is_builder() {
                Failure::NotSent(explain(error))
            } else {
                Failure::NoAnswer(explain(error))
            }
        })?;
        Ok(RawResponse {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: read(&mut response).await?,
        })
    }
}

impl RawResponse {
    /// A header that is text.
    pub(in crate::cloudfront) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

async fn read(response: &mut reqwest::Response) -> Result<Bytes, Failure> {
    let mut body = BytesMut::new();
    loop {
        match response.chunk().await {
            Ok(None) => return Ok(body.freeze()),
            Ok(Some(chunk)) if body.len() + chunk.len() <= MAX_ANSWER => {
                body.extend_from_slice(&chunk);
            }
            Ok(Some(_)) => {
                return Err(Failure::BadAnswer(format!("it exceeds {MAX_ANSWER} bytes")));
            }
            Err(error) if error.is_timeout() => return Err(Failure::NoAnswer(explain(error))),
            Err(error) => {
                let read = body.len();
                let detail = format!("it broke off after {read} bytes: {}", explain(error));
                return Err(Failure::BadAnswer(detail));
            }
        }
    }
}

/// The error without its URL: the caller names the operation instead.
fn explain(error: reqwest::Error) -> String {
    error_chain(&error.without_url())
}
