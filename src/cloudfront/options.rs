//! The configuration of the client.

use super::{Clock, CredentialsSource, InProcessServer};
use std::{borrow::Cow, sync::Arc, time::Duration};

/// The configuration of a [`Client`](super::Client). [`Options::default`] fits production, except for [`Options::is_leader`].
#[derive(Clone)]
pub struct Options {
    /// The endpoint; else `AWS_ENDPOINT_URL_CLOUDFRONT`, else `AWS_ENDPOINT_URL`, else `https://cloudfront.amazonaws.com`.
    pub endpoint: Option<String>,
    /// Permits plain HTTP to every host. For a simulator inside of a cluster, never for AWS.
    pub allow_insecure_http: bool,
    /// Where credentials come from.
    pub credentials: CredentialsSource,
    /// Maximum rate of reads. Zero or less is no limit.
    pub read_qps: f64,
    /// Maximum rate of writes. Zero or less is no limit.
    pub write_qps: f64,
    /// Maximum wait for a connection.
    pub connect_timeout: Duration,
    /// Maximum duration of one request, connection included. The wait for the rate limiter does not count.
    pub request_timeout: Duration,
    /// Responds to all requests in place of the endpoint, for tests without sockets.
    pub server: Option<InProcessServer>,
    /// The time of signatures.
    pub clock: Clock,
    /// Returns whether this process still leads. The client calls it before each write. The default is always true.
    pub is_leader: Arc<dyn Fn() -> bool + Send + Sync>,
    /// Receives the metrics of every request that was sent, retries included.
    pub on_request: Arc<dyn Fn(&RequestMetrics) + Send + Sync>,
}

/// The metrics of one request that was sent.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestMetrics {
    /// AWS's name of the operation.
    pub operation: Cow<'static, str>,
    /// `ok` or [`CloudFrontError::label`](super::CloudFrontError::label): one of a bounded set of words.
    pub code: &'static str,
    /// The time from sending the request to reading the response.
    pub duration: Duration,
    /// The wait for the rate limiter before that.
    pub rate_limiter_wait: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            endpoint: None,
            allow_insecure_http: false,
            credentials: CredentialsSource::DefaultChain,
            read_qps: 10.0,
            write_qps: 2.0,
            connect_timeout: Duration::from_secs(5),
            request_timeout: Duration::from_secs(30),
            server: None,
            clock: Clock::System,
            is_leader: Arc::new(|| true),
            on_request: Arc::new(|_| ()),
        }
    }
}
