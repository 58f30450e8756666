//! Metrics of the rate limiter for requests to CloudFront.

use super::catalog::{Catalog, MetricDescription, Stability};
use crate::cloudfront::{RateLimiterSnapshot, RateLimiterSnapshots};
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{family::Family, gauge::Gauge},
};
use std::sync::atomic::AtomicU64;
use strum::IntoStaticStr;

const LABELS: &[&str] = &["verb"];

/// Reads and writes have a rate limit each.
#[derive(Clone, Copy, IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
enum Verb {
    Read,
    Write,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct VerbLabels {
    verb: &'static str,
}

#[derive(Debug, Default)]
pub(super) struct RateLimiterMetrics {
    rate: Family<VerbLabels, Gauge<f64, AtomicU64>>,
    tokens: Family<VerbLabels, Gauge<f64, AtomicU64>>,
    queue_depth: Family<VerbLabels, Gauge>,
}

impl RateLimiterMetrics {
    pub(super) fn register(&self, catalog: &mut Catalog) {
        catalog.register(
            MetricDescription {
                name: "rate_limiter_limit",
                type_: "gauge",
                unit: "",
                labels: LABELS,
                help: "Requests per second that the rate limiter currently allows; infinite if there is no limit",
                stability: Stability::Stable,
            },
            &self.rate,
        );
        catalog.register(
            MetricDescription {
                name: "rate_limiter_tokens",
                type_: "gauge",
                unit: "",
                labels: LABELS,
                help: "Requests that can be sent immediately",
                stability: Stability::Alpha,
            },
            &self.tokens,
        );
        catalog.register(
            MetricDescription {
                name: "rate_limiter_queue_depth",
                type_: "gauge",
                unit: "",
                labels: LABELS,
                help: "Requests that wait for the rate limiter",
                stability: Stability::Stable,
            },
            &self.queue_depth,
        );
    }

    /// Copies the present state of the rate limiter.
    pub(super) fn update(&self, limiters: &RateLimiterSnapshots) {
        self.update_verb(Verb::Read, &limiters.reads);
        self.update_verb(Verb::Write, &limiters.writes);
    }

    fn update_verb(&self, verb: Verb, limiter: &RateLimiterSnapshot) {
        let labels = VerbLabels { verb: verb.into() };
        self.rate.get_or_create(&labels).set(limiter.rate);
        self.tokens.get_or_create(&labels).set(limiter.tokens);
        self.queue_depth
            .get_or_create(&labels)
            .set(i64::try_from(limiter.queue_depth).unwrap_or(i64::MAX));
    }
}
