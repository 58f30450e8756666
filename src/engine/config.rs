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

/// Returns the interval, shortened by up to a fifth.
pub(crate) fn with_early_jitter(interval: Duration) -> Duration {
    interval.mul_f64(1.0 - fastrand::f64() / 5.0)
}

/// Returns the interval, shortened or lengthened by up to a fifth.
pub(crate) fn with_jitter(interval: Duration) -> Duration {
    spread(interval, fastrand::f64())
}

fn spread(interval: Duration, fraction: f64) -> Duration {
    interval.mul_f64(0.8 + 0.4 * fraction)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_is_spread_by_a_fifth_in_both_directions() {
        let interval = Duration::from_secs(600);
        assert_eq!(spread(interval, 0.0), Duration::from_secs(480));
        assert_eq!(spread(interval, 1.0), Duration::from_secs(720));
    }

    #[test]
    fn an_early_interval_is_never_longer() {
        let interval = Duration::from_secs(600);
        let shortened = with_early_jitter(interval);
        assert!(shortened <= interval && shortened >= Duration::from_secs(480));
    }
}
