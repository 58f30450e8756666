//! The pairs of a key-value store as they were last read or written.

use crate::engine::api::pairs::Pairs;
use std::time::Duration;
use tokio::time::Instant;

/// The time after which a list of pairs is confirmed by a second one. Until then, CloudFront may return an earlier state.
const CONFIRMED_AFTER: Duration = Duration::from_mins(1);

/// What is known of the pairs of a store.
#[derive(Debug, Default)]
pub(crate) struct PairState {
    known: Option<KnownPairs>,
    /// The batches that have been written one after the other, if further ones follow.
    batches: usize,
    /// When the pairs were last found to match the spec, and the hash of its pairs.
    matched: Option<(Instant, u64)>,
    /// The ARN and the ETag of versions that a write has replaced, and when.
    replaced: Vec<(String, String, Instant)>,
}

/// A version of the pairs.
#[derive(Clone, Debug)]
pub(crate) struct KnownPairs {
    /// The ARN of the store. A store that was created again has another one, and may have an ETag of the former.
    pub(crate) arn: String,
    /// The ETag of the pairs.
    pub(crate) etag: String,
    /// Their size in bytes, as CloudFront reports it.
    pub(crate) size: Option<i64>,
    /// All pairs.
    pub(crate) pairs: Pairs,
    /// Whether they do not derive from a single list, which CloudFront may have taken from an earlier state.
    pub(crate) is_certain: bool,
}

impl PairState {
    /// Takes the pairs, if the store still has this version of them, and they are certain.
    pub(crate) fn take(&mut self, arn: &str, etag: &str) -> Option<KnownPairs> {
        self.known
            .take_if(|it| it.is_certain && it.arn == arn && it.etag == etag)
    }

    /// Takes the pairs that a batch has left, if further batches follow, and the number of batches so far.
    pub(crate) fn take_unfinished(&mut self, arn: &str) -> Option<(KnownPairs, usize)> {
        let batches = std::mem::take(&mut self.batches);
        let known = self.known.take_if(|it| it.arn == arn && batches > 0);
        known.map(|known| (known, batches))
    }

    /// Whether a single list has shown this version of the pairs, so that a second one would confirm it.
    pub(crate) fn is_uncertain(&self, arn: &str, etag: &str) -> bool {
        let known = self.known.as_ref();
        known.is_some_and(|it| !it.is_certain && it.arn == arn && it.etag == etag)
    }

    /// Whether a write of this process has replaced a version a short time ago.
    pub(crate) fn is_replaced(&self, arn: &str, etag: &str) -> bool {
        let mut replaced = self.replaced.iter();
        replaced.any(|(of, it, at)| of == arn && it == etag && at.elapsed() < CONFIRMED_AFTER)
    }

    /// Records a version of the pairs, which may differ from those of the spec. `batches`: how many have been written, if further ones follow.
    pub(crate) fn record(&mut self, known: KnownPairs, batches: usize) {
        self.known = Some(known);
        self.batches = batches;
        self.matched = None;
    }

    /// Records that a write has replaced a version.
    pub(crate) fn record_replaced(&mut self, arn: &str, etag: &str) {
        self.replaced
            .retain(|(_, _, at)| at.elapsed() < CONFIRMED_AFTER);
        let replaced = (arn.to_owned(), etag.to_owned(), Instant::now());
        self.replaced.push(replaced);
    }

    /// Records that the pairs match those of the spec with this hash.
    pub(crate) fn record_match(&mut self, desired: u64) {
        self.matched = Some((Instant::now(), desired));
    }

    /// Forgets the pairs, which another client may have changed.
    pub(crate) fn forget(&mut self) {
        (self.known, self.batches, self.matched) = (None, 0, None);
    }

    /// Returns the version of the pairs of a store that match the spec. `None`: it is not known.
    pub(crate) fn matched(&self, arn: &str) -> Option<&KnownPairs> {
        let known = self.known.as_ref().filter(|it| it.arn == arn);
        known.filter(|_| self.matched.is_some())
    }

    /// Whether the pairs were found to match the spec with this hash within `max_age`, or shorter if they are not certain.
    pub(crate) fn matches(&self, desired: u64, max_age: Duration) -> bool {
        self.matched
            .is_some_and(|(at, hash)| hash == desired && at.elapsed() < self.max_age(max_age))
    }

    /// Returns the time until the next check.
    pub(crate) fn check_in(&self, max_age: Duration) -> Duration {
        let max_age = self.max_age(max_age);
        let age = self.matched.map(|(at, _)| at.elapsed());
        max_age.saturating_sub(age.filter(|it| *it < max_age).unwrap_or_default())
    }

    fn max_age(&self, max_age: Duration) -> Duration {
        match &self.known {
            Some(known) if !known.is_certain => max_age.min(CONFIRMED_AFTER),
            _ => max_age,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(arn: &str, etag: &str) -> KnownPairs {
        KnownPairs {
            arn: arn.into(),
            etag: etag.into(),
            size: None,
            pairs: Pairs::default(),
            is_certain: true,
        }
    }

    #[test]
    fn a_store_that_was_created_again_has_no_known_pairs_even_with_the_same_etag() {
        let mut state = PairState::default();
        state.record(known("arn:1", "KV1"), 0);
        assert!(state.take("arn:2", "KV1").is_none());
        state.record(known("arn:1", "KV1"), 1);
        assert!(state.take_unfinished("arn:2").is_none());
        state.record(known("arn:1", "KV1"), 0);
        assert!(state.take_unfinished("arn:1").is_none());
        assert!(state.take("arn:1", "KV2").is_none());
        state.record(known("arn:1", "KV1"), 0);
        assert!(state.take("arn:1", "KV1").is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn a_match_counts_for_these_pairs_and_for_a_while() {
        let mut state = PairState::default();
        let hour = Duration::from_hours(1);
        assert!(!state.matches(1, hour));
        assert_eq!(state.check_in(hour), hour);
        state.record_match(1);
        assert!(state.matches(1, hour) && !state.matches(2, hour));
        tokio::time::advance(hour / 4).await;
        assert_eq!(state.check_in(hour), hour / 4 * 3);
        tokio::time::advance(hour).await;
        assert!(!state.matches(1, hour));
        state.record_match(1);
        state.record(known("arn:1", "KV1"), 0);
        assert!(!state.matches(1, hour), "the pairs may differ");
    }

    #[tokio::test(start_paused = true)]
    async fn a_match_with_a_single_list_counts_for_a_minute_and_is_not_taken() {
        let mut state = PairState::default();
        let listed = KnownPairs {
            is_certain: false,
            ..known("arn:1", "KV1")
        };
        state.record(listed, 0);
        state.record_match(1);
        let hour = Duration::from_hours(1);
        assert!(state.matches(1, hour) && state.is_uncertain("arn:1", "KV1"));
        assert_eq!(state.check_in(hour), Duration::from_mins(1));
        assert!(state.take("arn:1", "KV1").is_none());
        assert!(state.matched("arn:1").is_some() && state.matched("arn:2").is_none());
        tokio::time::advance(Duration::from_mins(1)).await;
        assert!(!state.matches(1, hour));
    }

    #[tokio::test(start_paused = true)]
    async fn a_replaced_version_is_outdated_for_a_minute() {
        let mut state = PairState::default();
        state.record_replaced("arn:1", "KV1");
        state.record(known("arn:1", "KV2"), 0);
        assert!(state.is_replaced("arn:1", "KV1"));
        assert!(!state.is_replaced("arn:1", "KV2") && !state.is_replaced("arn:2", "KV1"));
        tokio::time::advance(Duration::from_mins(1)).await;
        assert!(!state.is_replaced("arn:1", "KV1"));
    }
}
