//! Metrics of the objects and their conditions, counted at each scrape.

use super::catalog::{Catalog, MetricDescription, Stability};
use crate::engine::{ConditionSummary, ObjectRegistry};
use k8s_openapi::jiff::Timestamp;
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{family::Family, gauge::Gauge},
};

const LABELS: &[&str] = &["kind", "condition", "status", "reason"];

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ConditionLabels {
    kind: &'static str,
    condition: String,
    status: String,
    reason: String,
}

#[derive(Debug, Default)]
pub(super) struct ObjectMetrics {
    objects: Family<ConditionLabels, Gauge>,
    condition_age: Family<ConditionLabels, Gauge>,
}

impl ObjectMetrics {
    pub(super) fn register(&self, catalog: &mut Catalog) {
        catalog.register(
            MetricDescription {
                name: "objects",
                type_: "gauge",
                unit: "",
                labels: LABELS,
                help: "Objects, by the status and reason of each of their conditions",
                stability: Stability::Stable,
            },
            &self.objects,
        );
        catalog.register(
            MetricDescription {
                name: "condition_age",
                type_: "gauge",
                unit: "seconds",
                labels: LABELS,
                help: "Age of the oldest of these conditions, since its status last changed",
                stability: Stability::Alpha,
            },
            &self.condition_age,
        );
    }

    /// Counts the objects by their conditions.
    pub(super) fn update(&self, object_registry: &ObjectRegistry) {
        self.objects.clear();
        self.condition_age.clear();
        let now = Timestamp::now().as_second();
        for (
            kind,
            ConditionSummary {
                state: condition,
                since,
            },
        ) in object_registry.condition_summaries()
        {
            let labels = ConditionLabels {
                kind,
                condition: condition.type_.clone(),
                status: condition.status.clone(),
                reason: condition.reason.clone(),
            };
            self.objects.get_or_create(&labels).inc();
            let age = self.condition_age.get_or_create(&labels);
            age.set(age.get().max(now - since));
        }
    }
}
