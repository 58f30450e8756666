//! Intervals with jitter, so that what started together does not repeat together.

use std::time::Duration;

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
