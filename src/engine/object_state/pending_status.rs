//! The status of the operator that is not in the watch's copy of the object: not shown yet, or replaced by another client.

use crate::engine::api::status::{ShownStatus, Status};
use std::time::Duration;
use tokio::time::Instant;

/// A period without foreign writes after which the next one is corrected at once again.
const QUIET_PERIOD: Duration = Duration::from_mins(10);

/// The difference between the status in the watch's copy of the object and the status that the operator knows.
#[derive(Debug, Default)]
pub(crate) struct PendingStatus {
    /// The id of a created resource, until a status with it is stored.
    id: Option<Box<str>>,
    written: Option<Box<WrittenStatus>>,
    /// The hash of the last status that was sent without a response. The object may have it.
    unanswered_hash: Option<u64>,
    /// The hash of the operator's status, once the watch has shown it.
    shown_hash: Option<u64>,
    /// The operator's status, if another client has replaced it.
    replaced: Option<Box<Status>>,
    /// The foreign writes with less than the quiet period in between, and the last one.
    foreign_writes: Option<Box<(u32, Instant)>>,
}

/// A status that was written, and the version of the object that has it.
#[derive(Debug)]
struct WrittenStatus {
    resource_version: String,
    status: Status,
}

impl PendingStatus {
    /// Returns the id of a created resource that is not in the status yet.
    pub(crate) fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Returns the operator's status, if the watch does not show it.
    pub(crate) fn status(&self) -> Option<&Status> {
        let written = self.written.as_ref().map(|written| &written.status);
        written.or(self.replaced.as_deref())
    }

    /// Returns the operator's status, if this version of the object does not have it.
    pub(crate) fn status_after(&self, version: &str) -> Option<&Status> {
        let is_shown = |it: &WrittenStatus| !is_older(version, &it.resource_version);
        match &self.written {
            Some(written) if is_shown(written) => None,
            _ => self.status(),
        }
    }

    /// Returns the version of the object with the last written status, until the watch shows it.
    pub(crate) fn written_version(&self) -> Option<&str> {
        let written = self.written.as_ref()?;
        Some(&written.resource_version)
    }

    /// Whether another client has replaced the operator's status.
    pub(crate) fn is_replaced(&self) -> bool {
        self.written.is_none() && self.replaced.is_some()
    }

    /// Records the id in the response to a write.
    pub(crate) fn record_id(&mut self, id: &str) {
        self.id = Some(id.into());
    }

    /// Records that a status with this hash was sent and may have been stored.
    pub(crate) fn record_unanswered(&mut self, hash: u64) {
        self.unanswered_hash = Some(hash);
    }

    /// Records that a status was stored.
    pub(crate) fn record_written(&mut self, resource_version: String, status: Status) {
        self.id = None;
        self.replaced = None;
        self.unanswered_hash = None;
        self.written = Some(Box::new(WrittenStatus {
            resource_version,
            status,
        }));
    }

    /// Records that the object has the operator's status, with this hash, without a write.
    pub(crate) fn record_unchanged(&mut self, hash: u64) {
        self.replaced = None;
        if self.written.is_none() {
            self.shown_hash = Some(hash);
        }
    }

    /// Records that the watch shows this status. Returns after which delay the object has to be reconciled, if another client has
    /// replaced the operator's status. The delay grows with each such write.
    ///
    /// `before` returns the operator's status, if the watch has shown it. `None`: the foreign status is accepted.
    pub(crate) fn observe(
        &mut self,
        shown: ShownStatus<'_>,
        before: impl FnOnce() -> Option<Status>,
    ) -> Option<Duration> {
        let hash = shown.hash?;
        if self.unanswered_hash.take_if(|sent| *sent == hash).is_some() {
            self.written = None;
            self.replaced = None;
            self.shown_hash = Some(hash);
            return None;
        }
        if let Some(written) = self.written.take() {
            if is_older(shown.resource_version, &written.resource_version) {
                self.written = Some(written);
                return None;
            }
            // The version of the own write shows what the API server made of it.
            if shown.resource_version == written.resource_version || hash == written.status.hash() {
                self.shown_hash = Some(hash);
                return None;
            }
            return Some(self.record_replaced(Some(written.status)));
        }
        if self.shown_hash? == hash {
            return None;
        }
        let before = before();
        Some(self.record_replaced(before))
    }

    fn record_replaced(&mut self, before: Option<Status>) -> Duration {
        self.shown_hash = None;
        self.replaced = before.map(Box::new);
        let earlier = self.foreign_writes.take();
        let count = match earlier {
            Some(earlier) if earlier.1.elapsed() < QUIET_PERIOD => earlier.0.saturating_add(1),
            _ => 0,
        };
        self.foreign_writes = Some(Box::new((count, Instant::now())));
        match count {
            0 => Duration::ZERO,
            count => Duration::from_secs(1 << count.min(8)),
        }
    }
}

/// Returns the newer of two versions of one object.
pub(crate) fn newer<'a>(a: &'a str, b: &'a str) -> &'a str {
    if is_older(a, b) { b } else { a }
}

/// Whether version `a` of an object is older than version `b` of the same object.
///
/// Versions of one resource type are comparable integers (KEP-5504). One that is not an integer counts as new, so that the watch wins.
fn is_older(a: &str, b: &str) -> bool {
    match (a.parse::<u128>(), b.parse::<u128>()) {
        (Ok(a), Ok(b)) => a < b,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(id: &str) -> Status {
        Status {
            id: Some(id.into()),
            ..Status::default()
        }
    }

    fn show(
        pending: &mut PendingStatus,
        resource_version: &str,
        shown: &Status,
    ) -> Option<Duration> {
        let shown = ShownStatus {
            resource_version,
            hash: Some(shown.hash()),
        };
        pending.observe(shown, || Some(status("before")))
    }

    #[test]
    fn a_written_status_is_dropped_when_the_watch_shows_it() {
        for (shown, is_dropped) in [("9", false), ("10", true), ("11", true), ("x", true)] {
            let mut pending = PendingStatus::default();
            pending.record_id("E1");
            assert_eq!(pending.id(), Some("E1"));
            pending.record_written("10".into(), status("E1"));
            assert_eq!(pending.id(), None, "it is in the status now");
            assert_eq!(show(&mut pending, shown, &status("E1")), None);
            assert_eq!(pending.status().is_none(), is_dropped, "{shown}");
        }
    }

    #[test]
    fn a_status_that_another_client_replaced_stays_known_until_it_is_written_again() {
        // The watch shows the foreign write with the own one, or after it.
        for shows_own in [false, true] {
            let mut pending = PendingStatus::default();
            pending.record_written("10".into(), status("E1"));
            if shows_own {
                assert_eq!(show(&mut pending, "10", &status("E1")), None);
            }
            let delay = show(&mut pending, "11", &status("forged"));
            assert_eq!(delay, Some(Duration::ZERO));
            assert!(pending.is_replaced());
            let known = pending.status().and_then(|known| known.id.as_deref());
            assert_eq!(known, Some(if shows_own { "before" } else { "E1" }));
            assert_eq!(show(&mut pending, "12", &status("forged")), None, "once");
            pending.record_written("13".into(), status("E1"));
            assert!(!pending.is_replaced());
            assert_eq!(show(&mut pending, "13", &status("E1")), None);
        }
    }

    #[test]
    fn a_status_whose_response_was_lost_is_the_own_one() {
        for was_shown in [false, true] {
            let mut pending = PendingStatus::default();
            pending.record_written("10".into(), status("E1"));
            if was_shown {
                assert_eq!(show(&mut pending, "10", &status("E1")), None);
            }
            pending.record_unanswered(status("E2").hash());
            assert_eq!(show(&mut pending, "11", &status("E2")), None);
            assert!(pending.status().is_none(), "the watch shows it");
            let delay = show(&mut pending, "12", &status("E1"));
            assert_eq!(delay, Some(Duration::ZERO), "an earlier one comes back");
        }
    }

    #[test]
    fn repeated_foreign_writes_are_corrected_with_growing_delays() {
        let mut pending = PendingStatus::default();
        let mut delays = vec![];
        for version in ["10", "20", "30"] {
            pending.record_written(version.into(), status("E1"));
            let foreign = format!("{version}0");
            delays.extend(show(&mut pending, &foreign, &status("forged")));
        }
        assert_eq!(delays, [0, 2, 4].map(Duration::from_secs));
    }

    #[test]
    fn the_result_of_an_own_write_is_never_foreign() {
        let mut pending = PendingStatus::default();
        pending.record_written("10".into(), status("E1"));
        assert_eq!(show(&mut pending, "10", &status("normalized")), None);
        assert_eq!(show(&mut pending, "12", &status("normalized")), None);
        let mut unchanged = PendingStatus::default();
        assert_eq!(show(&mut unchanged, "5", &status("E1")), None, "not known");
        unchanged.record_unchanged(status("E1").hash());
        assert_eq!(show(&mut unchanged, "6", &status("E1")), None);
        assert!(show(&mut unchanged, "7", &status("forged")).is_some());
        unchanged.record_unchanged(status("forged").hash());
        assert!(!unchanged.is_replaced(), "the operator agrees with it");
    }
}
