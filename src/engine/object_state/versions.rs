//! The order of the versions of a resource: reads of CloudFront are eventually consistent, so a read can return an earlier version than
//! the read or the write before it.

#[cfg(test)]
pub(super) mod aged;

use crate::engine::remote::resource::Remote;
use k8s_openapi::jiff::Timestamp;
use std::time::Duration;
use tokio::time::Instant;

/// How long CloudFront may return data that a write has already replaced. CloudFront documents no limit; seconds are usual.
pub(crate) const CONSISTENCY_WINDOW: Duration = Duration::from_mins(1);

/// A version of a resource.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Version {
    pub(crate) etag: String,
    /// The time of the last change. `None`: CloudFront reports none for this kind.
    pub(crate) modified: Option<Timestamp>,
}

impl Version {
    /// Returns the version of a resource that CloudFront returned.
    pub(crate) fn of(remote: &Remote) -> Self {
        Self::new(&remote.etag, remote.document.text_of("LastModifiedTime"))
    }

    /// Returns the version with this ETag and this time of the last change.
    pub(crate) fn new(etag: &str, modified: Option<&str>) -> Self {
        Self {
            etag: etag.to_owned(),
            modified: modified.and_then(|time| time.parse().ok()),
        }
    }
}

/// The place of a read among the versions that are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReadOrder {
    /// No known version is later.
    Latest,
    /// A known version may be later. A write can start from the read, since `If-Match` rejects it otherwise.
    Unknown,
    /// A known version is later.
    Outdated,
}

/// What was known before a read.
#[derive(Clone, Debug, Default)]
pub(crate) struct KnownVersion {
    /// The version in the status.
    pub(crate) recorded: Option<Version>,
    /// Whether an earlier process may have sent an update that it did not record.
    pub(crate) has_unrecorded_update: bool,
}

/// The versions that this process knows.
#[derive(Debug, Default)]
pub(crate) struct VersionHistory {
    /// The version in the last response that was not outdated.
    last: Option<Box<Version>>,
    /// ETags that updates of this process replaced, and when.
    superseded: Vec<(Instant, String)>,
    /// ETags that CloudFront may have replaced, and when: an update named them that was refused as outdated, or has no readable response.
    unknown_updates: Vec<(Instant, String)>,
    /// When the first read in a row returned a version whose order is not certain.
    uncertain_since: Option<Instant>,
}

impl VersionHistory {
    /// Returns the place of a read. An order that is not certain ends after `window`: then the read is the latest version, so that a
    /// forged status cannot block an object.
    pub(crate) fn order(
        &mut self,
        read: &Version,
        known: &KnownVersion,
        window: Duration,
    ) -> ReadOrder {
        if self.is_superseded(&read.etag) {
            return ReadOrder::Outdated;
        }
        let order = self.compare(read, known, window);
        if order == ReadOrder::Latest
            || self
                .uncertain_since
                .get_or_insert_with(Instant::now)
                .elapsed()
                >= window
        {
            self.uncertain_since = None;
            return ReadOrder::Latest;
        }
        order
    }

    fn compare(&self, read: &Version, known: &KnownVersion, window: Duration) -> ReadOrder {
        let Some(last) = self.last.as_deref().or(known.recorded.as_ref()) else {
            return ReadOrder::Latest;
        };
        let is_same = last.etag == read.etag;
        let is_replaced =
            |(at, etag): &(Instant, String)| *etag == read.etag && at.elapsed() < window;
        match (last.modified, read.modified) {
            (Some(last), Some(read)) if read < last => ReadOrder::Outdated,
            (_, None) if !is_same => ReadOrder::Unknown,
            _ if self.unknown_updates.iter().any(is_replaced) => ReadOrder::Unknown,
            _ if is_same && self.last.is_none() && known.has_unrecorded_update => {
                ReadOrder::Unknown
            }
            _ => ReadOrder::Latest,
        }
    }

    /// Records a version that a read returned as the latest one.
    pub(crate) fn record_read(&mut self, version: Version) {
        self.last = Some(Box::new(version));
    }

    /// Records the version in the response to a create or an update. `replaced` is the ETag that an update named.
    pub(crate) fn record_write(&mut self, replaced: Option<&str>, version: Version) {
        self.unknown_updates.clear();
        self.uncertain_since = None;
        if let Some(replaced) = replaced {
            self.superseded.push((Instant::now(), replaced.to_owned()));
        }
        self.superseded.retain(|(_, etag)| *etag != version.etag);
        self.last = Some(Box::new(version));
    }

    /// Records an update after which another version may exist: it was refused as outdated, or has no readable response. `etag` is the
    /// one that it named. An earlier uncertain order starts again, since this one needs the whole window.
    pub(crate) fn record_unknown_update(&mut self, etag: &str) {
        self.uncertain_since = None;
        self.unknown_updates.retain(|(_, other)| other != etag);
        self.unknown_updates.push((Instant::now(), etag.to_owned()));
    }

    /// Forgets the ETags that no read can return any more.
    pub(crate) fn prune(&mut self) {
        let is_recent = |(at, _): &(Instant, String)| at.elapsed() < CONSISTENCY_WINDOW;
        self.superseded.retain(is_recent);
        self.unknown_updates.retain(is_recent);
    }

    /// Whether an update of this process has just replaced this ETag, so that a read which returns it is stale.
    fn is_superseded(&self, etag: &str) -> bool {
        self.superseded
            .iter()
            .any(|(at, old)| old == etag && at.elapsed() < CONSISTENCY_WINDOW)
    }
}

#[cfg(test)]
mod tests {
    use super::ReadOrder::{Latest, Outdated, Unknown};
    use super::*;

    const HOUR: Duration = Duration::from_hours(1);

    fn version(etag: &str, second: Option<i64>) -> Version {
        Version {
            etag: etag.into(),
            modified: second.and_then(|second| Timestamp::from_second(second).ok()),
        }
    }

    fn recorded(version: Version) -> KnownVersion {
        KnownVersion {
            recorded: Some(version),
            has_unrecorded_update: false,
        }
    }

    #[test]
    fn a_read_is_ordered_by_its_modification_time_or_else_by_its_etag() {
        for (known, read, expected) in [
            (None, version("A", Some(5)), Latest),
            (None, version("A", None), Latest),
            (Some(version("B", Some(6))), version("A", Some(5)), Outdated),
            (Some(version("B", Some(6))), version("B", Some(6)), Latest),
            (Some(version("B", Some(6))), version("C", Some(7)), Latest),
            (Some(version("B", None)), version("A", None), Unknown),
            (Some(version("B", None)), version("B", None), Latest),
            (Some(version("B", None)), version("C", Some(7)), Latest),
        ] {
            let mut versions = VersionHistory::default();
            let status = known.clone().map(recorded).unwrap_or_default();
            assert_eq!(
                versions.order(&read, &status, HOUR),
                expected,
                "{known:?} {read:?}"
            );

            // The same version, as this process has read it, is known without a status.
            let mut versions = VersionHistory::default();
            if let Some(known) = known {
                versions.record_read(known);
            }
            let empty = KnownVersion::default();
            assert_eq!(versions.order(&read, &empty, HOUR), expected, "{read:?}");
        }
    }

    #[test]
    fn an_order_that_is_not_certain_ends_after_the_window() {
        let future = recorded(version("Z", Some(4_000_000_000)));
        let read = version("A", Some(5));
        let mut versions = VersionHistory::default();
        assert_eq!(versions.order(&read, &future, HOUR), Outdated);
        assert_eq!(versions.order(&read, &future, Duration::ZERO), Latest);
        versions.record_read(read.clone());
        assert_eq!(
            versions.order(&read, &future, HOUR),
            Latest,
            "it is known now"
        );
    }

    #[test]
    fn an_etag_that_an_unknown_update_named_may_be_outdated_within_the_window() {
        let read = version("A", Some(5));
        let known = recorded(read.clone());
        let mut versions = VersionHistory::default();
        versions.record_unknown_update("A");
        assert_eq!(versions.order(&read, &known, HOUR), Unknown);
        assert_eq!(versions.order(&read, &known, Duration::ZERO), Latest);
        versions.record_write(Some("A"), version("B", Some(6)));
        assert_eq!(
            versions.order(&read, &known, HOUR),
            Outdated,
            "it is superseded"
        );
        assert_eq!(versions.order(&version("B", Some(6)), &known, HOUR), Latest);
    }

    #[test]
    fn each_etag_that_an_unanswered_update_named_stays_uncertain() {
        let mut versions = VersionHistory::default();
        versions.record_read(version("A", None));
        versions.record_unknown_update("A");
        versions.record_unknown_update("B");
        let known = KnownVersion::default();
        assert_eq!(versions.order(&version("A", None), &known, HOUR), Unknown);
    }

    #[test]
    fn an_uncertain_order_starts_again_with_an_unanswered_update() {
        let read = version("A", Some(5));
        let known = recorded(version("B", Some(6)));
        let mut versions = VersionHistory {
            uncertain_since: Instant::now().checked_sub(HOUR),
            ..VersionHistory::default()
        };
        versions.record_unknown_update("A");
        assert_eq!(versions.order(&read, &known, HOUR), Outdated);
    }

    #[test]
    fn after_a_restart_the_recorded_version_is_uncertain_if_an_update_may_be_unrecorded() {
        let read = version("A", Some(5));
        let known = KnownVersion {
            recorded: Some(read.clone()),
            has_unrecorded_update: true,
        };
        let mut versions = VersionHistory::default();
        assert_eq!(versions.order(&read, &known, HOUR), Unknown);
        assert_eq!(versions.order(&version("B", Some(6)), &known, HOUR), Latest);
        versions.record_read(read.clone());
        assert_eq!(versions.order(&read, &known, HOUR), Latest);
    }

    #[test]
    fn an_etag_is_superseded_until_an_update_returns_it_again() {
        let known = KnownVersion::default();
        let mut versions = VersionHistory::default();
        versions.record_write(Some("A"), version("B", None));
        assert_eq!(versions.order(&version("A", None), &known, HOUR), Outdated);
        versions.prune();
        assert_eq!(versions.order(&version("A", None), &known, HOUR), Outdated);
        versions.record_write(Some("B"), version("A", None));
        assert_eq!(versions.order(&version("B", None), &known, HOUR), Outdated);
        assert_eq!(versions.order(&version("A", None), &known, HOUR), Latest);
    }
}
