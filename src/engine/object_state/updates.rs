//! The updates that CloudFront accepted: whether they converge.

use crate::xml::Drift;

/// Identical updates that CloudFront accepts before the operator gives up.
const MAX_IDENTICAL_UPDATES: u32 = 2;

/// The accepted updates of the resource.
#[derive(Debug, Default)]
pub(crate) struct UpdateHistory {
    last: Option<Box<LastUpdate>>,
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
}
