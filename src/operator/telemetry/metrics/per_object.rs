//! Metrics with the name of an object, only with `--metrics-per-object`.

use super::{
    catalog::{Catalog, MetricDescription, Stability},
    condition_labels::{STATUSES, status_label, type_label},
};
use crate::engine::{NamedConditions, ObjectRegistry};
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{family::Family, gauge::Gauge},
};
use std::sync::atomic::{AtomicBool, Ordering};

/// The most series of `object_condition`. Further objects have none.
pub const MAX_OBJECT_SERIES: usize = 10_000;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ObjectConditionLabels {
    kind: &'static str,
    namespace: String,
    name: String,
    condition: &'static str,
    status: &'static str,
}

#[derive(Debug, Default)]
pub(super) struct PerObjectMetrics {
    conditions: Family<ObjectConditionLabels, Gauge>,
    omitted: Gauge,
    /// Whether the log has the warning about omitted objects.
    is_warned: AtomicBool,
}

impl PerObjectMetrics {
    pub(super) fn register(&self, catalog: &mut Catalog) {
        catalog.register(
            MetricDescription {
                name: "object_condition",
                type_: "gauge",
                unit: "",
                labels: &["kind", "namespace", "name", "condition", "status"],
                help: "1 for the status that a condition of the object has, 0 for the others; only with --metrics-per-object",
                stability: Stability::Alpha,
            },
            &self.conditions,
        );
        catalog.register(
            MetricDescription {
                name: "objects_without_series",
                type_: "gauge",
                unit: "",
                labels: &[],
                help: "Objects that object_condition omits, because it has at most 10,000 series; only with --metrics-per-object",
                stability: Stability::Alpha,
            },
            &self.omitted,
        );
    }

    /// Sets the series of all objects, in alphabetical order up to the limit.
    pub(super) fn update(&self, object_registry: &ObjectRegistry) {
        self.conditions.clear();
        let mut objects = object_registry.named_conditions();
        objects.sort_unstable_by(|a, b| a.key().cmp(&b.key()));
        let mut series = 0;
        let mut omitted = 0;
        for object in &objects {
            let own = object.conditions.len() * STATUSES.len();
            if series + own > MAX_OBJECT_SERIES {
                omitted += 1;
            } else {
                series += own;
                self.set(object);
            }
        }
        self.omitted.set(omitted);
        if omitted > 0 && !self.is_warned.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                omitted,
                "object_condition has the most series that it can have, {MAX_OBJECT_SERIES}; use the metric objects, or turn off --metrics-per-object"
            );
        }
    }

    fn set(&self, object: &NamedConditions) {
        for condition in &object.conditions {
            for status in STATUSES {
                let labels = ObjectConditionLabels {
                    kind: object.kind,
                    namespace: object.namespace.clone(),
                    name: object.name.clone(),
                    condition: type_label(&condition.state.type_),
                    status,
                };
                let is_current = status_label(&condition.state.status) == status;
                self.conditions
                    .get_or_create(&labels)
                    .set(is_current.into());
            }
        }
    }
}
