//! The one client that makes calls.

use super::{
    CallerIdentity, CloudFrontError, CredentialsSource, Endpoint, Method, Options, Priority,
    RateLimiter, RateLimiterSnapshot, Request, RequestMetrics, Reservation, Response,
    auth::{
        AttemptError, Clock, CredentialsCache, SignedTransport, SigningScope, UnsignedRequest,
        caller_identity, chain,
    },
    http::{Transport, retry},
};
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use backon::Retryable;
use bytes::Bytes;
use jiff::SignedDuration;
use std::{
    env, fmt,
    sync::{Arc, OnceLock},
    time::Duration,
};
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};
use tracing::{Instrument, Span, debug, field::Empty};

const NAMESPACE: &str = "http://cloudfront.amazonaws.com/doc/2020-05-31/";
const DEFAULT_ENDPOINT: &str = "https://cloudfront.amazonaws.com";
const DEFAULT_REGION: &str = "us-east-1";
/// How long STS is waited for where its answer is not needed.
const WAITED: Duration = Duration::from_secs(5);
/// How long it is left alone when it did not give one.
const FORGIVEN: Duration = Duration::from_mins(10);

/// Makes calls to CloudFront for one account: one source of credentials, one budget for reads and one for writes. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
    /// On whose behalf: calls that wait do so fairly between tenants.
    tenant: Arc<str>,
    /// The place in which writes wait.
    booking: Option<Arc<Reservation>>,
}

struct Inner {
    options: Options,
    endpoint: Endpoint,
    region: String,
    wire: SignedTransport,
    reads: RateLimiter,
    writes: RateLimiter,
    account: Mutex<Option<Told>>,
}

/// What STS told of a key, and when.
struct Told {
    key: String,
    at: Instant,
    account: Option<String>,
}

/// What both budgets look like at one moment, for metrics.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RateLimiterSnapshots {
    /// The budget for reads.
    pub reads: RateLimiterSnapshot,
    /// The budget for writes.
    pub writes: RateLimiterSnapshot,
}

impl Client {
    /// Sets a client up. Makes no call: credentials are asked for when they are first needed.
    ///
    /// Fails with [`CloudFrontError::Configuration`] when the endpoint is refused ([`Endpoint::parse`]) or HTTPS cannot be set up.
    pub async fn new(options: Options) -> Result<Self, CloudFrontError> {
        let endpoint = Endpoint::find(
            "CLOUDFRONT",
            options.endpoint.as_deref(),
            DEFAULT_ENDPOINT,
            options.allow_plain_http,
            variable,
        )?;
        let region = ["AWS_REGION", "AWS_DEFAULT_REGION"]
            .into_iter()
            .find_map(variable);
        let region = region.unwrap_or_else(|| DEFAULT_REGION.into());
        let transport = Transport::new(&options)?;
        let source = match options.credentials.clone() {
            CredentialsSource::DefaultChain => chain(transport.clone(), region.clone()).await,
            CredentialsSource::Static(keys) => {
                SharedCredentialsProvider::new(Credentials::from(keys))
            }
        };
        let inner = Inner {
            reads: RateLimiter::new(options.reads_per_second),
            writes: RateLimiter::new(options.writes_per_second),
            wire: SignedTransport {
                transport,
                credentials: CredentialsCache::new(source),
                clock: Clock::default(),
            },
            options,
            endpoint,
            region,
            account: Mutex::default(),
        };
        Ok(Self {
            inner: Arc::new(inner),
            tenant: "".into(),
            booking: None,
        })
    }

    /// A client that calls on behalf of a tenant.
    #[must_use]
    pub fn for_tenant(&self, tenant: &str) -> Self {
        Self {
            tenant: tenant.into(),
            ..self.clone()
        }
    }

    /// A client whose writes wait in a place that was kept.
    #[must_use]
    pub fn with_reservation(&self, booking: Arc<Reservation>) -> Self {
        Self {
            booking: Some(booking),
            ..self.clone()
        }
    }

    /// Keeps a place for a write, for somebody who is [woken](RateLimiter::reserve) when its turn is near.
    pub fn reserve_write(
        &self,
        priority: Priority,
        wake: impl FnOnce() + Send + 'static,
    ) -> Reservation {
        self.inner.writes.reserve(priority, &self.tenant, wake)
    }

    /// Makes a call: waits for its turn, signs, sends, and reads the answer.
    ///
    /// Repeats within about 20 s what may be repeated: reads that got no answer or were throttled, writes that were throttled or never
    /// left, and once a call whose credentials had expired or whose clock was wrong. A write that may have taken effect is never repeated:
    /// its error says [`CloudFrontError::outcome_unknown`], and the caller must look. Dropping the future of a write leaves the same doubt.
    pub async fn send(&self, request: &Request) -> Result<Response, CloudFrontError> {
        let url = self.inner.endpoint.url(&request.target()?);
        let begun = OnceLock::new();
        let patient = || {
            begun
                .get()
                .is_none_or(|begun: &Instant| begun.elapsed() < retry::PATIENCE)
        };
        (|| self.attempt(request, &url, &begun))
            .retry(retry::delays(request))
            .when(|error| retry::again(error) && patient())
            .await
    }

    /// The id of the account that the credentials belong to, twelve digits, as STS tells. Not counted in the budget.
    ///
    /// STS is asked in the region `AWS_REGION`, or where `AWS_ENDPOINT_URL_STS` says.
    pub async fn caller_account(&self) -> Result<String, CloudFrontError> {
        Ok(self.caller_identity().await?.account)
    }

    /// The same, asked once for each key that the credentials ever have. `None` when STS does not tell within five seconds, and for ten
    /// minutes after: for what is good to know and not needed.
    pub async fn account(&self) -> Option<String> {
        let credentials = self.inner.wire.credentials.get().await.ok()?;
        let key = credentials.access_key_id();
        let mut told = self.inner.account.lock().await;
        if let Some(told) = told.as_ref().filter(|told| told.key == key)
            && (told.account.is_some() || told.at.elapsed() < FORGIVEN)
        {
            return told.account.clone();
        }
        let answer = timeout(WAITED, self.caller_account()).await;
        let account = answer.ok().and_then(Result::ok);
        *told = Some(Told {
            key: key.to_owned(),
            at: Instant::now(),
            account: account.clone(),
        });
        account
    }

    /// Whose credentials these are, as STS tells: see [`Client::caller_account`].
    pub async fn caller_identity(&self) -> Result<CallerIdentity, CloudFrontError> {
        let Inner {
            options,
            region,
            wire,
            ..
        } = &*self.inner;
        caller_identity(wire, region, options.allow_plain_http, variable).await
    }

    /// Where CloudFront is.
    pub fn endpoint(&self) -> &Endpoint {
        &self.inner.endpoint
    }

    /// How far AWS's clock was ahead of this machine's in the last answer. `None` while nothing has answered.
    pub fn clock_skew(&self) -> Option<SignedDuration> {
        self.inner.wire.clock.heard()
    }

    /// The present rates and queues.
    pub fn rate_limiters(&self) -> RateLimiterSnapshots {
        RateLimiterSnapshots {
            reads: self.inner.reads.snapshot(),
            writes: self.inner.writes.snapshot(),
        }
    }

    async fn attempt(
        &self,
        request: &Request,
        url: &str,
        begun: &OnceLock<Instant>,
    ) -> Result<Response, CloudFrontError> {
        match self.traced(request, url, begun).await {
            Err(AttemptError {
                retry_now: true, ..
            }) => self.traced(request, url, begun).await,
            result => result,
        }
        .map_err(|failed| failed.error)
    }

    /// An exchange in a span of its own, for traces.
    async fn traced(
        &self,
        request: &Request,
        url: &str,
        begun: &OnceLock<Instant>,
    ) -> Result<Response, AttemptError> {
        let span = tracing::trace_span!(
            "call",
            otel.name = %request.operation,
            otel.kind = "client",
            otel.status_code = Empty,
            waited = Empty,
            code = Empty,
            request_id = Empty,
        );
        let exchange = self.exchange(request, url, begun);
        let result = exchange.instrument(span.clone()).await;
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
        begun: &OnceLock<Instant>,
    ) -> Result<Response, AttemptError> {
        let Inner { options, wire, .. } = &*self.inner;
        let (reads, writes) = (&self.inner.reads, &self.inner.writes);
        let (budget, other) = if request.is_write() {
            (writes, reads)
        } else {
            (reads, writes)
        };
        let outgoing = outgoing(request, url)?;
        let waited = match &self.booking {
            Some(booking) if request.is_write() => booking.acquire().await,
            _ => {
                budget
                    .enqueue(request.priority, &self.tenant)
                    .acquire()
                    .await
            }
        };
        Span::current().record("waited", waited.as_secs_f64());
        let credentials = wire.credentials.get().await?;
        let sent = Instant::now();
        begun.get_or_init(|| sent);
        if request.is_write() && !(options.is_leader)() {
            return Err(CloudFrontError::NotLeader {
                operation: request.operation.clone(),
            }
            .into());
        }
        let result = wire.exchange(outgoing, &credentials).await;
        let result = result.and_then(|reply| Ok(Response::read(request, &reply)?));
        if result
            .as_ref()
            .is_err_and(|failed| failed.error.is_throttled())
        {
            budget.on_throttled();
            other.on_sibling_throttled();
        }
        self.tell(request, &result, sent.elapsed(), waited);
        result
    }

    fn tell(
        &self,
        request: &Request,
        result: &Result<Response, AttemptError>,
        duration: Duration,
        waited: Duration,
    ) {
        let call = RequestMetrics {
            operation: request.operation.clone(),
            code: label(result),
            duration,
            rate_limiter_wait: waited,
        };
        let request_id = request_id(result);
        debug!(operation = %call.operation, code = call.code, ?duration, ?waited, request_id, "called CloudFront");
        (self.inner.options.on_request)(&call);
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("endpoint", &self.inner.endpoint)
            .finish_non_exhaustive()
    }
}

/// How an exchange ended, in one word.
fn label(result: &Result<Response, AttemptError>) -> &'static str {
    match result {
        Ok(_) => "ok",
        Err(failed) => failed.error.label(),
    }
}

/// What AWS calls the exchange.
fn request_id(result: &Result<Response, AttemptError>) -> Option<&str> {
    match result {
        Ok(answer) => answer.request_id.as_deref(),
        Err(failed) => failed.error.request_id(),
    }
}

/// The request as HTTP, complete but for the signature.
fn outgoing<'a>(request: &Request, url: &str) -> Result<UnsignedRequest<'a>, CloudFrontError> {
    let method = match request.method {
        Method::Get => http::Method::GET,
        Method::Post => http::Method::POST,
        Method::Put => http::Method::PUT,
        Method::Delete => http::Method::DELETE,
    };
    let body = request
        .body
        .as_ref()
        .map(|body| body.to_document(NAMESPACE));
    let mut builder = http::Request::builder().method(method).uri(url);
    if body.is_some() {
        // AWS's model says that MissingBody may mean that this header is missing.
        builder = builder.header("content-type", "application/xml");
    }
    if let Some(etag) = &request.if_match {
        builder = builder.header("if-match", etag);
    }
    let built = builder.body(Bytes::from(body.unwrap_or_default()));
    Ok(UnsignedRequest {
        operation: request.operation.clone(),
        write: request.is_write(),
        scope: SigningScope::CLOUDFRONT,
        request: built.map_err(|error| CloudFrontError::Invalid {
            operation: request.operation.clone(),
            detail: format!("it cannot be put into HTTP: {error}"),
        })?,
    })
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}
