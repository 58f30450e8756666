//! Metrics, in OpenMetrics text. No label names an object.

use crate::{
    cloudfront::{Call, Client},
    engine::Estate,
};
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::{Registry, Unit},
};
use std::sync::{Mutex, OnceLock, PoisonError, atomic::AtomicU64};

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CallLabels {
    operation: String,
    code: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ClassLabels {
    class: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ObjectLabels {
    kind: String,
    condition: String,
    status: String,
    reason: String,
}

/// Everything that is counted.
#[derive(Debug)]
pub(super) struct Metrics {
    registry: Mutex<Registry>,
    calls: Family<CallLabels, Counter>,
    duration: Histogram,
    wait: Histogram,
    rate: Family<ClassLabels, Gauge<f64, AtomicU64>>,
    waiting: Family<ClassLabels, Gauge>,
    objects: Family<ObjectLabels, Gauge>,
    leader: Gauge,
    client: OnceLock<Client>,
    estate: Estate,
}

impl Metrics {
    /// Nothing counted yet. The objects are counted in the estate, whenever somebody asks.
    pub(super) fn new(estate: Estate) -> Self {
        let metrics = Self {
            registry: Mutex::new(Registry::with_prefix("cloudfront_operator")),
            calls: Family::default(),
            duration: seconds(),
            wait: seconds(),
            rate: Family::default(),
            waiting: Family::default(),
            objects: Family::default(),
            leader: Gauge::default(),
            client: OnceLock::new(),
            estate,
        };
        metrics.register();
        metrics
    }

    fn register(&self) {
        let mut registry = self.registry.lock().unwrap_or_else(PoisonError::into_inner);
        let all = &mut *registry;
        all.register(
            "calls",
            "Calls sent to CloudFront, by operation and outcome",
            self.calls.clone(),
        );
        all.register_with_unit(
            "call_duration",
            "Time from sending a call to reading its answer",
            Unit::Seconds,
            self.duration.clone(),
        );
        all.register_with_unit(
            "call_wait",
            "Time a call waited for its turn in the budget",
            Unit::Seconds,
            self.wait.clone(),
        );
        all.register(
            "budget_rate",
            "Calls a second that the budget allows at present; 0 is no limit",
            self.rate.clone(),
        );
        all.register(
            "budget_waiting",
            "Calls that wait for their turn",
            self.waiting.clone(),
        );
        all.register(
            "objects",
            "Objects, by what each of their conditions says",
            self.objects.clone(),
        );
        all.register(
            "leader",
            "1 while this replica works, 0 while it stands by",
            self.leader.clone(),
        );
    }

    /// Counts one call.
    pub(super) fn call(&self, call: &Call) {
        let labels = CallLabels {
            operation: call.operation.to_string(),
            code: call.code.to_owned(),
        };
        self.calls.get_or_create(&labels).inc();
        self.duration.observe(call.duration.as_secs_f64());
        self.wait.observe(call.waited.as_secs_f64());
    }

    /// The client whose budget is shown.
    pub(super) fn watch(&self, client: Client) {
        // There is one client a process; a second one would be shown to nobody.
        let _ = self.client.set(client);
    }

    /// Whether this replica works.
    pub(super) fn leads(&self, leads: bool) {
        self.leader.set(i64::from(leads));
    }

    /// All of it, as OpenMetrics text.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        // Held from here on, so that two scrapes at once do not count the objects into each other.
        let registry = self.registry.lock().unwrap_or_else(PoisonError::into_inner);
        self.refresh();
        // Writing to a string does not fail.
        let _ = encode(&mut text, &registry);
        text
    }

    fn refresh(&self) {
        if let Some(budgets) = self.client.get().map(Client::budgets) {
            for (class, budget) in [("read", &budgets.reads), ("write", &budgets.writes)] {
                let labels = ClassLabels {
                    class: class.into(),
                };
                self.rate.get_or_create(&labels).set(budget.rate);
                self.waiting
                    .get_or_create(&labels)
                    .set(i64::try_from(budget.waiting).unwrap_or(i64::MAX));
            }
        }
        self.objects.clear();
        for (kind, condition) in self.estate.conditions() {
            let labels = ObjectLabels {
                kind: kind.to_owned(),
                condition: condition.type_,
                status: condition.status,
                reason: condition.reason,
            };
            self.objects.get_or_create(&labels).inc();
        }
    }
}

/// From 5 ms to 80 s.
fn seconds() -> Histogram {
    Histogram::new(prometheus_client::metrics::histogram::exponential_buckets(
        0.005, 2.0, 15,
    ))
}
