//! Metrics of this process: its invalidated paths, and whether it leads.

use super::catalog::{Catalog, MetricDescription, Stability};
use crate::engine::ReconcileSummary;
use prometheus_client::metrics::{counter::Counter, gauge::Gauge};

#[derive(Debug, Default)]
pub(super) struct ProcessMetrics {
    invalidation_paths: Counter,
    leader: Gauge,
}

impl ProcessMetrics {
    pub(super) fn register(&self, catalog: &mut Catalog) {
        catalog.register(
            MetricDescription {
                name: "invalidation_paths",
                type_: "counter",
                unit: "",
                labels: &[],
                help: "Paths of the invalidations created by this process; CloudFront bills those beyond 1,000 a month",
                stability: Stability::Alpha,
            },
            &self.invalidation_paths,
        );
        catalog.register(
            MetricDescription {
                name: "leader",
                type_: "gauge",
                unit: "",
                labels: &[],
                help: "1 while this replica works, 0 while it stands by",
                stability: Stability::Stable,
            },
            &self.leader,
        );
    }

    /// Records one reconciliation.
    pub(super) fn record(&self, summary: &ReconcileSummary) {
        let paths = u64::try_from(summary.invalidation_paths).unwrap_or(u64::MAX);
        self.invalidation_paths.inc_by(paths);
    }

    pub(super) fn set_leader(&self, is_leader: bool) {
        self.leader.set(i64::from(is_leader));
    }
}
