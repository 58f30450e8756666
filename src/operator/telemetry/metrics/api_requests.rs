//! Metrics of the requests to CloudFront.

use super::catalog::{Catalog, MetricDescription, Stability, request_buckets};
use crate::cloudfront::RequestMetrics;
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, histogram::Histogram},
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
}

impl ApiRequestMetrics {
    pub(super) fn new() -> Self {
        Self {
            requests: Family::default(),
            duration: request_buckets(),
            wait: request_buckets(),
        }
    }

    pub(super) fn register(&self, catalog: &mut Catalog) {
        catalog.register(
            MetricDescription {
                name: "calls",
                type_: "counter",
                unit: "",
                labels: &["operation", "code"],
                help: "Calls sent to CloudFront, by operation and outcome",
                stability: Stability::Stable,
            },
            &self.requests,
        );
        catalog.register(
            MetricDescription {
                name: "call_duration",
                type_: "histogram",
                unit: "seconds",
                labels: &[],
                help: "Time from sending a call to reading its answer",
                stability: Stability::Stable,
            },
            &self.duration,
        );
        catalog.register(
            MetricDescription {
                name: "call_wait",
                type_: "histogram",
                unit: "seconds",
                labels: &[],
                help: "Time a call waited for its turn in the budget",
                stability: Stability::Stable,
            },
            &self.wait,
        );
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
