//! The client: sends requests within the rate limit, signed, and as the leader.

mod identity;

use super::{
    Availability, CloudFrontError, CredentialsSource, Endpoint, ErrorClass, Options, Priority,
    RateLimiterSnapshots, Request, RequestMetrics, Reservation, Response, Service,
    auth::{
        AccountCache, AttemptError, CredentialsCache, SignedTransport, SigningClock,
        UnsignedRequest, default_chain,
    },
    http::{Endpoints, Transport, with_retries},
    rate::RateLimiters,
};
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use jiff::SignedDuration;
use std::{
    env, fmt,
    sync::{Arc, OnceLock},
    time::Duration,
};
use tokio::time::Instant;
use tracing::{Instrument, Span, debug, field::Empty};

const DEFAULT_REGION: &str = "us-east-1";

/// Sends requests to CloudFront for one account, with one rate limiter for reads and one for writes. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
    /// The rate limiters are fair between tenants.
    tenant: Arc<str>,
    /// The position in the queue that writes use.
    write_turn: Option<Arc<Reservation>>,
    /// The position in the queue that reads use.
    read_turn: Option<Arc<Reservation>>,
    /// Whether a failed request is sent again.
    retries: bool,
}

struct Inner {
    options: Options,
    endpoints: Endpoints,
    region: String,
    transport: SignedTransport,
    limiters: RateLimiters,
    /// AWS publishes no rate for the pairs of key-value stores, so they have the same limits as CloudFront, and rate limiters of their own.
    pair_limiters: RateLimiters,
    account: AccountCache,
    availability: Availability,
}

impl Client {
    /// Builds a client. Sends nothing: the first request loads the credentials.
    ///
    /// Fails with [`CloudFrontError::Configuration`] if the endpoint is not valid ([`Endpoint::parse`]) or HTTPS cannot be set up.
    pub async fn new(options: Options) -> Result<Self, CloudFrontError> {
        let endpoints = Endpoints::find(
            options.endpoint.as_deref(),
            options.allow_insecure_http,
            environment_variable,
        )?;
        let region = ["AWS_REGION", "AWS_DEFAULT_REGION"]
            .into_iter()
            .find_map(environment_variable);
        let region = region.unwrap_or_else(|| DEFAULT_REGION.into());
        let transport = Transport::new(&options)?;
        let source = match options.credentials.clone() {
            CredentialsSource::DefaultChain => {
                default_chain(transport.clone(), region.clone()).await
            }
            CredentialsSource::Static(credentials) => {
                SharedCredentialsProvider::new(Credentials::from(credentials))
            }
        };
        let clock = Arc::new(SigningClock::new(options.clock));
        let inner = Inner {
            limiters: RateLimiters::new(options.read_qps, options.write_qps),
            pair_limiters: RateLimiters::new(options.read_qps, options.write_qps),
            transport: SignedTransport {
                transport,
                credentials: CredentialsCache::new(source, clock.clone()),
                clock,
            },
            options,
            endpoints,
            region,
            account: AccountCache::default(),
            availability: Availability::default(),
        };
        Ok(Self {
            inner: Arc::new(inner),
            tenant: "".into(),
            write_turn: None,
            read_turn: None,
            retries: true,
        })
    }

    /// Returns a client whose requests belong to a tenant.
    #[must_use]
    pub fn for_tenant(&self, tenant: &str) -> Self {
        Self {
            tenant: tenant.into(),
            ..self.clone()
        }
    }

    /// Returns a client that sends each request once, for a caller that tries again with growing delays.
    #[must_use]
    pub fn without_retries(&self) -> Self {
        Self {
            retries: false,
            ..self.clone()
        }
    }

    /// Returns a client whose writes use a reserved position in the queue.
    #[must_use]
    pub fn with_write_turn(&self, reservation: Reservation) -> Self {
        Self {
            write_turn: Some(Arc::new(reservation)),
            ..self.clone()
        }
    }

    /// Returns a client whose reads use a reserved position in the queue.
    #[must_use]
    pub fn with_read_turn(&self, reservation: Reservation) -> Self {
        Self {
            read_turn: Some(Arc::new(reservation)),
            ..self.clone()
        }
    }

    /// Reserves a position in the queue for a write, and calls `wake` [shortly before](RateLimiter::reserve) a write may use it.
    pub fn reserve_write(
        &self,
        priority: Priority,
        wake: impl FnOnce() + Send + 'static,
    ) -> Reservation {
        self.inner
            .limiters
            .writes
            .reserve(priority, &self.tenant, wake)
    }

    /// Reserves a position in the queue for a read, as [`Client::reserve_write`] does.
    pub fn reserve_read(
        &self,
        priority: Priority,
        wake: impl FnOnce() + Send + 'static,
    ) -> Reservation {
        self.inner
            .limiters
            .reads
            .reserve(priority, &self.tenant, wake)
    }

    /// Waits for the rate limiter, then signs and sends the request, and reads the response.
    ///
    /// Retries for about 20 s where a retry is safe: reads without a response, requests that were throttled, and writes that were not sent.
    /// If the requests of the last seconds have all failed so, there is one attempt. A request with expired credentials or a wrong clock is
    /// retried once. A write that may have taken effect is never retried: its error reports [`CloudFrontError::outcome_unknown`], and the
    /// caller must read. Dropping the future of a write has the same effect.
    pub async fn send(&self, request: &Request) -> Result<Response, CloudFrontError> {
        let target = request.target()?;
        let url = self.inner.endpoints.url(&request.service, &target);
        let first_sent = OnceLock::new();
        let turn = self.turn(request);
        let retries = self.retries && !self.inner.availability.is_known_outage();
        // A reserved request is retried while the caller waits, so the retry must not wait for long.
        let may_retry = || retries && turn.is_none_or(Reservation::is_near);
        with_retries(request, &first_sent, may_retry, || {
            self.attempt(request, &url, &first_sent)
        })
        .await
    }

    /// Returns the endpoint of CloudFront.
    pub fn endpoint(&self) -> &Endpoint {
        &self.inner.endpoints.cloudfront
    }

    /// Returns how far AWS's clock was ahead of this machine's in the last response. `None` before the first response.
    pub fn clock_skew(&self) -> Option<SignedDuration> {
        self.inner.transport.clock.skew()
    }

    /// Returns whether CloudFront serves the account, as the last request showed it.
    pub fn availability(&self) -> &Availability {
        &self.inner.availability
    }

    /// Returns the current state of the rate limiters.
    pub fn rate_limiters(&self) -> RateLimiterSnapshots {
        self.inner.limiters.snapshots()
    }

    async fn attempt(
        &self,
        request: &Request,
        url: &str,
        first_sent: &OnceLock<Instant>,
    ) -> Result<Response, CloudFrontError> {
        match self.traced_exchange(request, url, first_sent).await {
            Err(AttemptError {
                retry_now: true, ..
            }) => self.traced_exchange(request, url, first_sent).await,
            result => result,
        }
        .map_err(|attempt| attempt.error)
    }

    /// Runs an exchange in its own span.
    async fn traced_exchange(
        &self,
        request: &Request,
        url: &str,
        first_sent: &OnceLock<Instant>,
    ) -> Result<Response, AttemptError> {
        let span = tracing::trace_span!(
            "api_request",
            otel.name = %request.operation,
            otel.kind = "client",
            otel.status_code = Empty,
            waited = Empty,
            code = Empty,
            request_id = Empty,
        );
        let exchange = self.exchange(request, url, first_sent);
        let result = exchange.instrument(span.clone()).await;
        self.record_availability(request, &result);
        span.record("code", label(&result));
        span.record("request_id", request_id(&result));
        if result.is_err() {
            span.record("otel.status_code", "ERROR");
        }
        result
    }

    async fn exchange(
        &self,
        request: &Request,
        url: &str,
        first_sent: &OnceLock<Instant>,
    ) -> Result<Response, AttemptError> {
        let Inner {
            options, transport, ..
        } = &*self.inner;
        let unsigned = UnsignedRequest::new(request, url, &options.is_leader)?;
        let waited = self.acquire(request).await;
        Span::current().record("waited", waited.as_secs_f64());
        let credentials = transport.credentials.get().await?;
        let sent = Instant::now();
        first_sent.get_or_init(|| sent);
        if request.is_write() && !(options.is_leader)() {
            return Err(CloudFrontError::NotLeader {
                operation: request.operation.clone(),
            }
            .into());
        }
        let result = transport.exchange(unsigned, &credentials).await;
        let result = result.and_then(|raw| Ok(Response::read(request, &raw)?));
        if let Err(attempt) = &result
            && attempt.error.is_throttled()
        {
            self.limiters(request).on_throttled(request.is_write());
        }
        self.record(request, &result, sent.elapsed(), waited);
        result
    }

    /// Waits for the rate limiter, and returns how long that took.
    async fn acquire(&self, request: &Request) -> Duration {
        if let Some(reservation) = self.turn(request) {
            return reservation.acquire().await;
        }
        let limiter = self.limiters(request).of(request.is_write());
        let reservation = limiter.enqueue(request.priority, &self.tenant);
        reservation.acquire().await
    }

    /// Returns the reserved position that a request uses.
    fn turn(&self, request: &Request) -> Option<&Reservation> {
        match request.service {
            Service::CloudFront if request.is_write() => self.write_turn.as_deref(),
            Service::CloudFront => self.read_turn.as_deref(),
            Service::KeyValueStore { .. } => None,
        }
    }

    /// Returns the rate limiters of the service.
    fn limiters(&self, request: &Request) -> &RateLimiters {
        match request.service {
            Service::CloudFront => &self.inner.limiters,
            Service::KeyValueStore { .. } => &self.inner.pair_limiters,
        }
    }

    /// Records what a result shows of CloudFront. The other service shows nothing of it.
    fn record_availability(&self, request: &Request, result: &Result<Response, AttemptError>) {
        if request.service != Service::CloudFront {
            return;
        }
        match result {
            Err(attempt) if attempt.error.is_account_wide() => {
                let cause = || attempt.error.to_string();
                self.inner.availability.record_failure(cause);
            }
            Err(attempt) if attempt.error.class() == ErrorClass::NotLeader => {}
            _ => self.inner.availability.record_success(),
        }
    }

    fn record(
        &self,
        request: &Request,
        result: &Result<Response, AttemptError>,
        duration: Duration,
        waited: Duration,
    ) {
        let metrics = RequestMetrics {
            operation: request.operation.clone(),
            code: label(result),
            duration,
            rate_limiter_wait: waited,
        };
        let request_id = request_id(result);
        debug!(operation = %metrics.operation, code = metrics.code, ?duration, ?waited, request_id, "called CloudFront");
        (self.inner.options.on_request)(&metrics);
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("endpoint", &self.inner.endpoints.cloudfront)
            .finish_non_exhaustive()
    }
}

/// Returns the metric label of a result.
fn label(result: &Result<Response, AttemptError>) -> &'static str {
    match result {
        Ok(_) => "ok",
        Err(attempt) => attempt.error.label(),
    }
}

/// Returns AWS's request ID of a result.
fn request_id(result: &Result<Response, AttemptError>) -> Option<&str> {
    match result {
        Ok(response) => response.request_id.as_deref(),
        Err(attempt) => attempt.error.request_id(),
    }
}

fn environment_variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}
