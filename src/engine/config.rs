//! The configuration of the engine, which is the same for all kinds, and the jitter of its intervals.

use std::time::Duration;

/// Resync intervals between two reconciliations of an object whose resource the list poller tracks. Such a reconciliation sends no
/// request, except for tags, which are in no list.
pub(crate) const RESYNCS_PER_RECONCILE: u32 = 6;

/// The configuration of the engine.
#[derive(Clone, Debug)]
pub struct EngineConfig {
    /// The maximum age of an observation of a deployed resource. Resources that are in no list are read at this interval, with a
    /// jitter of a fifth.
    pub resync_period: Duration,
    /// The interval at which a resource is polled while CloudFront deploys it.
    pub deployment_poll_interval: Duration,
    /// The maximum number of concurrent reconciliations of one kind.
    pub max_concurrent_reconciles: u16,
    /// Whether all writes to CloudFront are disabled.
    pub is_read_only: bool,
    /// The label selector of the objects to watch.
    pub label_selector: Option<String>,
}

/// Resync periods that a failure of all objects lasts before it is in the status of objects whose specs CloudFront has.
pub(crate) const RESYNCS_BEFORE_REPORT: u32 = 2;

impl EngineConfig {
    /// Returns how long a failure of all objects lasts before it is in the status of objects whose specs CloudFront has.
    pub(crate) fn outage_report_period(&self) -> Duration {
        self.resync_period * RESYNCS_BEFORE_REPORT
    }
}

/// Returns the interval, shortened by up to a fifth.
pub(crate) fn with_early_jitter(interval: Duration) -> Duration {
    interval.mul_f64(1.0 - fastrand::f64() / 5.0)
}

/// Returns the interval, lengthened by up to a fifth.
pub(crate) fn with_late_jitter(interval: Duration) -> Duration {
    interval.mul_f64(1.0 + fastrand::f64() / 5.0)
}

/// The part of an interval by which [`with_jitter`] shortens or lengthens it.
const JITTER: f64 = 0.2;

/// Returns the interval, shortened or lengthened by up to a fifth.
pub(crate) fn with_jitter(interval: Duration) -> Duration {
    spread(interval, JITTER, fastrand::f64())
}

/// Returns the interval, shortened or lengthened by up to the part `jitter` of it: at `position` 0 it is the shortest, at 1 the longest.
pub(crate) fn spread(interval: Duration, jitter: f64, position: f64) -> Duration {
    interval.mul_f64(1.0 + jitter * (2.0 * position - 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_is_spread_by_a_fifth_in_both_directions() {
        let interval = Duration::from_secs(600);
        assert_eq!(spread(interval, JITTER, 0.0), Duration::from_secs(480));
        assert_eq!(spread(interval, JITTER, 1.0), Duration::from_secs(720));
    }

    #[test]
    fn an_early_interval_is_never_longer() {
        let interval = Duration::from_secs(600);
        let shortened = with_early_jitter(interval);
        assert!(shortened <= interval && shortened >= Duration::from_secs(480));
    }
}
