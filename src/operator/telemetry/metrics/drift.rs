//! Metrics of drift, the differences between CloudFront and the specs.

use super::catalog::{Catalog, KindLabels, MetricDescription, Stability};
use crate::engine::{ObjectRegistry, ReconcileSummary};
use prometheus_client::metrics::{counter::Counter, family::Family, gauge::Gauge};

#[derive(Debug, Default)]
pub(super) struct DriftMetrics {
    fields: Family<KindLabels, Gauge>,
    corrections: Family<KindLabels, Counter>,
}

impl DriftMetrics {
    pub(super) fn register(&self, catalog: &mut Catalog) {
        catalog.register(
            MetricDescription {
                name: "drift_fields",
                type_: "gauge",
                unit: "",
                labels: &["kind"],
                help: "Fields that differ from the spec and are not corrected",
                stability: Stability::Alpha,
            },
            &self.fields,
        );
        catalog.register(
            MetricDescription {
                name: "drift_corrections",
                type_: "counter",
                unit: "",
                labels: &["kind"],
                help: "Updates that reverted an external change of a resource",
                stability: Stability::Alpha,
            },
            &self.corrections,
        );
    }

    /// Records one reconciliation.
    pub(super) fn record(&self, summary: &ReconcileSummary) {
        if summary.is_drift_corrected {
            let kind = KindLabels { kind: summary.kind };
            self.corrections.get_or_create(&kind).inc();
        }
    }

    /// Counts the fields that differ and are not corrected.
    pub(super) fn update(&self, object_registry: &ObjectRegistry) {
        self.fields.clear();
        for (kind, fields) in object_registry.drift() {
            let kind = KindLabels { kind };
            // A counter that starts at zero shows the first correction as an increase.
            self.corrections.get_or_create(&kind).inc_by(0);
            self.fields.get_or_create(&kind).inc_by(fields);
        }
    }
}
