//! How a client is set up, and what it tells.

use super::CredentialsSource;
use std::{borrow::Cow, sync::Arc, time::Duration};

/// How a [`Client`](super::Client) is set up. [`Options::default`] is fit for production, but for [`Options::leader`].
#[derive(Clone)]
pub struct Options {
    /// Where CloudFront is; else `AWS_ENDPOINT_URL_CLOUDFRONT`, else `AWS_ENDPOINT_URL`, else `https://cloudfront.amazonaws.com`.
    pub endpoint: Option<String>,
    /// Permits plain HTTP beyond the loopback interface. For a simulator inside of a cluster, never for AWS.
    pub allow_plain_http: bool,
    /// Where credentials come from.
    pub credentials: CredentialsSource,
    /// Most reads a second; zero or less is no limit.
    pub reads_per_second: f64,
    /// Most writes a second; zero or less is no limit.
    pub writes_per_second: f64,
    /// Longest wait for a connection.
    pub connect_timeout: Duration,
    /// Longest wait for a whole answer, connection included. Waiting for a turn in the budget does not count.
    pub call_timeout: Duration,
    /// Asked at the moment of each write: does this process still lead? Always yes unless set.
    pub is_leader: Arc<dyn Fn() -> bool + Send + Sync>,
    /// Told of every call that was sent, repetitions included.
    pub on_request: Arc<dyn Fn(&RequestMetrics) + Send + Sync>,
}

/// One call that was sent, for metrics.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestMetrics {
    /// AWS's name of the operation.
    pub operation: Cow<'static, str>,
    /// `ok`, a code of AWS's that we know, or one of a few words of our own: see [`CloudFrontError::label`](super::CloudFrontError::label).
    pub code: &'static str,
    /// From sending the request to reading the answer.
    pub duration: Duration,
    /// Waiting for a turn before that.
    pub rate_limiter_wait: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            endpoint: None,
            allow_plain_http: false,
            credentials: CredentialsSource::DefaultChain,
            reads_per_second: 10.0,
            writes_per_second: 2.0,
            connect_timeout: Duration::from_secs(5),
            call_timeout: Duration::from_secs(30),
            is_leader: Arc::new(|| true),
            on_request: Arc::new(|_| ()),
        }
    }
}
