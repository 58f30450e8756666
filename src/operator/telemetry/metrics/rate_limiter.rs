//! Metrics of the rate limiter for requests to CloudFront.

use super::catalog::{Catalog, MetricDescription, Stability};
use crate::cloudfront::{RateLimiterSnapshot, RateLimiterSnapshots};
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{family::Family, gauge::Gauge},
};
use std::sync::atomic::AtomicU64;
use strum::IntoStaticStr;

const LABELS: &[&str] = &["class"];

/// The class of requests that share a rate limit.
#[derive(Clone, Copy, IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
enum RequestClass {
    Read,
    Write,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ClassLabels {
    class: &'static str,
}

#[derive(Debug, Default)]
pub(super) struct RateLimiterMetrics {
    rate: Family<ClassLabels, Gauge<f64, AtomicU64>>,
    tokens: Family<ClassLabels, Gauge<f64, AtomicU64>>,
    queue_depth: Family<ClassLabels, Gauge>,
}

impl RateLimiterMetrics {
    pub(super) fn register(&self, catalog: &mut Catalog) {
        catalog.register(
            MetricDescription {
                name: "budget_rate",
                type_: "gauge",
                unit: "",
                labels: LABELS,
                help: "Calls a second that the budget allows at present; infinite where there is no limit",
                stability: Stability::Stable,
            },
            &self.rate,
        );
        catalog.register(
            MetricDescription {
                name: "budget_left",
                type_: "gauge",
                unit: "",
                labels: LABELS,
                help: "Calls that could be sent at once without waiting",
                stability: Stability::Alpha,
            },
            &self.tokens,
        );
        catalog.register(
            MetricDescription {
                name: "budget_waiting",
                type_: "gauge",
                unit: "",
                labels: LABELS,
                help: "Calls that wait for their turn",
                stability: Stability::Stable,
            },
            &self.queue_depth,
        );
    }

    /// Copies the present state of the rate limiter.
    pub(super) fn update(&self, limiters: &RateLimiterSnapshots) {
        self.update_class(RequestClass::Read, &limiters.reads);
        self.update_class(RequestClass::Write, &limiters.writes);
    }

    fn update_class(&self, class: RequestClass, limiter: &RateLimiterSnapshot) {
        let labels = ClassLabels {
            class: class.into(),
        };
        self.rate.get_or_create(&labels).set(limiter.rate);
        self.tokens.get_or_create(&labels).set(limiter.tokens);
        self.queue_depth
            .get_or_create(&labels)
            .set(i64::try_from(limiter.queue_depth).unwrap_or(i64::MAX));
    }
}
