//! The version history with ages instead of times, so that a model checker can store and compare it.

use super::{KnownVersion, Version, VersionHistory};
use k8s_openapi::jiff::Timestamp;
use std::time::Duration;
use tokio::time::Instant;

/// The unit of time of a model: half of the consistency window.
pub(crate) const TICK: Duration = Duration::from_secs(30);

/// The greatest age. Nothing depends on times that are longer ago than the consistency window.
pub(crate) const MAX_AGE: u8 = 3;

/// Returns the time that was this many ticks ago.
pub(crate) fn time_of(age: u8) -> Instant {
    let now = Instant::now();
    now.checked_sub(TICK * u32::from(age)).unwrap_or(now)
}

/// Returns how many ticks ago a time was.
pub(crate) fn age_of(time: Instant) -> u8 {
    let ticks = time.elapsed().as_secs() / TICK.as_secs();
    u8::try_from(ticks).map_or(MAX_AGE, |ticks| ticks.min(MAX_AGE))
}

/// A version by number. Its ETag and its modification time follow from it.
pub(crate) type Number = u8;

/// A [`VersionHistory`] at a moment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct AgedVersions {
    pub(crate) last: Option<Number>,
    pub(crate) superseded: Vec<(u8, Number)>,
    pub(crate) unknown_updates: Vec<(u8, Number)>,
    pub(crate) uncertain_since: Option<u8>,
}

/// Returns the version with this number, as CloudFront returns it for a kind with or without modification times.
pub(crate) fn version(number: Number, has_time: bool) -> Version {
    let modified = Timestamp::from_second(i64::from(number));
    Version {
        etag: number.to_string(),
        modified: modified.ok().filter(|_| has_time),
    }
}

/// Returns what a status with this version shows.
pub(crate) fn known(
    recorded: Option<Number>,
    has_time: bool,
    has_unrecorded_update: bool,
) -> KnownVersion {
    KnownVersion {
        recorded: recorded.map(|it| version(it, has_time)),
        has_unrecorded_update,
    }
}

impl AgedVersions {
    /// Calls a function with the history, and keeps its changes.
    pub(crate) fn with<T>(
        &mut self,
        has_time: bool,
        call: impl FnOnce(&mut VersionHistory) -> T,
    ) -> T {
        let timed = |(age, it): &(u8, Number)| (time_of(*age), it.to_string());
        let mut history = VersionHistory {
            last: self.last.map(|it| Box::new(version(it, has_time))),
            superseded: self.superseded.iter().map(timed).collect(),
            unknown_updates: self.unknown_updates.iter().map(timed).collect(),
            uncertain_since: self.uncertain_since.map(time_of),
        };
        let result = call(&mut history);
        history.prune();
        *self = Self::of(&history);
        result
    }

    fn of(history: &VersionHistory) -> Self {
        let number = |etag: &str| etag.parse().unwrap_or_default();
        let aged = |all: &[(Instant, String)]| {
            let all = all.iter();
            let mut aged: Vec<_> = all.map(|(at, etag)| (age_of(*at), number(etag))).collect();
            aged.sort_unstable();
            aged
        };
        Self {
            last: history.last.as_deref().map(|it| number(&it.etag)),
            superseded: aged(&history.superseded),
            unknown_updates: aged(&history.unknown_updates),
            uncertain_since: history.uncertain_since.map(age_of),
        }
    }

    /// Advances the time by one tick.
    pub(crate) fn tick(&mut self) {
        let replaced = self.superseded.iter_mut();
        let ages = replaced
            .chain(&mut self.unknown_updates)
            .map(|(age, _)| age);
        for age in ages.chain(self.uncertain_since.as_mut()) {
            *age = MAX_AGE.min(*age + 1);
        }
    }
}

const _: () = assert!(TICK.as_secs() * 2 == super::CONSISTENCY_WINDOW.as_secs());
