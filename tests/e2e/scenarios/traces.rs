//! What a collector is told.

use super::{
    lifecycle::distribution,
    secret::{secret, with_secret_header},
    stage::Stage,
};
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

const HEADER: &str = "canary-header-51c2";

type Batches = Arc<Mutex<Vec<Bytes>>>;

/// A collector on loopback that answers with this status, or never.
struct Collector {
    url: String,
    batches: Batches,
    _runtime: Runtime,
}

impl Collector {
    fn start(status: Option<StatusCode>) -> Self {
        let runtime = Runtime::new().expect("a runtime can be started");
        let batches = Batches::default();
        let take = move |State(batches): State<Batches>, batch: Bytes| async move {
            batches.lock().expect("nobody panics").push(batch);
            match status {
                Some(status) => status,
                None => pending().await,
            }
        };
        let router = Router::new()
            .route("/v1/traces", post(take))
            .with_state(batches.clone());
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"));
        let listener = listener.expect("there is a port");
        let address = listener.local_addr().expect("it is bound");
        runtime.spawn(async { axum::serve(listener, router).await });
        Self {
            url: format!("http://{address}"),
            batches,
            _runtime: runtime,
        }
    }

    fn received(&self) -> Vec<ResourceSpans> {
        let batches = self.batches.lock().expect("nobody panics");
        let read = |batch: &Bytes| ExportTraceServiceRequest::decode(batch.clone());
        let requests = batches.iter().map(|batch| read(batch).expect("it is OTLP"));
        requests
            .flat_map(|request| request.resource_spans)
            .collect()
    }

    fn spans(&self) -> Vec<Span> {
        let scopes = self.received().into_iter().flat_map(|one| one.scope_spans);
        scopes.flat_map(|scope| scope.spans).collect()
    }
}

/// An attribute that is text, or nothing.
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
fn a_pass_is_traced_with_its_calls_and_without_secrets() {
    let collector = Collector::start(Some(StatusCode::OK));
    let mut stage = Stage::without_operator("traces", Duration::ZERO);
    stage.start_operator_with(&["--traces-endpoint", &collector.url]);
    stage.apply(&secret(HEADER));
    stage.apply(&with_secret_header("first"));
    stage.until_ready("cfd/www");
    // What was gathered last is sent at the end.
    stage.stop_operator();

    let spans = collector.spans();
    let named = |name: &'static str| spans.iter().filter(move |span| span.name == name);
    let create = named("CreateDistribution").next().expect("it was called");
    assert_eq!(text(&create.attributes, "code"), "ok");
    assert!(!text(&create.attributes, "request_id").is_empty());
    let pass = named("pass").find(|span| span.span_id == create.parent_span_id);
    let pass = &pass.expect("the call is within a pass").attributes;
    assert_eq!(text(pass, "kind"), "Distribution");
    assert_eq!(text(pass, "object"), format!("{}/www", stage.namespace));
    let results: Vec<_> = named("pass")
        .map(|span| text(&span.attributes, "result"))
        .collect();
    assert!(results.contains(&"InSync"), "{results:?}");
    let written = spans.iter().find(|span| {
        let url = text(&span.attributes, "http.url");
        span.trace_id == create.trace_id && url.contains("/distributions/www/status")
    });
    let written = written.expect("the status was written");
    assert_eq!(written.name, "patch_status");
    let roots = spans.iter().filter(|span| span.parent_span_id.is_empty());
    for root in roots {
        assert_eq!(text(&root.attributes, "http.url"), "", "{root:?}");
    }
    for one in collector.received() {
        let resource = one.resource.expect("it is told whose spans these are");
        assert_eq!(
            text(&resource.attributes, "service.name"),
            "cloudfront-operator"
        );
    }
    let key = stage.simulator.credentials()[0].secret_key.clone();
    let told = format!("{spans:?}");
    for secret in [&key, HEADER] {
        assert!(!told.contains(secret), "{secret} was told");
    }
}

#[test]
fn what_is_logged_of_a_pass_names_its_trace() {
    let collector = Collector::start(Some(StatusCode::OK));
    let mut stage = Stage::without_operator("trace-ids", Duration::ZERO);
    stage.start_operator_with(&["--traces-endpoint", &collector.url]);
    stage.apply(&distribution("www", "first"));
    stage.until_ready("cfd/www");
    // What was gathered last is sent at the end.
    stage.operator().stop();

    let spans = collector.spans();
    let create = spans.iter().find(|span| span.name == "CreateDistribution");
    let create = create.expect("it was called");
    let request = text(&create.attributes, "request_id");
    assert!(!request.is_empty(), "{create:?}");
    let log = stage.log();
    let line = log.lines().find(|line| line.contains(request));
    let line = line.expect("the creation is logged");
    let bytes = create.trace_id[..].try_into();
    let trace = u128::from_be_bytes(bytes.expect("an id has 16 bytes"));
    let named = line.matches(&format!("trace_id={trace:032x}")).count();
    assert_eq!(named, 1, "{trace:032x}: {line}");
}

/// A stage whose operator tells a collector soon.
fn told_soon(name: &str, collector: &Collector) -> Stage {
    let mut stage = Stage::without_operator(name, Duration::ZERO);
    let credential = stage.simulator.credentials()[0].clone();
    let environment = [
        ("AWS_ACCESS_KEY_ID", credential.access_key.as_str()),
        ("AWS_SECRET_ACCESS_KEY", credential.secret_key.as_str()),
        ("OTEL_BSP_SCHEDULE_DELAY", "100"),
    ];
    stage.start_operator_in(&environment, &["--traces-endpoint", &collector.url]);
    stage
}

#[test]
fn a_collector_that_takes_nothing_is_told_of_once() {
    let collector = Collector::start(Some(StatusCode::SERVICE_UNAVAILABLE));
    let stage = told_soon("no-traces", &collector);
    stage.apply(&distribution("www", "first"));
    stage.until_ready("cfd/www");
    let batches = || collector.batches.lock().expect("nobody panics").len();
    stage.eventually("it was tried twice", || (batches() >= 2).then_some(()));
    stage.apply(&distribution("www", "second"));
    stage.until_ready("cfd/www");
    let complaints = stage.log().matches("takes no traces").count();
    assert_eq!(complaints, 1, "{}", stage.log());
}

#[test]
fn a_collector_that_never_answers_holds_up_neither_work_nor_the_end() {
    let collector = Collector::start(None);
    let mut stage = told_soon("slow-traces", &collector);
    for comment in ["first", "second"] {
        stage.apply(&distribution("www", comment));
        stage.until_ready("cfd/www");
    }
    stage.stop_operator();
    assert!(!collector.received().is_empty(), "it was asked");
}

#[test]
fn an_address_that_is_none_is_refused_with_one_that_is() {
    let stage = Stage::without_operator("bad-traces", Duration::ZERO);
    for bad in ["otel-collector:4318", "https://user:canary@otel-collector"] {
        let mut operator = stage.another_operator(&["--traces-endpoint", bad]);
        let ended = stage.eventually("it ends", || operator.has_ended());
        assert!(!ended);
        let log = operator.log();
        assert!(log.contains("write http://otel-collector:4318"), "{log}");
        assert!(!log.contains("canary"), "{log}");
    }
}
