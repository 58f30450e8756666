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
    reason: &'static str,
}

#[derive(Debug)]
pub(super) struct ReconcileMetrics {
    reconciliations: Family<ResultLabels, Counter>,
    duration: HistogramByKind,
    deployment_duration: HistogramByKind,
    panics: Family<KindLabels, Counter>,
}

impl ReconcileMetrics {
    pub(super) fn new() -> Self {
        Self {
            reconciliations: Family::default(),
            duration: Family::new_with_constructor(request_buckets),
            deployment_duration: Family::new_with_constructor(deployment_buckets),
            panics: Family::default(),
        }
    }

    pub(super) fn register(&self, catalog: &mut Catalog) {
        catalog.register(
            MetricDescription {
                name: "reconcile",
                type_: "counter",
                unit: "",
                labels: &["kind", "result", "reason"],
                help: "Reconciliations of objects, by result (success, requeue, error) and the reason of condition Ready",
                stability: Stability::Alpha,
            },
            &self.reconciliations,
        );
        catalog.register(
            MetricDescription {
                name: "reconcile_time",
                type_: "histogram",
                unit: "seconds",
                labels: &["kind"],
                help: "Duration of a reconciliation",
                stability: Stability::Alpha,
            },
            &self.duration,
        );
        catalog.register(
            MetricDescription {
                name: "deployment_duration",
                type_: "histogram",
                unit: "seconds",
                labels: &["kind"],
                help: "Time from an accepted create or update until CloudFront reported it as deployed",
                stability: Stability::Alpha,
            },
            &self.deployment_duration,
        );
        catalog.register(
            MetricDescription {
                name: "reconcile_panics",
                type_: "counter",
                unit: "",
                labels: &["kind"],
                help: "Reconciliations that ended with a panic, which is a bug of the operator",
                stability: Stability::Alpha,
            },
            &self.panics,
        );
    }

    /// Records a reconciliation that panicked.
    pub(super) fn record_panic(&self, kind: &'static str) {
        self.panics.get_or_create(&KindLabels { kind }).inc();
    }

    /// Records one reconciliation.
    pub(super) fn record(&self, summary: &ReconcileSummary) {
        let labels = ResultLabels {
            kind: summary.kind,
            result: summary.result.into(),
            reason: summary.reason.map_or("", Into::into),
        };
        self.reconciliations.get_or_create(&labels).inc();
        let kind = KindLabels { kind: summary.kind };
        // A counter that starts at zero shows the first panic as an increase.
        self.panics.get_or_create(&kind).inc_by(0);
        let duration = self.duration.get_or_create(&kind);
        duration.observe(summary.duration.as_secs_f64());
        if let Some(duration) = summary.deployment_duration {
            let deployments = self.deployment_duration.get_or_create(&kind);
            deployments.observe(duration.as_secs_f64());
        }
    }
}
