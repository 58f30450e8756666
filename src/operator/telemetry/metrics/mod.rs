//! Metrics, in OpenMetrics text.

mod labels;
mod table;

use crate::{
    cloudfront::{Client, RequestMetrics},
    engine::{ConditionSummary, ObjectRegistry, ReconcileSummary},
};
use k8s_openapi::jiff::Timestamp;
use labels::{CallLabels, ClassLabels, KindLabels, ObjectLabels, PassLabels};
use prometheus_client::{
    encoding::text::encode,
    metrics::{
        counter::Counter,
        family::Family,
        gauge::Gauge,
        histogram::{Histogram, exponential_buckets},
    },
    registry::{Metric as Countable, Registry, Unit},
};
use std::{
    sync::{Mutex, OnceLock, PoisonError, atomic::AtomicU64},
    time::Duration,
};
pub use table::{Metric, PREFIX, Stability, TABLE};

type ByKind = Family<KindLabels, Histogram, fn() -> Histogram>;

/// Everything that is counted.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Mutex<Registry>,
    calls: Family<CallLabels, Counter>,
    call_duration: Histogram,
    call_wait: Histogram,
    rate: Family<ClassLabels, Gauge<f64, AtomicU64>>,
    left: Family<ClassLabels, Gauge<f64, AtomicU64>>,
    waiting: Family<ClassLabels, Gauge>,
    objects: Family<ObjectLabels, Gauge>,
    ages: Family<ObjectLabels, Gauge>,
    passes: Family<PassLabels, Counter>,
    pass_duration: ByKind,
    propagation: ByKind,
    drift: Family<KindLabels, Gauge>,
    reverted: Family<KindLabels, Counter>,
    paths: Counter,
    leader: Gauge,
    client: OnceLock<Client>,
    object_registry: ObjectRegistry,
}

impl Metrics {
    /// Nothing counted yet. The objects are counted in the estate, whenever somebody asks.
    pub(crate) fn new(object_registry: ObjectRegistry) -> Self {
        let metrics = Self {
            registry: Mutex::new(Registry::with_prefix(PREFIX)),
            calls: Family::default(),
            call_duration: instants(),
            call_wait: instants(),
            rate: Family::default(),
            left: Family::default(),
            waiting: Family::default(),
            objects: Family::default(),
            ages: Family::default(),
            passes: Family::default(),
            pass_duration: Family::new_with_constructor(instants),
            propagation: Family::new_with_constructor(minutes),
            drift: Family::default(),
            reverted: Family::default(),
            paths: Counter::default(),
            leader: Gauge::default(),
            client: OnceLock::new(),
            object_registry,
        };
        for metric in &TABLE {
            metrics.register(metric);
        }
        metrics
    }

    fn register(&self, metric: &Metric) {
        match metric.name {
            "calls" => self.add(metric, &self.calls),
            "call_duration" => self.add(metric, &self.call_duration),
            "call_wait" => self.add(metric, &self.call_wait),
            "budget_rate" => self.add(metric, &self.rate),
            "budget_left" => self.add(metric, &self.left),
            "budget_waiting" => self.add(metric, &self.waiting),
            "objects" => self.add(metric, &self.objects),
            "condition_age" => self.add(metric, &self.ages),
            "passes" => self.add(metric, &self.passes),
            "pass_duration" => self.add(metric, &self.pass_duration),
            "propagation" => self.add(metric, &self.propagation),
            "drift_fields" => self.add(metric, &self.drift),
            "drift_reverted" => self.add(metric, &self.reverted),
            "invalidation_paths" => self.add(metric, &self.paths),
            "leader" => self.add(metric, &self.leader),
            // A test compares what is served with the table.
            _ => {}
        }
    }

    fn add(&self, metric: &Metric, counted: &(impl Countable + Clone)) {
        let mut registry = self.registry.lock().unwrap_or_else(PoisonError::into_inner);
        let counted = counted.clone();
        match metric.unit {
            "seconds" => {
                registry.register_with_unit(metric.name, metric.help, Unit::Seconds, counted);
            }
            _ => registry.register(metric.name, metric.help, counted),
        }
    }

    /// Counts one call.
    pub(crate) fn call(&self, call: &RequestMetrics) {
        let labels = CallLabels {
            operation: call.operation.to_string(),
            code: call.code.to_owned(),
        };
        self.calls.get_or_create(&labels).inc();
        self.call_duration.observe(call.duration.as_secs_f64());
        self.call_wait.observe(call.rate_limiter_wait.as_secs_f64());
    }

    /// Counts one pass.
    pub(crate) fn pass(&self, tally: &ReconcileSummary) {
        let kind = KindLabels::of(tally.kind);
        let labels = PassLabels {
            kind: tally.kind.into(),
            result: tally.result.into(),
        };
        self.passes.get_or_create(&labels).inc();
        let observe = |family: &ByKind, time: Duration| {
            family.get_or_create(&kind).observe(time.as_secs_f64());
        };
        observe(&self.pass_duration, tally.duration);
        if let Some(time) = tally.deployment_duration {
            observe(&self.propagation, time);
        }
        if tally.is_drift_corrected {
            self.reverted.get_or_create(&kind).inc();
        }
        self.paths
            .inc_by(u64::try_from(tally.invalidation_paths).unwrap_or(u64::MAX));
    }

    /// The client whose budget is shown.
    pub(crate) fn watch(&self, client: Client) {
        // There is one client a process; a second one would be shown to nobody.
        let _ = self.client.set(client);
    }

    /// Whether this replica works.
    pub(crate) fn leads(&self, leads: bool) {
        self.leader.set(i64::from(leads));
    }

    /// All of it, as OpenMetrics text.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        // Held from here on, so that two scrapes at once do not count the objects into each other.
        let registry = self.registry.lock().unwrap_or_else(PoisonError::into_inner);
        self.show_budgets();
        self.count_objects();
        // Writing to a string does not fail.
        let _ = encode(&mut text, &registry);
        text
    }

    fn show_budgets(&self) {
        let Some(budgets) = self.client.get().map(Client::rate_limiters) else {
            return;
        };
        for (class, budget) in [("read", &budgets.reads), ("write", &budgets.writes)] {
            let labels = ClassLabels {
                class: class.into(),
            };
            self.rate.get_or_create(&labels).set(budget.rate);
            self.left.get_or_create(&labels).set(budget.tokens);
            self.waiting
                .get_or_create(&labels)
                .set(i64::try_from(budget.queue_depth).unwrap_or(i64::MAX));
        }
    }

    fn count_objects(&self) {
        self.objects.clear();
        self.ages.clear();
        self.drift.clear();
        let now = Timestamp::now().as_second();
        for (kind, ConditionSummary { labels, since }) in self.object_registry.condition_summaries()
        {
            let labels = ObjectLabels {
                kind: kind.to_owned(),
                condition: labels.type_.clone(),
                status: labels.status.clone(),
                reason: labels.reason.clone(),
            };
            self.objects.get_or_create(&labels).inc();
            let age = self.ages.get_or_create(&labels);
            age.set(age.get().max(now - since));
        }
        for (kind, drift) in self.object_registry.drift() {
            // Shown as nought too, so that the first one is seen as a change.
            self.reverted.get_or_create(&KindLabels::of(kind)).inc_by(0);
            self.drift
                .get_or_create(&KindLabels::of(kind))
                .inc_by(drift);
        }
    }
}

/// From 5 ms to 80 s.
fn instants() -> Histogram {
    Histogram::new(exponential_buckets(0.005, 2.0, 15))
}

/// From 1 s to 68 minutes.
fn minutes() -> Histogram {
    Histogram::new(exponential_buckets(1.0, 2.0, 13))
}

#[cfg(test)]
mod tests;
