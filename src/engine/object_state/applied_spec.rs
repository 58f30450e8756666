//! The spec that CloudFront was last found, or made, to have.

use std::time::{Duration, Instant};

/// Hashes of the spec as it was last applied, and when its tags were last checked.
#[derive(Debug, Default)]
pub(crate) struct AppliedSpec {
    spec_hash: Option<u64>,
    /// The spec with resolved references and Secrets, as it was last applied, or as this process first read it.
    requested_hash: Option<u64>,
    /// The generation whose tags the resource was last known to have, and when.
    tags_checked: Option<(i64, Instant)>,
}

impl AppliedSpec {
    /// Whether the resource had this spec after the last write.
    pub(crate) fn is_spec(&self, spec_hash: u64) -> bool {
        self.spec_hash == Some(spec_hash)
    }

    /// Whether references and Secrets still resolve to the same values. They can change without a new generation.
    pub(crate) fn is_same_request(&self, requested_hash: u64) -> bool {
        self.requested_hash
            .is_none_or(|known| known == requested_hash)
    }

    /// Records the first request of this process, with which later ones are compared.
    pub(crate) fn record_first_request(&mut self, requested_hash: u64) {
        self.requested_hash.get_or_insert(requested_hash);
    }

    /// Records that CloudFront has all of the spec.
    pub(crate) fn mark_applied(&mut self, spec_hash: u64, requested_hash: u64) {
        self.spec_hash = Some(spec_hash);
        self.requested_hash = Some(requested_hash);
    }

    /// Forgets the applied spec before a write: until its response arrives, the resource may have either configuration.
    pub(crate) fn mark_write_sent(&mut self) {
        self.spec_hash = None;
    }

    /// Records whether the resource has all tags of this generation.
    pub(crate) fn record_tags(&mut self, generation: i64, are_complete: bool) {
        self.tags_checked = are_complete.then(|| (generation, Instant::now()));
    }

    /// Whether the tags of this generation were checked within `max_age`.
    pub(crate) fn has_recent_tag_check(&self, generation: i64, max_age: Duration) -> bool {
        self.tags_checked
            .is_some_and(|(checked, at)| checked == generation && at.elapsed() < max_age)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_request_counts_as_unchanged_and_a_write_forgets_the_spec() {
        let mut applied = AppliedSpec::default();
        assert!(applied.is_same_request(1), "nothing to compare with");
        applied.record_first_request(1);
        applied.record_first_request(2);
        assert!(applied.is_same_request(1) && !applied.is_same_request(2));
        applied.mark_applied(7, 2);
        assert!(applied.is_spec(7) && applied.is_same_request(2));
        applied.mark_write_sent();
        assert!(!applied.is_spec(7) && applied.is_same_request(2));
    }

    #[test]
    fn a_tag_check_is_valid_for_its_generation_and_age() {
        let mut applied = AppliedSpec::default();
        let hour = Duration::from_hours(1);
        assert!(!applied.has_recent_tag_check(1, hour));
        applied.record_tags(1, true);
        assert!(applied.has_recent_tag_check(1, hour));
        assert!(!applied.has_recent_tag_check(2, hour));
        assert!(!applied.has_recent_tag_check(1, Duration::ZERO));
        applied.record_tags(1, false);
        assert!(!applied.has_recent_tag_check(1, hour));
    }
}
