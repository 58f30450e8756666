//! Metrics of the requests to CloudFront.

use super::catalog::{Catalog, MetricDescription, Stability, request_buckets};
use crate::cloudfront::{Availability, RequestMetrics};
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
};

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    operation: String,
    code: &'static str,
}

#[derive(Debug)]
pub(super) struct ApiRequestMetrics {
    requests: Family<RequestLabels, Counter>,
    duration: Histogram,
    wait: Histogram,
    available: Gauge,
}

impl ApiRequestMetrics {
    pub(super) fn new() -> Self {
        Self {
            requests: Family::default(),
            duration: request_buckets(),
            wait: request_buckets(),
            available: Gauge::default(),
        }
    }

    pub(super) fn register(&self, catalog: &mut Catalog) {
        catalog.register(
            MetricDescription {
                name: "api_requests",
                type_: "counter",
                unit: "",
                labels: &["operation", "code"],
                help: "Requests sent to CloudFront, by operation and error code (`ok` if the request succeeded)",
                stability: Stability::Stable,
            },
            &self.requests,
        );
        catalog.register(
            MetricDescription {
                name: "api_request_duration",
                type_: "histogram",
                unit: "seconds",
                labels: &[],
                help: "Time from sending a request until its response was read",
                stability: Stability::Stable,
            },
            &self.duration,
        );
        catalog.register(
            MetricDescription {
                name: "rate_limiter_duration",
                type_: "histogram",
                unit: "seconds",
                labels: &[],
                help: "Time that a request waited for the rate limiter",
                stability: Stability::Stable,
            },
            &self.wait,
        );
        catalog.register(
            MetricDescription {
                name: "api_available",
                type_: "gauge",
                unit: "",
                labels: &[],
                help: "1 while CloudFront serves the account, 0 after a failure that concerns all requests, until the next success",
                stability: Stability::Alpha,
            },
            &self.available,
        );
    }

    /// Copies whether CloudFront serves the account.
    pub(super) fn update(&self, availability: &Availability) {
        self.available
            .set(i64::from(availability.outage().is_none()));
    }

    /// Records one request.
    pub(super) fn record(&self, request: &RequestMetrics) {
        let labels = RequestLabels {
            operation: request.operation.to_string(),
            code: request.code,
        };
        self.requests.get_or_create(&labels).inc();
        self.duration.observe(request.duration.as_secs_f64());
        self.wait.observe(request.rate_limiter_wait.as_secs_f64());
    }
}
