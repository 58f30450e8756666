//! Metrics of reconciliations.

use super::catalog::{
    Catalog, KindLabels, MetricDescription, Stability, deployment_buckets, request_buckets,
};
use crate::engine::ReconcileSummary;
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, histogram::Histogram},
};

type HistogramByKind = Family<KindLabels, Histogram, fn() -> Histogram>;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ResultLabels {
    kind: &'static str,
    result: &'static str,
}

#[derive(Debug)]
pub(super) struct ReconcileMetrics {
    reconciliations: Family<ResultLabels, Counter>,
    duration: HistogramByKind,
    deployment_duration: HistogramByKind,
}

impl ReconcileMetrics {
    pub(super) fn new() -> Self {
        Self {
            reconciliations: Family::default(),
            duration: Family::new_with_constructor(request_buckets),
            deployment_duration: Family::new_with_constructor(deployment_buckets),
        }
    }

    pub(super) fn register(&self, catalog: &mut Catalog) {
        catalog.register(
            MetricDescription {
                name: "passes",
                type_: "counter",
                unit: "",
                labels: &["kind", "result"],
                help: "Passes over objects, by the state that they ended in",
                stability: Stability::Alpha,
            },
            &self.reconciliations,
        );
        catalog.register(
            MetricDescription {
                name: "pass_duration",
                type_: "histogram",
                unit: "seconds",
                labels: &["kind"],
                help: "Time that a pass took",
                stability: Stability::Alpha,
            },
            &self.duration,
        );
        catalog.register(
            MetricDescription {
                name: "propagation",
                type_: "histogram",
                unit: "seconds",
                labels: &["kind"],
                help: "Time from CloudFront's acceptance of a creation or an update until it was seen to be deployed",
                stability: Stability::Alpha,
            },
            &self.deployment_duration,
        );
    }

    /// Records one reconciliation.
    pub(super) fn record(&self, summary: &ReconcileSummary) {
        let labels = ResultLabels {
            kind: summary.kind,
            result: summary.result,
        };
        self.reconciliations.get_or_create(&labels).inc();
        let kind = KindLabels { kind: summary.kind };
        let duration = self.duration.get_or_create(&kind);
        duration.observe(summary.duration.as_secs_f64());
        if let Some(duration) = summary.deployment_duration {
            let deployments = self.deployment_duration.get_or_create(&kind);
            deployments.observe(duration.as_secs_f64());
        }
    }
}
