//! The updates that CloudFront accepted: whether they converge.

use crate::xml::Drift;
use std::time::Duration;
use tokio::time::Instant;

/// The updates for one request that follow each other without a pause.
const MAX_UPDATES_IN_A_ROW: u32 = 4;

/// The first pause, which doubles with each further update, and the longest one.
const MIN_PAUSE: Duration = Duration::from_secs(30);
const MAX_PAUSE: Duration = Duration::from_mins(10);

/// A period without updates after which they count as a new series.
const QUIET_PERIOD: Duration = Duration::from_hours(1);

/// Identical updates that CloudFront accepts before the operator gives up.
const MAX_IDENTICAL_UPDATES: u32 = 2;

/// The accepted updates of the resource.
#[derive(Debug, Default)]
pub(crate) struct UpdateHistory {
    last: Option<Box<LastUpdate>>,
    series: Option<Box<UpdateSeries>>,
}

/// Updates for the same spec: all but the first one correct what another client has changed.
#[derive(Debug)]
struct UpdateSeries {
    requested_hash: u64,
    count: u32,
    last: Instant,
}

/// The last accepted update.
#[derive(Debug)]
struct LastUpdate {
    generation: i64,
    drift: Vec<Drift>,
    request_hash: u64,
    /// The ETag in the response. It changes if another client updates the resource.
    etag: String,
    /// How often in a row this update was accepted.
    times: u32,
}

/// An update that is about to be sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct UpdateAttempt<'a> {
    /// The generation of the spec.
    pub(crate) generation: i64,
    /// The differences that it corrects.
    pub(crate) drift: &'a [Drift],
    /// A hash of the request: drift does not show the values of Secrets.
    pub(crate) request_hash: u64,
    /// The ETag that it names in `If-Match`.
    pub(crate) etag: &'a str,
}

impl UpdateHistory {
    /// Whether CloudFront accepted this update repeatedly, with no other update in between, and the differences remained.
    pub(crate) fn is_not_converging(&self, attempt: &UpdateAttempt<'_>) -> bool {
        self.repeat_count(attempt) >= MAX_IDENTICAL_UPDATES
    }

    /// Whether this process has updated the resource.
    pub(crate) fn has_updates(&self) -> bool {
        self.last.is_some()
    }

    /// Records that CloudFront accepted an update, and the ETag in its response.
    pub(crate) fn record(&mut self, attempt: &UpdateAttempt<'_>, new_etag: &str) {
        let times = self.repeat_count(attempt) + 1;
        self.last = Some(Box::new(LastUpdate {
            generation: attempt.generation,
            drift: attempt.drift.to_vec(),
            request_hash: attempt.request_hash,
            etag: new_etag.to_owned(),
            times,
        }));
    }

    /// Records that CloudFront accepted an update for this spec with its references and Secrets.
    pub(crate) fn record_request(&mut self, requested_hash: u64) {
        let last = Instant::now();
        let earlier = self.series.take().filter(|series| {
            series.requested_hash == requested_hash && series.last.elapsed() < QUIET_PERIOD
        });
        let count = earlier.map_or(1, |series| series.count.saturating_add(1));
        self.series = Some(Box::new(UpdateSeries {
            requested_hash,
            count,
            last,
        }));
    }

    /// Returns the time until the next update for this spec may be sent. `None`: it may be sent now.
    pub(crate) fn pause(&self, requested_hash: u64) -> Option<Duration> {
        let series = self.series.as_ref()?;
        let further = series.count.checked_sub(MAX_UPDATES_IN_A_ROW)?;
        let pause = MAX_PAUSE.min(MIN_PAUSE * 2_u32.saturating_pow(further.min(8)));
        let rest = pause.saturating_sub(series.last.elapsed());
        (series.requested_hash == requested_hash && !rest.is_zero()).then_some(rest)
    }

    fn repeat_count(&self, attempt: &UpdateAttempt<'_>) -> u32 {
        let same = self.last.as_ref().filter(|last| {
            last.generation == attempt.generation
                && last.drift == attempt.drift
                && last.request_hash == attempt.request_hash
                && last.etag == attempt.etag
        });
        same.map_or(0, |last| last.times)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_update_on_top_of_its_own_result_counts_as_a_repetition() {
        let (comment, price) = ([Drift::at("comment")], [Drift::at("priceClass")]);
        let first = UpdateAttempt {
            generation: 1,
            drift: &comment,
            request_hash: 5,
            etag: "A",
        };
        let again = UpdateAttempt { etag: "B", ..first };
        let mut history = UpdateHistory::default();
        assert!(!history.has_updates());
        history.record(&first, "B");
        assert!(history.has_updates() && !history.is_not_converging(&again));
        history.record(&again, "C");
        let third = UpdateAttempt { etag: "C", ..first };
        for (attempt, expected) in [
            (third, true),
            (
                UpdateAttempt {
                    generation: 2,
                    ..third
                },
                false,
            ),
            (
                UpdateAttempt {
                    drift: &price,
                    ..third
                },
                false,
            ),
            (
                UpdateAttempt {
                    request_hash: 6,
                    ..third
                },
                false,
            ),
            (UpdateAttempt { etag: "X", ..third }, false),
        ] {
            assert_eq!(history.is_not_converging(&attempt), expected, "{attempt:?}");
        }
    }

    #[test]
    fn repeated_updates_for_one_spec_are_followed_by_growing_pauses() {
        let mut history = UpdateHistory::default();
        for update in 1..MAX_UPDATES_IN_A_ROW {
            history.record_request(7);
            assert_eq!(history.pause(7), None, "{update}");
        }
        for seconds in [30, 60, 120, 240, 480, 600, 600] {
            history.record_request(7);
            let pause = history.pause(7).expect("the next update has to wait");
            let longest = Duration::from_secs(seconds);
            assert!(pause <= longest && pause > longest / 2, "{pause:?}");
            assert_eq!(history.pause(8), None, "an edit is not delayed");
        }
        history.record_request(8);
        assert_eq!(history.pause(8), None);
    }
}
