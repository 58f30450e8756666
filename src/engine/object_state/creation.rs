//! Whether CloudFront may have a resource of this object: what was created, found and not found.

#[cfg(test)]
pub(super) mod aged;

use std::time::Duration;
use tokio::time::Instant;

/// "Not found" responses in a row that are required before the absence of a recorded id is believed.
const REQUIRED_NOT_FOUND: u32 = 3;

/// Evidence for and against the existence of the resource.
#[derive(Debug)]
pub(crate) struct CreationHistory {
    /// The id under which this process has read the resource and verified its owner.
    verified_id: Option<Box<str>>,
    /// The hash of the access key with which CloudFront returned the resource, if its account is not known.
    access_key: Option<u64>,
    /// When CloudFront first did not find the resource, by its id or by its caller reference, since the last create was sent.
    not_found_since: Option<Instant>,
    /// "Not found" responses in a row for the recorded id.
    not_found_count: u32,
    /// `Some(true)` if no create can have succeeded: this process added the finalizer, and every create since was rejected. `None` if
    /// unknown.
    create_never_sent: Option<bool>,
    /// When a create may last have been sent, by this process or by an earlier one, unless a read or a list has shown the resource since.
    unseen_since: Option<Instant>,
    /// When a create last ended without a response. CloudFront may execute it later.
    unanswered: Option<Instant>,
    /// The deletion that this process has sent, unless CloudFront refused it.
    deletion: Option<Box<SentDeletion>>,
}

/// A deletion that may have taken effect.
#[derive(Debug)]
struct SentDeletion {
    id: String,
    /// The AWS account to which it was sent.
    account: String,
}

/// The state before a create was sent, which is restored if CloudFront rejects it.
#[derive(Debug)]
pub(crate) struct BeforeCreate {
    create_never_sent: Option<bool>,
    not_found_since: Option<Instant>,
}

impl Default for CreationHistory {
    fn default() -> Self {
        Self {
            verified_id: None,
            access_key: None,
            not_found_since: None,
            not_found_count: 0,
            create_never_sent: None,
            unseen_since: Some(Instant::now()),
            unanswered: None,
            deletion: None,
        }
    }
}

impl CreationHistory {
    /// Records that the object existed before this process, so that an earlier process may have sent a create.
    pub(crate) fn mark_preexisting(&mut self) {
        self.create_never_sent.get_or_insert(false);
    }

    /// Records that this process added the finalizer. Without it no create was sent, unless the object has an id or existed before.
    pub(crate) fn record_finalizer_added(&mut self, has_id: bool) {
        self.create_never_sent.get_or_insert(!has_id);
    }

    /// Records that CloudFront returned the resource.
    pub(crate) fn record_found(&mut self, id: &str) {
        self.record_written(id);
        self.not_found_since = None;
    }

    /// Records that a read or a list has shown the resource since its create.
    pub(crate) fn record_seen(&mut self) {
        self.unseen_since = None;
    }

    /// Whether no read can lag behind the create any more: reads have shown the resource, or it is older than this period.
    pub(crate) fn is_established(&self, period: Duration) -> bool {
        self.unseen_since
            .is_none_or(|since| since.elapsed() >= period)
    }

    /// Records the id in the response to a create or an update.
    pub(crate) fn record_written(&mut self, id: &str) {
        if self.verified_id.as_deref() != Some(id) {
            self.verified_id = Some(id.into());
        }
        self.not_found_count = 0;
    }

    /// Records the access key of a request that creates the resource or has read it, if the account of the key is not known.
    pub(crate) fn record_access_key(&mut self, access_key: Option<u64>) {
        self.access_key = access_key;
    }

    /// Whether this process has read the resource under this id with this access key, so that it is in the account of the key.
    pub(crate) fn has_verified_with(&self, id: &str, access_key: Option<u64>) -> bool {
        self.has_verified(id) && access_key.is_some() && self.access_key == access_key
    }

    /// Records that CloudFront did not find the recorded id. Returns whether the absence is confirmed: reads are eventually consistent,
    /// so it takes several responses over at least this period.
    pub(crate) fn record_not_found(&mut self, period: Duration) -> bool {
        self.not_found_count = self.not_found_count.saturating_add(1);
        let since = *self.not_found_since.get_or_insert_with(Instant::now);
        self.not_found_count >= REQUIRED_NOT_FOUND && since.elapsed() >= period
    }

    /// Returns how long the absence of the resource stays inconclusive, if it is.
    pub(crate) fn inconclusive_for(&self, period: Duration) -> Option<Duration> {
        let rest = period.checked_sub(self.not_found_since?.elapsed())?;
        (!rest.is_zero()).then_some(rest)
    }

    /// Records that a deletion is about to be sent.
    pub(crate) fn record_delete_sent(&mut self, id: &str, account: String) {
        let id = id.to_owned();
        self.deletion = Some(Box::new(SentDeletion { id, account }));
    }

    /// Records that CloudFront refused the deletion, so that the resource still exists.
    pub(crate) fn record_delete_refused(&mut self) {
        self.deletion = None;
    }

    /// Returns the account to which the deletion of this resource was sent.
    pub(crate) fn deletion_account(&self, id: &str) -> Option<&str> {
        let deletion = self.deletion.as_ref().filter(|it| it.id == id)?;
        Some(&deletion.account)
    }

    /// Whether CloudFront did not find the recorded id at the last attempt.
    pub(crate) fn is_missing(&self) -> bool {
        self.not_found_count > 0
    }

    /// Whether this process has read the resource under this id.
    pub(crate) fn has_verified(&self, id: &str) -> bool {
        self.verified_id.as_deref() == Some(id)
    }

    /// Whether no create can have succeeded.
    pub(crate) fn is_create_impossible(&self) -> bool {
        self.create_never_sent == Some(true)
    }

    /// Whether this process has sent a create that may have succeeded, or an earlier process may have.
    pub(crate) fn may_have_created(&self) -> bool {
        self.create_never_sent == Some(false)
    }

    /// Whether the resource was not found for at least this period.
    pub(crate) fn is_not_found_for(&self, period: Duration) -> bool {
        self.not_found_since
            .is_some_and(|since| since.elapsed() >= period)
    }

    /// Whether a search is due after CloudFront rejected a create: at once, and once more after this period.
    pub(crate) fn is_search_due(&self, period: Duration) -> bool {
        self.not_found_since.is_none() || self.is_not_found_for(period)
    }

    /// Records the result of a search by caller reference.
    pub(crate) fn record_search(&mut self, is_found: bool) {
        self.not_found_since = if is_found {
            None
        } else {
            self.not_found_since.or_else(|| Some(Instant::now()))
        };
    }

    /// Records that a new caller reference will be used, under which nothing was searched yet.
    pub(crate) fn record_new_caller_reference(&mut self) {
        self.not_found_since = None;
    }

    /// Records that a create is about to be sent: from now on the resource may exist.
    pub(crate) fn record_create_sent(&mut self) -> BeforeCreate {
        self.unseen_since = Some(Instant::now());
        BeforeCreate {
            create_never_sent: self.create_never_sent.replace(false),
            not_found_since: self.not_found_since.take(),
        }
    }

    /// Records that a create ended without a response.
    pub(crate) fn record_create_unanswered(&mut self) {
        self.unanswered = Some(Instant::now());
    }

    /// Returns for how long CloudFront may still execute a create without a response, which takes at most this period.
    pub(crate) fn late_create(&self, period: Duration) -> Option<Duration> {
        let rest = period.checked_sub(self.unanswered?.elapsed())?;
        (!rest.is_zero()).then_some(rest)
    }

    /// Records that CloudFront rejected the create with a definite response.
    pub(crate) fn record_create_answered(&mut self, before: &BeforeCreate) {
        self.not_found_since = before.not_found_since;
    }

    /// Records that the rejected create made nothing, so that what was known before it applies again.
    pub(crate) fn record_create_rejected(&mut self, before: &BeforeCreate) {
        self.create_never_sent = before.create_never_sent;
    }

    /// Records that the object had changed since it was read. So it did not prove that no create was sent.
    pub(crate) fn record_outdated_view(&mut self) {
        if self.is_create_impossible() {
            self.create_never_sent = None;
        }
    }

    /// Records that a search found no resource of any earlier create.
    pub(crate) fn record_create_impossible(&mut self) {
        self.create_never_sent = Some(true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_hours(1);

    #[test]
    fn an_absence_is_confirmed_by_three_responses_over_the_period() {
        for (period, expected) in [
            (Duration::ZERO, [false, false, true]),
            (HOUR, [false, false, false]),
        ] {
            let mut creation = CreationHistory::default();
            let confirmed = [(); 3].map(|()| creation.record_not_found(period));
            assert_eq!(confirmed, expected, "{period:?}");
            assert!(creation.is_missing());
            creation.record_found("E1");
            assert!(!creation.is_missing() && creation.has_verified("E1"));
            assert!(!creation.record_not_found(period), "it starts again");
        }
    }

    #[test]
    fn an_absence_is_inconclusive_for_the_rest_of_the_period() {
        let mut creation = CreationHistory::default();
        assert_eq!(creation.inconclusive_for(HOUR), None, "nothing is missing");
        creation.record_not_found(HOUR);
        let rest = creation.inconclusive_for(HOUR).expect("it just began");
        assert!(rest <= HOUR && rest > HOUR / 2, "{rest:?}");
        assert_eq!(creation.inconclusive_for(Duration::ZERO), None);
    }

    #[test]
    fn a_resource_is_verified_with_the_access_key_that_read_it_only() {
        let mut creation = CreationHistory::default();
        assert!(!creation.has_verified_with("E1", None));
        creation.record_access_key(Some(1));
        assert!(!creation.has_verified_with("E1", Some(1)), "not read yet");
        creation.record_written("E1");
        assert!(creation.has_verified_with("E1", Some(1)));
        assert!(!creation.has_verified_with("E2", Some(1)), "a forged id");
        assert!(!creation.has_verified_with("E1", Some(2)), "another key");
        creation.record_access_key(None);
        assert!(!creation.has_verified_with("E1", None), "no credentials");
    }

    #[test]
    fn a_deletion_is_known_for_its_resource_until_it_is_refused() {
        let mut creation = CreationHistory::default();
        assert_eq!(creation.deletion_account("E1"), None);
        creation.record_delete_sent("E1", "111122223333".into());
        assert_eq!(creation.deletion_account("E1"), Some("111122223333"));
        assert_eq!(creation.deletion_account("E2"), None, "a forged id");
        creation.record_delete_refused();
        assert_eq!(creation.deletion_account("E1"), None);
    }

    #[test]
    fn a_create_is_impossible_only_if_this_process_added_the_finalizer_and_every_create_was_rejected()
     {
        let mut inherited = CreationHistory::default();
        inherited.mark_preexisting();
        inherited.record_finalizer_added(false);
        assert!(!inherited.is_create_impossible());

        let mut recorded = CreationHistory::default();
        recorded.record_finalizer_added(true);
        assert!(!recorded.is_create_impossible());

        let mut new = CreationHistory::default();
        new.record_finalizer_added(false);
        assert!(new.is_create_impossible());
        let before = new.record_create_sent();
        assert!(!new.is_create_impossible(), "the response is pending");
        new.record_create_answered(&before);
        assert!(!new.is_create_impossible(), "it may already exist");
        new.record_create_rejected(&before);
        assert!(new.is_create_impossible());
    }

    #[test]
    fn a_resource_is_established_once_it_was_seen_or_is_old_enough() {
        let mut creation = CreationHistory::default();
        assert!(!creation.is_established(HOUR) && creation.is_established(Duration::ZERO));
        creation.record_seen();
        assert!(creation.is_established(HOUR));
        creation.record_create_sent();
        creation.record_written("E1");
        assert!(!creation.is_established(HOUR), "only its create responded");
    }

    #[test]
    fn a_search_is_due_at_once_and_once_more_after_the_period() {
        let mut creation = CreationHistory::default();
        assert!(creation.is_search_due(HOUR));
        creation.record_search(false);
        assert!(!creation.is_search_due(HOUR));
        assert!(
            creation.is_search_due(Duration::ZERO) && creation.is_not_found_for(Duration::ZERO)
        );
        creation.record_search(true);
        assert!(creation.is_search_due(HOUR) && !creation.is_not_found_for(Duration::ZERO));
    }

    #[test]
    fn a_create_without_a_response_may_be_executed_for_the_period() {
        let mut creation = CreationHistory::default();
        assert_eq!(creation.late_create(HOUR), None);
        creation.record_create_sent();
        assert_eq!(creation.late_create(HOUR), None, "the response is pending");
        creation.record_create_unanswered();
        let rest = creation.late_create(HOUR).expect("it just ended");
        assert!(rest <= HOUR && rest > HOUR / 2, "{rest:?}");
        assert_eq!(creation.late_create(Duration::ZERO), None);
    }

    #[test]
    fn a_create_starts_the_search_again_unless_it_is_rejected() {
        let mut creation = CreationHistory::default();
        creation.record_search(false);
        let before = creation.record_create_sent();
        assert!(!creation.is_not_found_for(Duration::ZERO));
        creation.record_create_answered(&before);
        assert!(creation.is_not_found_for(Duration::ZERO));
        creation.record_new_caller_reference();
        assert!(!creation.is_not_found_for(Duration::ZERO));
    }
}
