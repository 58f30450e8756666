//! The updates that CloudFront accepted: whether they converge, and which ETags they superseded.

use crate::xml::Drift;
use std::time::{Duration, Instant};

/// How long CloudFront may return data that a write has already replaced. CloudFront documents no limit; seconds are usual.
pub(crate) const CONSISTENCY_WINDOW: Duration = Duration::from_mins(1);

/// Identical updates that CloudFront accepts before the operator gives up.
const MAX_IDENTICAL_UPDATES: u32 = 2;

/// The accepted updates of the resource.
#[derive(Debug, Default)]
pub(crate) struct UpdateHistory {
    last: Option<Box<LastUpdate>>,
    /// ETags that updates of this process replaced, and when.
    superseded: Vec<(Instant, String)>,
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
        self.superseded
            .push((Instant::now(), attempt.etag.to_owned()));
        self.superseded.retain(|(_, etag)| etag != new_etag);
        self.last = Some(Box::new(LastUpdate {
            generation: attempt.generation,
            drift: attempt.drift.to_vec(),
            request_hash: attempt.request_hash,
            etag: new_etag.to_owned(),
            times,
        }));
    }

    /// Whether an update of this process has just replaced this ETag, so that a read which returns it is stale.
    pub(crate) fn is_superseded(&self, etag: &str) -> bool {
        self.superseded
            .iter()
            .any(|(at, old)| old == etag && at.elapsed() < CONSISTENCY_WINDOW)
    }

    /// Forgets the ETags that no read can return any more.
    pub(crate) fn prune(&mut self) {
        self.superseded
            .retain(|(at, _)| at.elapsed() < CONSISTENCY_WINDOW);
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

    fn drift(path: &str) -> Drift {
        Drift {
            path: path.into(),
            desired: None,
            observed: None,
        }
    }

    #[test]
    fn only_the_same_update_on_top_of_its_own_result_counts_as_a_repetition() {
        let (comment, price) = ([drift("comment")], [drift("priceClass")]);
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
    fn an_etag_is_superseded_until_an_update_returns_it_again() {
        let attempt = |etag| UpdateAttempt {
            generation: 1,
            drift: &[],
            request_hash: 0,
            etag,
        };
        let mut history = UpdateHistory::default();
        history.record(&attempt("A"), "B");
        assert!(history.is_superseded("A") && !history.is_superseded("B"));
        history.prune();
        assert!(history.is_superseded("A"), "it is recent");
        history.record(&attempt("B"), "A");
        assert!(history.is_superseded("B") && !history.is_superseded("A"));
    }
}
