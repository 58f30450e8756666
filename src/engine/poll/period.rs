//! How often a collection is listed to detect drift.

use crate::engine::config::spread;
use std::time::Duration;

/// The period that each page of a list allows for: at most 345 list requests an hour, jitter included.
const PERIOD_OF_A_PAGE: Duration = Duration::from_secs(11);

/// The shortest period, which is that of five pages or 500 resources.
const MIN_PERIOD: Duration = Duration::from_secs(55);

/// The part of the period by which [`with_list_jitter`] shortens or lengthens it.
const JITTER: f64 = 0.05;

/// Returns the time between two lists of a collection with this many pages, before jitter.
///
/// A small collection is listed more often than the resync period asks for, since its list takes few requests. The resync period is
/// the longest.
pub(super) fn list_period(pages: usize, resync: Duration) -> Duration {
    let pages = u32::try_from(pages).unwrap_or(u32::MAX);
    PERIOD_OF_A_PAGE
        .saturating_mul(pages)
        .max(MIN_PERIOD)
        .min(resync)
}

/// Returns the period, shortened or lengthened by up to a twentieth, so that kinds are not listed at the same time.
pub(super) fn with_list_jitter(period: Duration) -> Duration {
    spread(period, JITTER, fastrand::f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    const RESYNC: Duration = Duration::from_mins(10);

    #[test]
    fn the_period_grows_with_the_pages_between_its_bounds() {
        for (pages, seconds) in [
            (0, 55),
            (1, 55),
            (5, 55),
            (6, 66),
            (10, 110),
            (50, 550),
            (54, 594),
            (55, 600),
            (500, 600),
            (usize::MAX, 600),
        ] {
            let period = list_period(pages, RESYNC);
            assert_eq!(period, Duration::from_secs(seconds), "{pages} pages");
        }
    }

    #[test]
    fn a_short_resync_period_is_the_period_of_every_collection() {
        let resync = Duration::from_secs(2);
        for pages in [1, 5, 1_000, usize::MAX] {
            assert_eq!(list_period(pages, resync), resync, "{pages} pages");
        }
    }

    #[test]
    fn jitter_keeps_the_detection_of_drift_and_the_number_of_requests_within_their_limits() {
        let shortest = spread(list_period(5, RESYNC), JITTER, 0.0);
        let longest = spread(list_period(5, RESYNC), JITTER, 1.0);
        assert_eq!(shortest, Duration::from_millis(52_250));
        assert_eq!(longest, Duration::from_millis(57_750));
        for pages in 1_u16..=54 {
            let shortest = spread(list_period(pages.into(), RESYNC), JITTER, 0.0);
            let requests_per_hour = f64::from(pages) * 3_600.0 / shortest.as_secs_f64();
            assert!(
                requests_per_hour <= 360.0,
                "{pages} pages: {requests_per_hour}"
            );
        }
    }
}
