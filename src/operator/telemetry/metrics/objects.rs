//! Metrics of the objects and their conditions, counted at each scrape.

use super::{
    catalog::{Catalog, MetricDescription, Stability},
    condition_labels::{reason_label, status_label, type_label},
};
use crate::{
    cloudfront::Clock,
    engine::{ConditionSummary, ObjectRegistry},
};
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{family::Family, gauge::Gauge},
};

const LABELS: &[&str] = &["kind", "condition", "status", "reason"];

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ConditionLabels {
    kind: &'static str,
    condition: &'static str,
    status: &'static str,
    reason: &'static str,
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
                help: "Objects, by the status and reason of each of their conditions (`Other`: not written by this version)",
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
        let now = Clock::System.timestamp().as_second();
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
                condition: type_label(&condition.type_),
                status: status_label(&condition.status),
                reason: reason_label(&condition.reason),
            };
            self.objects.get_or_create(&labels).inc();
            let age = self.condition_age.get_or_create(&labels);
            age.set(age.get().max(now - since));
        }
    }
}
