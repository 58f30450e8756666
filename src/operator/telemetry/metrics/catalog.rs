//! Describes the metrics, and registers them. The descriptions are the source of `docs/metrics.md`.

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::histogram::{Histogram, exponential_buckets},
    registry::{Metric, Registry, Unit},
};

/// The prefix of all names.
pub const PREFIX: &str = "cloudfront_operator";

/// How far users can rely on a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stability {
    /// The name and the labels change with a major version only.
    Stable,
    /// The name and the labels may change with any minor version. The changelog says so.
    Alpha,
}

/// The description of a metric.
#[derive(Clone, Copy, Debug)]
pub struct MetricDescription {
    /// The name without the prefix and without the unit.
    pub name: &'static str,
    /// `counter`, `gauge` or `histogram`.
    pub type_: &'static str,
    /// `seconds`, or empty.
    pub unit: &'static str,
    /// The names of the labels.
    pub labels: &'static [&'static str],
    /// The meaning.
    pub help: &'static str,
    /// How far users can rely on the metric.
    pub stability: Stability,
}

impl MetricDescription {
    /// Returns the name in Prometheus. The series of a histogram add `_bucket`, `_count` and `_sum`.
    pub fn full_name(&self) -> String {
        let mut name = format!("{PREFIX}_{}", self.name);
        if !self.unit.is_empty() {
            name = format!("{name}_{}", self.unit);
        }
        if self.type_ == "counter" {
            name += "_total";
        }
        name
    }
}

/// The registered metrics with their descriptions, in the order of registration.
#[derive(Debug)]
pub(super) struct Catalog {
    pub(super) registry: Registry,
    pub(super) descriptions: Vec<MetricDescription>,
}

impl Catalog {
    pub(super) fn new() -> Self {
        Self {
            registry: Registry::with_prefix(PREFIX),
            descriptions: vec![],
        }
    }

    /// Registers a metric. The registry shares its values.
    pub(super) fn register(
        &mut self,
        description: MetricDescription,
        metric: &(impl Metric + Clone),
    ) {
        let MetricDescription { name, help, .. } = description;
        let metric = metric.clone();
        match description.unit {
            "seconds" => self
                .registry
                .register_with_unit(name, help, Unit::Seconds, metric),
            _ => self.registry.register(name, help, metric),
        }
        self.descriptions.push(description);
    }
}

/// The labels of a metric by kind.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct KindLabels {
    pub(super) kind: &'static str,
}

/// Returns a histogram for requests and reconciliations, from 5 ms to 80 s.
pub(super) fn request_buckets() -> Histogram {
    Histogram::new(exponential_buckets(0.005, 2.0, 15))
}

/// Returns a histogram for deployments, from 1 s to 68 minutes.
pub(super) fn deployment_buckets() -> Histogram {
    Histogram::new(exponential_buckets(1.0, 2.0, 13))
}
