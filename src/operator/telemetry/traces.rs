//! Sends traces to a collector by OTLP over HTTP.
//!
//! A trace is one reconciliation, with a span for each request to CloudFront and Kubernetes. Spans carry the fields of log lines.
//! Events stay in the log.

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

const SERVICE_NAME: &str = "cloudfront-operator";

/// The field of a span with the id of its trace. Log lines within the span contain it too.
const TRACE_ID: &str = "trace_id";

/// How long the collector may take to accept a batch.
const EXPORT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long the collector may take to accept the last batch. A terminating pod has little time.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(2);

/// The largest response body that is read. A collector sends next to nothing.
const MAX_RESPONSE: usize = 64 * 1024;

/// Sends spans in batches. The last batch is lost if the process ends without [`Traces::shut_down`].
#[derive(Clone, Debug)]
pub(crate) struct Traces(SdkTracerProvider);

impl Traces {
    /// Creates an exporter that sends spans to a collector from the current runtime.
    ///
    /// The standard variables of OpenTelemetry apply: `OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES`, `OTEL_TRACES_SAMPLER`,
    /// `OTEL_BSP_*`, `OTEL_EXPORTER_OTLP_HEADERS`.
    ///
    /// # Errors
    ///
    /// A sentence, if the address is invalid.
    pub(crate) fn new(endpoint: &str) -> Result<Self, String> {
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(RuntimeHttpClient::new()?)
            .with_endpoint(traces_url(endpoint)?)
            .with_timeout(EXPORT_TIMEOUT)
            .build()
            .map_err(|error| format!("cannot be used: {error}"))?;
        let name = env::var("OTEL_SERVICE_NAME").unwrap_or_else(|_| SERVICE_NAME.into());
        let resource = Resource::builder()
            .with_service_name(name)
            .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")));
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(resource.build());
        Ok(Self(provider.build()))
    }

    /// Returns the layer that collects spans.
    pub(crate) fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        tracing_opentelemetry::layer::<S>()
            .with_tracer(self.0.tracer(SERVICE_NAME))
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .and_then(TraceIdLayer)
            .with_filter(dynamic_filter_fn(is_exported))
    }

    /// Sends the last batch.
    pub(crate) async fn shut_down(self) {
        // The shutdown blocks its thread until this runtime has sent the batch.
        let ended =
            tokio::task::spawn_blocking(move || self.0.shutdown_with_timeout(SHUTDOWN_TIMEOUT));
        if let Ok(Err(error)) = ended.await {
            tracing::warn!(%error, "the last traces were not sent");
        }
    }
}

/// Whether a span is exported: those of this crate, and those of the Kubernetes client within them. Watches and Lease renewals
/// belong to no reconciliation.
fn is_exported<S>(metadata: &Metadata<'_>, context: &Context<'_, S>) -> bool
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let is_of = |crate_: &str| metadata.target().starts_with(crate_);
    metadata.is_span()
        && (is_of("cloudfront_operator")
            || is_of("kube_client") && context.lookup_current().is_some())
}

/// Sets the field [`TRACE_ID`] of a span that has one, and marks the span as done.
struct TraceIdLayer;

impl<S> Layer<S> for TraceIdLayer
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    /// Runs on the first entry and not on creation, because the layer below assigns the trace on entry.
    fn on_enter(&self, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let has_field = span.metadata().fields().field(TRACE_ID).is_some();
        if !has_field || span.extensions_mut().replace(Self).is_some() {
            return;
        }
        let trace = get_active_span(|span| span.span_context().clone());
        // A trace that is not sampled cannot be looked up at the collector.
        if trace.is_sampled() {
            Span::current().record(TRACE_ID, field::display(trace.trace_id()));
        }
    }
}

/// Returns the URL for traces: the address with the path of OTLP, unless it has a path. An error does not quote the address, which
/// may contain a key.
fn traces_url(endpoint: &str) -> Result<String, String> {
    const EXAMPLE: &str = "use a value such as http://otel-collector:4318";
    let Ok(uri) = endpoint.parse::<Uri>() else {
        return Err(format!("is not a URL; {EXAMPLE}"));
    };
    if !matches!(uri.scheme_str(), Some("http" | "https")) {
        return Err(format!(
            "begins with neither http:// nor https://; {EXAMPLE}"
        ));
    }
    if uri.authority().is_some_and(|it| it.as_str().contains('@')) {
        return Err(format!(
            "has a user name or a password; {EXAMPLE}, and set credentials in OTEL_EXPORTER_OTLP_HEADERS"
        ));
    }
    Ok(match uri.path() {
        "" | "/" => format!("{}/v1/traces", endpoint.trim_end_matches('/')),
        _ => endpoint.into(),
    })
}

type ExportResult = Result<Response<Bytes>, HttpError>;

/// An HTTP client that runs all requests on one runtime. The exporter sends batches from a thread without a runtime.
#[derive(Debug)]
struct RuntimeHttpClient {
    client: reqwest::Client,
    runtime: Handle,
    is_failing: AtomicBool,
}

impl RuntimeHttpClient {
    fn new() -> Result<Self, String> {
        let client = reqwest::Client::builder()
            .redirect(Policy::none())
            .timeout(EXPORT_TIMEOUT)
            .build();
        Ok(Self {
            client: client.map_err(|error| format!("HTTPS cannot be set up: {error}"))?,
            runtime: Handle::current(),
            is_failing: AtomicBool::new(false),
        })
    }

    /// Logs the first failure after a success, and the first success after a failure.
    fn log_change(&self, result: &ExportResult) {
        let problem = match result {
            Ok(response) if response.status().is_success() => None,
            Ok(response) => Some(format!("it answered {}", response.status())),
            Err(error) => Some(error.to_string()),
        };
        let has_failed = self.is_failing.swap(problem.is_some(), Ordering::Relaxed);
        match problem {
            Some(problem) if !has_failed => {
                tracing::warn!(problem, "the collector rejects the traces");
            }
            None if has_failed => tracing::info!("the collector accepts traces again"),
            _ => {}
        }
    }
}

impl HttpClient for RuntimeHttpClient {
    fn send_bytes<'a, 'b>(&'a self, request: Request<Bytes>) -> BoxFuture<'b, ExportResult>
    where
        'a: 'b,
        Self: 'b,
    {
        let client = self.client.clone();
        let sending = self.runtime.spawn(async move {
            let response = client.execute(request.try_into()?).await;
            let mut response = response.map_err(|error| error_chain(&error.without_url()))?;
            let mut body = BytesMut::new();
            while let Some(chunk) = response
                .chunk()
                .await
                .map_err(|error| error_chain(&error.without_url()))?
            {
                if body.len() + chunk.len() > MAX_RESPONSE {
                    return Err(format!("its answer exceeds {MAX_RESPONSE} bytes").into());
                }
                body.extend_from_slice(&chunk);
            }
            let read = Response::builder().status(response.status());
            Ok::<_, HttpError>(read.body(body.freeze())?)
        });
        Box::pin(async move {
            let result = sending.await.unwrap_or_else(|error| Err(error.into()));
            self.log_change(&result);
            result
        })
    }
}
