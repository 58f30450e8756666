//! The failures in a row, which delay the next reconciliation.

use std::time::Duration;
use tokio::time::Instant;

/// The failures of an object since its last success.
#[derive(Debug, Default)]
pub(crate) struct FailureHistory {
    in_a_row: u32,
    /// Whether the last of them is a failure of the Kubernetes API.
    is_unreported: bool,
    /// Whether a request to AWS failed in the last reconciliation.
    has_failed_request: bool,
    /// When the first of them was.
    since: Option<Instant>,
    /// When CloudFront began to refuse with an error that often passes within minutes.
    refused_since: Option<Instant>,
}

impl FailureHistory {
    /// Counts the reconciliation if it failed in a way that is retried with growing delays. Any other outcome ends the series.
    pub(crate) fn record(&mut self, is_retried: bool) {
        self.in_a_row = if is_retried {
            self.in_a_row.saturating_add(1)
        } else {
            0
        };
        self.is_unreported = false;
        self.since = self.since.filter(|_| is_retried);
        if is_retried {
            self.since.get_or_insert_with(Instant::now);
        }
    }

    /// Counts a reconciliation whose result the Kubernetes API did not store. The first one begins a new series: the earlier failures may
    /// have ended with it, and a delay that grew with them would keep the result from the user.
    pub(crate) fn record_unreported(&mut self) {
        if !self.is_unreported {
            self.record(false);
        }
        self.record(true);
        self.is_unreported = true;
    }

    /// Records whether a request to AWS failed in a reconciliation, in a way that often passes.
    pub(crate) fn record_request(&mut self, has_failed: bool) {
        self.has_failed_request = has_failed;
    }

    /// Whether a request to AWS failed in the last reconciliation. The next ones come with growing delays, so that they need no retries of
    /// their own.
    pub(crate) fn has_failed_request(&self) -> bool {
        self.has_failed_request
    }

    /// Whether the first of the failures in a row, or the present one, was less than `period` ago.
    pub(crate) fn are_recent(&self, period: Duration) -> bool {
        self.since.is_none_or(|since| since.elapsed() < period)
    }

    /// Returns the failures in a row.
    pub(crate) fn in_a_row(&self) -> u32 {
        self.in_a_row
    }

    /// Records a refusal that often passes within minutes. Returns whether refusals began less than `period` ago.
    pub(crate) fn record_transient_refusal(&mut self, period: Duration) -> bool {
        self.refused_since
            .get_or_insert_with(Instant::now)
            .elapsed()
            < period
    }

    /// Records that CloudFront did not refuse in such a way.
    pub(crate) fn end_transient_refusal(&mut self) {
        self.refused_since = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_counted_until_another_outcome() {
        let mut failures = FailureHistory::default();
        failures.record(true);
        failures.record(true);
        assert_eq!(failures.in_a_row(), 2);
        failures.record(false);
        assert_eq!(failures.in_a_row(), 0);
    }

    #[test]
    fn results_that_could_not_be_stored_are_a_series_of_their_own() {
        let mut failures = FailureHistory::default();
        for _ in 0..7 {
            failures.record(true);
        }
        for expected in 1..4 {
            failures.record_unreported();
            assert_eq!(failures.in_a_row(), expected);
        }
        failures.record(true);
        assert_eq!(failures.in_a_row(), 4);
        failures.record_unreported();
        assert_eq!(failures.in_a_row(), 1);
    }

    #[test]
    fn a_failed_request_is_known_until_the_next_reconciliation() {
        let mut failures = FailureHistory::default();
        assert!(!failures.has_failed_request());
        failures.record_request(true);
        assert!(failures.has_failed_request());
        failures.record_request(false);
        assert!(!failures.has_failed_request());
    }

    #[test]
    fn failures_are_recent_until_the_first_of_them_is_old() {
        let mut failures = FailureHistory::default();
        assert!(failures.are_recent(Duration::ZERO), "there is none yet");
        failures.record(true);
        assert!(
            failures.are_recent(Duration::from_hours(1)) && !failures.are_recent(Duration::ZERO)
        );
        failures.record(false);
        assert!(failures.are_recent(Duration::ZERO));
    }

    #[test]
    fn a_refusal_is_recent_for_the_period() {
        let mut failures = FailureHistory::default();
        assert!(failures.record_transient_refusal(Duration::from_hours(1)));
        assert!(!failures.record_transient_refusal(Duration::ZERO));
        failures.end_transient_refusal();
        assert!(failures.record_transient_refusal(Duration::from_hours(1)));
    }
}
