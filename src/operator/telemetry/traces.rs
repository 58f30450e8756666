//! Traces: a pass, and in it the calls to CloudFront and Kubernetes, sent to a collector by OTLP over HTTP.
//!
//! What a span tells is what a log line tells; events stay in the log.

use crate::cloudfront::error_chain;
use bytes::{Bytes, BytesMut};
use futures::future::BoxFuture;
use http::{Request, Response, Uri};
use opentelemetry::{
    KeyValue,
    trace::{TracerProvider, get_active_span},
};
use opentelemetry_http::{HttpClient, HttpError};
use opentelemetry_otlp::{SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::{Resource, trace::SdkTracerProvider};
use reqwest::redirect::Policy;
use std::{
    env,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};
use tokio::runtime::Handle;
use tracing::{Metadata, Span, Subscriber, field, span::Id};
use tracing_subscriber::{Layer, filter::dynamic_filter_fn, layer::Context, registry::LookupSpan};

const NAME: &str = "cloudfront-operator";

/// The field of a span that names its trace, so that log lines within the span do.
const TRACE_ID: &str = "trace_id";

/// How long a collector may take to accept a batch.
const PATIENCE: Duration = Duration::from_secs(5);

/// The same for the last batch: a pod that is to end has little time left.
const LAST: Duration = Duration::from_secs(2);

/// The largest answer that is read: it is all but empty.
const MAX_ANSWER: usize = 64 * 1024;

/// What sends spans. They are gathered, and lost when the process ends without [`Traces::end`].
#[derive(Clone, Debug)]
pub(crate) struct Traces(SdkTracerProvider);

impl Traces {
    /// Makes ready to send to a collector, from the runtime that this is called in. Nothing is sent before there is a span.
    ///
    /// OpenTelemetry's own variables have their say: `OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES`, `OTEL_TRACES_SAMPLER`,
    /// `OTEL_BSP_*`, `OTEL_EXPORTER_OTLP_HEADERS`.
    ///
    /// # Errors
    ///
    /// A sentence, when the address is none.
    pub(crate) fn to(endpoint: &str) -> Result<Self, String> {
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Tethered::new()?)
            .with_endpoint(address(endpoint)?)
            .with_timeout(PATIENCE)
            .build()
            .map_err(|error| format!("cannot be used: {error}"))?;
        let name = env::var("OTEL_SERVICE_NAME").unwrap_or_else(|_| NAME.into());
        let resource = Resource::builder()
            .with_service_name(name)
            .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")));
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(resource.build());
        Ok(Self(provider.build()))
    }

    /// The layer that hears of spans.
    pub(crate) fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        tracing_opentelemetry::layer::<S>()
            .with_tracer(self.0.tracer(NAME))
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .and_then(Named)
            .with_filter(dynamic_filter_fn(is_told))
    }

    /// Sends what is left.
    pub(crate) async fn end(self) {
        // It waits for the runtime that this runs on, so it has to wait elsewhere.
        let ended = tokio::task::spawn_blocking(move || self.0.shutdown_with_timeout(LAST));
        if let Ok(Err(error)) = ended.await {
            tracing::warn!(%error, "the last traces were not sent");
        }
    }
}

/// Our own spans, and those of the Kubernetes client within them: a watch or a Lease is nobody's work.
fn is_told<S>(metadata: &Metadata<'_>, context: &Context<'_, S>) -> bool
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let of = |crate_: &str| metadata.target().starts_with(crate_);
    metadata.is_span()
        && (of("cloudfront_operator") || of("kube_client") && context.lookup_current().is_some())
}

/// Fills in the field [`TRACE_ID`] of a span that has one, and marks the span as done.
struct Named;

impl<S> Layer<S> for Named
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    /// Not when it is made: its trace begins when it is first entered, which the layer below has just heard of.
    fn on_enter(&self, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let has_field = span.metadata().fields().field(TRACE_ID).is_some();
        if !has_field || span.extensions_mut().replace(Self).is_some() {
            return;
        }
        let trace = get_active_span(|span| span.span_context().clone());
        // Others are sent nowhere, so that nobody could look them up.
        if trace.is_sampled() {
            Span::current().record(TRACE_ID, field::display(trace.trace_id()));
        }
    }
}

/// Where a collector takes traces, as OTLP has it, unless a path is given. A refusal does not quote the address: it may hold a key.
fn address(endpoint: &str) -> Result<String, String> {
    const GOOD: &str = "write http://otel-collector:4318";
    let Ok(uri) = endpoint.parse::<Uri>() else {
        return Err(format!("is no address; {GOOD}"));
    };
    if !matches!(uri.scheme_str(), Some("http" | "https")) {
        return Err(format!("begins with neither http:// nor https://; {GOOD}"));
    }
    if uri.authority().is_some_and(|it| it.as_str().contains('@')) {
        return Err(format!(
            "has a name or a password; {GOOD}, and what it asks for in OTEL_EXPORTER_OTLP_HEADERS"
        ));
    }
    Ok(match uri.path() {
        "" | "/" => format!("{}/v1/traces", endpoint.trim_end_matches('/')),
        _ => endpoint.into(),
    })
}

/// An HTTP client whose work is done on one runtime, whichever thread asks: batches are sent from a thread that has none.
#[derive(Debug)]
struct Tethered {
    client: reqwest::Client,
    runtime: Handle,
    failing: AtomicBool,
}

impl Tethered {
    fn new() -> Result<Self, String> {
        let client = reqwest::Client::builder()
            .redirect(Policy::none())
            .timeout(PATIENCE)
            .build();
        Ok(Self {
            client: client.map_err(|error| format!("HTTPS cannot be set up: {error}"))?,
            runtime: Handle::current(),
            failing: AtomicBool::new(false),
        })
    }

    /// Says so once when sending begins to fail, and once when it works again.
    fn tell(&self, result: &Sent) {
        let problem = match result {
            Ok(answer) if answer.status().is_success() => None,
            Ok(answer) => Some(format!("it answered {}", answer.status())),
            Err(error) => Some(error.to_string()),
        };
        let failed = self.failing.swap(problem.is_some(), Ordering::Relaxed);
        match problem {
            Some(problem) if !failed => tracing::warn!(problem, "the collector takes no traces"),
            None if failed => tracing::info!("the collector takes traces again"),
            _ => {}
        }
    }
}

impl HttpClient for Tethered {
    fn send_bytes<'a, 'b>(&'a self, request: Request<Bytes>) -> BoxFuture<'b, Sent>
    where
        'a: 'b,
        Self: 'b,
    {
        let client = self.client.clone();
        let sending = self.runtime.spawn(async move {
            let answer = client.execute(request.try_into()?).await;
            let mut answer = answer.map_err(|error| error_chain(&error.without_url()))?;
            let mut body = BytesMut::new();
            while let Some(chunk) = answer
                .chunk()
                .await
                .map_err(|error| error_chain(&error.without_url()))?
            {
                if body.len() + chunk.len() > MAX_ANSWER {
                    return Err(format!("its answer exceeds {MAX_ANSWER} bytes").into());
                }
                body.extend_from_slice(&chunk);
            }
            let whole = Response::builder().status(answer.status());
            Ok::<_, HttpError>(whole.body(body.freeze())?)
        });
        Box::pin(async move {
            let result = sending.await.unwrap_or_else(|error| Err(error.into()));
            self.tell(&result);
            result
        })
    }
}

type Sent = Result<Response<Bytes>, HttpError>;
