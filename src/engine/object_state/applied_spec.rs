//! The spec that CloudFront was last found, or made, to have.

use crate::engine::{object_state::CONSISTENCY_WINDOW, tags::Tags};
use std::time::Duration;
use tokio::time::Instant;

/// Hashes of the spec as it was last applied, and the tags that the resource has.
#[derive(Debug, Default)]
pub(crate) struct AppliedSpec {
    spec_hash: Option<u64>,
    /// The spec with resolved references and Secrets, as it was last applied, or as this process first read it.
    requested_hash: Option<u64>,
    known_tags: Option<Box<KnownTags>>,
    /// When the last write of tags that has no response was given up.
    unanswered_tag_write: Option<Instant>,
    /// Whether the last write of tags failed.
    has_failed_tag_write: bool,
}

/// The tags that the resource has, as far as the operator manages them.
#[derive(Debug)]
struct KnownTags {
    tags: Tags,
    /// When they were last read, or sent in a create.
    checked_at: Instant,
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

    /// Records the tags of the resource.
    pub(crate) fn record_tags(&mut self, tags: Tags) {
        let checked_at = Instant::now();
        self.has_failed_tag_write = false;
        self.known_tags = Some(Box::new(KnownTags { tags, checked_at }));
    }

    /// Forgets the tags: a write of tags failed. `is_unanswered`: CloudFront may still execute it.
    pub(crate) fn forget_tags(&mut self, is_unanswered: bool) {
        self.known_tags = None;
        self.unanswered_tag_write = is_unanswered.then(Instant::now);
        self.has_failed_tag_write = true;
    }

    /// Whether the next write of tags repeats one that failed.
    pub(crate) fn repeats_tag_write(&self) -> bool {
        self.has_failed_tag_write
    }

    /// Whether CloudFront may still execute a write of tags without a response. No ETag prevents that it then undoes a later write.
    pub(crate) fn awaits_late_tag_write(&self) -> bool {
        let sent = self.unanswered_tag_write;
        sent.is_some_and(|at| at.elapsed() < CONSISTENCY_WINDOW)
    }

    /// Records a write of tags.
    pub(crate) fn record_tag_write(&mut self, set: &Tags, removed: &[String]) {
        self.has_failed_tag_write = false;
        if let Some(known) = &mut self.known_tags {
            known.tags.extend(set.clone());
            known.tags.retain(|key, _| !removed.contains(key));
        }
    }

    /// Returns the tags of the resource, if they were checked within `max_age`.
    pub(crate) fn known_tags(&self, max_age: Duration) -> Option<&Tags> {
        let known = self.known_tags.as_ref()?;
        (known.checked_at.elapsed() < max_age).then_some(&known.tags)
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

    #[tokio::test(start_paused = true)]
    async fn a_write_of_tags_without_a_response_may_be_late_for_a_while() {
        let mut applied = AppliedSpec::default();
        applied.forget_tags(false);
        assert!(!applied.awaits_late_tag_write(), "it has a response");
        applied.forget_tags(true);
        assert!(applied.awaits_late_tag_write());
        tokio::time::advance(CONSISTENCY_WINDOW).await;
        assert!(!applied.awaits_late_tag_write());
    }

    #[test]
    fn known_tags_follow_the_writes_and_are_valid_for_their_age() {
        let tags = |pairs: &[(&str, &str)]| -> Tags {
            let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
            pairs.iter().map(owned).collect()
        };
        let mut applied = AppliedSpec::default();
        let hour = Duration::from_hours(1);
        applied.record_tag_write(&tags(&[("team", "web")]), &[]);
        assert_eq!(applied.known_tags(hour), None, "the others are unknown");
        applied.record_tags(tags(&[("team", "web"), ("env", "test")]));
        applied.record_tag_write(&tags(&[("team", "api")]), &["env".to_owned()]);
        let expected = tags(&[("team", "api")]);
        assert_eq!(applied.known_tags(hour), Some(&expected));
        assert_eq!(applied.known_tags(Duration::ZERO), None);
        applied.forget_tags(false);
        assert_eq!(applied.known_tags(hour), None);
    }
}
