//! Every metric there is: its name, what it means, and how far it can be relied on.

/// How far a metric can be relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stability {
    /// Its name and labels change with a major version only.
    Stable,
    /// May change with any minor version; the changelog says so.
    Alpha,
}

/// One metric, as `docs/metrics.md` describes it.
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    /// The name without the prefix and without the unit.
    pub name: &'static str,
    /// `counter`, `gauge` or `histogram`.
    pub type_: &'static str,
    /// `seconds`, or nothing.
    pub unit: &'static str,
    /// The names of its labels.
    pub labels: &'static [&'static str],
    /// What it tells.
    pub help: &'static str,
    /// How far it can be relied on.
    pub stability: Stability,
}

/// What all names begin with.
pub const PREFIX: &str = "cloudfront_operator";

const OBJECTS: &[&str] = &["kind", "condition", "status", "reason"];

/// Every metric.
pub const TABLE: [Metric; 15] = [
    metric(
        "calls",
        "counter",
        "",
        &["operation", "code"],
        Stability::Stable,
        "Calls sent to CloudFront, by operation and outcome",
    ),
    metric(
        "call_duration",
        "histogram",
        "seconds",
        &[],
        Stability::Stable,
        "Time from sending a call to reading its answer",
    ),
    metric(
        "call_wait",
        "histogram",
        "seconds",
        &[],
        Stability::Stable,
        "Time a call waited for its turn in the budget",
    ),
    metric(
        "budget_rate",
        "gauge",
        "",
        &["class"],
        Stability::Stable,
        "Calls a second that the budget allows at present; infinite where there is no limit",
    ),
    metric(
        "budget_left",
        "gauge",
        "",
        &["class"],
        Stability::Alpha,
        "Calls that could be sent at once without waiting",
    ),
    metric(
        "budget_waiting",
        "gauge",
        "",
        &["class"],
        Stability::Stable,
        "Calls that wait for their turn",
    ),
    metric(
        "objects",
        "gauge",
        "",
        OBJECTS,
        Stability::Stable,
        "Objects, by what each of their conditions says",
    ),
    metric(
        "condition_age",
        "gauge",
        "seconds",
        OBJECTS,
        Stability::Alpha,
        "For how long the oldest of these conditions has had its status",
    ),
    metric(
        "passes",
        "counter",
        "",
        &["kind", "result"],
        Stability::Alpha,
        "Passes over objects, by the state that they ended in",
    ),
    metric(
        "pass_duration",
        "histogram",
        "seconds",
        &["kind"],
        Stability::Alpha,
        "Time that a pass took",
    ),
    metric(
        "propagation",
        "histogram",
        "seconds",
        &["kind"],
        Stability::Alpha,
        "Time from CloudFront's acceptance of a creation or an update until it was seen to be deployed",
    ),
    metric(
        "drift_fields",
        "gauge",
        "",
        &["kind"],
        Stability::Alpha,
        "Places at which CloudFront differs from the specs and is left so",
    ),
    metric(
        "drift_reverted",
        "counter",
        "",
        &["kind"],
        Stability::Alpha,
        "Updates that undid what somebody had changed in CloudFront",
    ),
    metric(
        "invalidation_paths",
        "counter",
        "",
        &[],
        Stability::Alpha,
        "Paths of the invalidations created by this process; CloudFront bills those beyond 1,000 a month",
    ),
    metric(
        "leader",
        "gauge",
        "",
        &[],
        Stability::Stable,
        "1 while this replica works, 0 while it stands by",
    ),
];

/// In the order of the table's columns.
const fn metric(
    name: &'static str,
    type_: &'static str,
    unit: &'static str,
    labels: &'static [&'static str],
    stability: Stability,
    help: &'static str,
) -> Metric {
    Metric {
        name,
        type_,
        unit,
        labels,
        help,
        stability,
    }
}

impl Metric {
    /// The name under which Prometheus knows it; a histogram's parts add `_bucket`, `_count` and `_sum`.
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
