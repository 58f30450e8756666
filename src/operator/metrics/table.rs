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
    stable(
        "calls",
        "counter",
        "",
        &["operation", "code"],
        "Calls sent to CloudFront, by operation and outcome",
    ),
    stable(
        "call_duration",
        "histogram",
        "seconds",
        &[],
        "Time from sending a call to reading its answer",
    ),
    stable(
        "call_wait",
        "histogram",
        "seconds",
        &[],
        "Time a call waited for its turn in the budget",
    ),
    stable(
        "budget_rate",
        "gauge",
        "",
        &["class"],
        "Calls a second that the budget allows at present; infinite where there is no limit",
    ),
    alpha(
        "budget_left",
        "gauge",
        "",
        &["class"],
        "Calls that could be sent at once without waiting",
    ),
    stable(
        "budget_waiting",
        "gauge",
        "",
        &["class"],
        "Calls that wait for their turn",
    ),
    stable(
        "objects",
        "gauge",
        "",
        OBJECTS,
        "Objects, by what each of their conditions says",
    ),
    alpha(
        "condition_age",
        "gauge",
        "seconds",
        OBJECTS,
        "For how long the oldest of these conditions has had its status",
    ),
    alpha(
        "passes",
        "counter",
        "",
        &["kind", "result"],
        "Passes over objects, by the state that they ended in",
    ),
    alpha(
        "pass_duration",
        "histogram",
        "seconds",
        &["kind"],
        "Time that a pass took",
    ),
    alpha(
        "propagation",
        "histogram",
        "seconds",
        &["kind"],
        "Time from CloudFront's acceptance of a creation or an update until it was seen to be deployed",
    ),
    alpha(
        "drift_fields",
        "gauge",
        "",
        &["kind"],
        "Places at which CloudFront differs from the specs and is left so",
    ),
    alpha(
        "drift_reverted",
        "counter",
        "",
        &["kind"],
        "Updates that undid what somebody had changed in CloudFront",
    ),
    alpha(
        "invalidation_paths",
        "counter",
        "",
        &[],
        "Paths of the invalidations created by this process; CloudFront bills those beyond 1,000 a month",
    ),
    stable(
        "leader",
        "gauge",
        "",
        &[],
        "1 while this replica works, 0 while it stands by",
    ),
];

const fn stable(
    name: &'static str,
    type_: &'static str,
    unit: &'static str,
    labels: &'static [&'static str],
    help: &'static str,
) -> Metric {
    Metric {
        stability: Stability::Stable,
        ..alpha(name, type_, unit, labels, help)
    }
}

const fn alpha(
    name: &'static str,
    type_: &'static str,
    unit: &'static str,
    labels: &'static [&'static str],
    help: &'static str,
) -> Metric {
    Metric {
        name,
        type_,
        unit,
        labels,
        help,
        stability: Stability::Alpha,
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
