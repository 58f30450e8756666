//! The export of traces to an OTLP collector.

use crate::support::{TestEnv, distribution, distribution_with_secret_header, secret};
use axum::{Router, body::Bytes, extract::State, http::StatusCode, routing::post};
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{AnyValue, KeyValue, any_value::Value},
    trace::v1::{ResourceSpans, Span},
};
use prost::Message;
use std::{
    future::pending,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{net::TcpListener, runtime::Runtime};

const HEADER_VALUE: &str = "canary-header-51c2";

type Batches = Arc<Mutex<Vec<Bytes>>>;

/// A collector on the loopback interface that returns one status, or never responds.
struct Collector {
    url: String,
    batches: Batches,
    _runtime: Runtime,
}

impl Collector {
    fn start(status: Option<StatusCode>) -> Self {
        let runtime = Runtime::new().expect("a Tokio runtime starts");
        let batches = Batches::default();
        let receive = move |State(batches): State<Batches>, batch: Bytes| async move {
            batches
                .lock()
                .expect("the lock is not poisoned")
                .push(batch);
            match status {
                Some(status) => status,
                None => pending().await,
            }
        };
        let router = Router::new()
            .route("/v1/traces", post(receive))
            .with_state(batches.clone());
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"));
        let listener = listener.expect("a port is free");
        let address = listener.local_addr().expect("the listener is bound");
        runtime.spawn(async { axum::serve(listener, router).await });
        Self {
            url: format!("http://{address}"),
            batches,
            _runtime: runtime,
        }
    }

    fn received(&self) -> Vec<ResourceSpans> {
        let batches = self.batches.lock().expect("the lock is not poisoned");
        let decode = |batch: &Bytes| ExportTraceServiceRequest::decode(batch.clone());
        let requests = batches
            .iter()
            .map(|batch| decode(batch).expect("the batch is OTLP"));
        requests
            .flat_map(|request| request.resource_spans)
            .collect()
    }

    fn spans(&self) -> Vec<Span> {
        let scopes = self
            .received()
            .into_iter()
            .flat_map(|spans| spans.scope_spans);
        scopes.flat_map(|scope| scope.spans).collect()
    }
}

/// Returns a text attribute, or an empty string.
fn text<'a>(attributes: &'a [KeyValue], key: &str) -> &'a str {
    let found = attributes.iter().find(|attribute| attribute.key == key);
    match found.and_then(|attribute| attribute.value.as_ref()) {
        Some(AnyValue {
            value: Some(Value::StringValue(text)),
        }) => text,
        _ => "",
    }
}

#[test]
fn a_reconciliation_is_traced_with_its_calls_and_without_secrets() {
    let collector = Collector::start(Some(StatusCode::OK));
    let mut env = TestEnv::without_operator("traces", Duration::ZERO);
    env.start_operator_with_flags(&["--otlp-endpoint", &collector.url]);
    env.apply(&secret(HEADER_VALUE));
    env.apply(&distribution_with_secret_header("first"));
    env.wait_until_ready("cfd/www");
    // The operator sends the last batch before it exits.
    env.stop_operator();

    let spans = collector.spans();
    let named = |name: &'static str| spans.iter().filter(move |span| span.name == name);
    let create = named("CreateDistribution")
        .next()
        .expect("the create call was traced");
    assert_eq!(text(&create.attributes, "code"), "ok");
    assert!(!text(&create.attributes, "request_id").is_empty());
    let reconciliation = named("reconcile").find(|span| span.span_id == create.parent_span_id);
    let attributes = &reconciliation
        .expect("the call has a reconciliation as its parent")
        .attributes;
    assert_eq!(text(attributes, "kind"), "Distribution");
    assert_eq!(
        (
            text(attributes, "namespace"),
            text(attributes, "object_name")
        ),
        (env.namespace.as_str(), "www")
    );
    let results: Vec<_> = named("reconcile")
        .map(|span| text(&span.attributes, "reason"))
        .collect();
    assert!(results.contains(&"InSync"), "{results:?}");
    let status_write = spans.iter().find(|span| {
        let url = text(&span.attributes, "http.url");
        span.trace_id == create.trace_id && url.contains("/distributions/www/status")
    });
    let status_write = status_write.expect("the status write was traced");
    assert_eq!(status_write.name, "patch_status");
    let roots = spans.iter().filter(|span| span.parent_span_id.is_empty());
    for root in roots {
        assert_eq!(text(&root.attributes, "http.url"), "", "{root:?}");
    }
    for spans in collector.received() {
        let resource = spans.resource.expect("the spans have a resource");
        assert_eq!(
            text(&resource.attributes, "service.name"),
            "cloudfront-operator"
        );
    }
    let key = env.simulator.credentials()[0].secret_key.clone();
    let exported = format!("{spans:?}");
    for secret in [&key, HEADER_VALUE] {
        assert!(!exported.contains(secret), "{secret} was exported");
    }
}

#[test]
fn the_log_of_a_reconciliation_has_its_trace_id() {
    let collector = Collector::start(Some(StatusCode::OK));
    let mut env = TestEnv::without_operator("trace-ids", Duration::ZERO);
    env.start_operator_with_flags(&["--otlp-endpoint", &collector.url]);
    env.apply(&distribution("www", "first"));
    env.wait_until_ready("cfd/www");
    // The operator sends the last batch before it exits.
    env.operator().stop();

    let spans = collector.spans();
    let create = spans.iter().find(|span| span.name == "CreateDistribution");
    let create = create.expect("the create call was traced");
    let request = text(&create.attributes, "request_id");
    assert!(!request.is_empty(), "{create:?}");
    let log = env.log();
    let line = log.lines().find(|line| line.contains(request));
    let line = line.expect("the log has the create call");
    let bytes = create.trace_id[..].try_into();
    let trace = u128::from_be_bytes(bytes.expect("a trace id has 16 bytes"));
    let matches = line.matches(&format!("trace_id={trace:032x}")).count();
    assert_eq!(matches, 1, "{trace:032x}: {line}");
}

/// Starts an environment whose operator exports its spans every 100 ms.
fn env_with_fast_export(name: &str, collector: &Collector) -> TestEnv {
    let mut env = TestEnv::without_operator(name, Duration::ZERO);
    let credential = env.simulator.credentials()[0].clone();
    let variables = [
        ("AWS_ACCESS_KEY_ID", credential.access_key.as_str()),
        ("AWS_SECRET_ACCESS_KEY", credential.secret_key.as_str()),
        ("OTEL_BSP_SCHEDULE_DELAY", "100"),
    ];
    env.start_operator_with_env(&variables, &["--otlp-endpoint", &collector.url]);
    env
}

#[test]
fn a_collector_that_rejects_traces_is_logged_once() {
    let collector = Collector::start(Some(StatusCode::SERVICE_UNAVAILABLE));
    let env = env_with_fast_export("no-traces", &collector);
    env.apply(&distribution("www", "first"));
    env.wait_until_ready("cfd/www");
    let batches = || {
        collector
            .batches
            .lock()
            .expect("the lock is not poisoned")
            .len()
    };
    env.eventually("the operator has sent two batches", || {
        (batches() >= 2).then_some(())
    });
    env.apply(&distribution("www", "second"));
    env.wait_until_ready("cfd/www");
    let messages = env.log().matches("rejects the traces").count();
    assert_eq!(messages, 1, "{}", env.log());
}

#[test]
fn a_collector_that_never_responds_delays_neither_reconciliations_nor_the_exit() {
    let collector = Collector::start(None);
    let mut env = env_with_fast_export("slow-traces", &collector);
    for comment in ["first", "second"] {
        env.apply(&distribution("www", comment));
        env.wait_until_ready("cfd/www");
    }
    env.stop_operator();
    assert!(
        !collector.received().is_empty(),
        "the operator has sent a batch"
    );
}

#[test]
fn an_invalid_endpoint_is_rejected_with_a_valid_example() {
    let env = TestEnv::without_operator("bad-traces", Duration::ZERO);
    for invalid in ["otel-collector:4318", "https://user:canary@otel-collector"] {
        let mut operator = env.spawn_operator(&["--otlp-endpoint", invalid]);
        let is_success = env.eventually("the operator exits", || operator.exited_successfully());
        assert!(!is_success);
        let log = operator.log();
        assert!(
            log.contains("use a value such as http://otel-collector:4318"),
            "{log}"
        );
        assert!(!log.contains("canary"), "{log}");
    }
}
