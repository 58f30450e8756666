//! What the operator remembers about an object between reconciliations.
//!
//! All of it is a cache: a restart loses it, and every decision stays correct without it. Each part has private fields and states the
//! step that changes it.

mod applied_spec;
mod creation;
mod failures;
mod pair_state;
mod pending_status;
mod remote_cache;
mod reservation;
mod updates;
mod value_wait;
mod versions;

pub(crate) use applied_spec::AppliedSpec;
#[cfg(test)]
pub(crate) use creation::aged::AgedCreation;
pub(crate) use creation::{BeforeCreate, CreationHistory};
pub(crate) use failures::FailureHistory;
pub(crate) use pair_state::{KnownPairs, PairState};
pub(crate) use pending_status::{PendingStatus, newer};
pub(crate) use remote_cache::RemoteCache;
pub(crate) use reservation::HeldReservation;
pub(crate) use updates::{UpdateAttempt, UpdateHistory};
pub(crate) use value_wait::ValueWait;
#[cfg(test)]
pub(crate) use versions::aged::{AgedVersions, MAX_AGE, Number, age_of, known, time_of, version};
pub(crate) use versions::{CONSISTENCY_WINDOW, KnownVersion, ReadOrder, Version, VersionHistory};

use crate::engine::{
    api::{
        outcome::Outcome,
        status::{ShownStatus, Status},
    },
    poll::subscription::Subscription,
};
use parking_lot::{Mutex, MutexGuard};
use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};
use tokio::time::Instant;

/// The state of one object. There is one for each custom resource, so a part that few objects need is boxed.
#[derive(Debug, Default)]
pub(crate) struct ObjectState {
    /// Whether CloudFront may have a resource of this object. Changed by `observe`, `recover` and `apply`.
    pub(crate) creation: CreationHistory,
    /// The spec that CloudFront was last found to have. Changed by `apply`.
    pub(crate) applied: AppliedSpec,
    /// The updates that CloudFront accepted. Changed by `apply`.
    pub(crate) updates: UpdateHistory,
    /// The versions of the resource that were read or written. Changed by `observe` and `apply`.
    pub(crate) versions: VersionHistory,
    /// The resource as it was last read. Changed by `observe_cached`.
    pub(crate) remote: RemoteCache,
    /// The status that the watch does not show yet. Changed by `report`.
    pub(crate) pending: PendingStatus,
    /// The reservation for a write. Changed by `turn`.
    pub(crate) write_turn: HeldReservation,
    /// The reservation for a read. Changed by `turn`.
    pub(crate) read_turn: HeldReservation,
    /// The wait for unique values that other objects have. Changed by `unique_values`.
    pub(crate) value_wait: ValueWait,
    /// The failures in a row. Changed by `requeue`.
    pub(crate) failures: FailureHistory,
    /// When CloudFront last accepted a change that is not known to be deployed. Changed by `summary`.
    pub(crate) deploy_started: Option<Instant>,
    /// Whether the finalizer was removed. A late event of the watch may still start a reconciliation.
    pub(crate) finalized: bool,
    /// Whether the object was as the watch shows it in this term of leadership. Changed by `turn` and `pipeline`.
    pub(crate) is_confirmed: bool,
    /// When CloudFront last refused the deletion of the resource because other resources use it. Changed by `reconcile`.
    pub(crate) in_use: Option<Instant>,
    /// The distributions that use the resource. Changed by `listed_users`.
    pub(crate) listed_users: Option<Box<ListedUsers>>,
    /// When a write was sent that has no response and that CloudFront cannot refuse by its version. Changed by `late_write`.
    pub(crate) unanswered_write: Option<Instant>,
    /// The pairs of a key-value store. Changed by `pairs`.
    pub(crate) pairs: PairState,
    /// The result of the tests of code. Changed by `code_tests`.
    pub(crate) tested: Option<Box<TestedCode>>,
    /// The failure of a one-shot resource, which is final. Changed by `reconcile`.
    pub(crate) failed: Option<Box<Outcome>>,
}

/// The distributions that use a resource, as of CloudFront's list.
#[derive(Debug)]
pub(crate) struct ListedUsers {
    /// When the list was read.
    pub(crate) read: Instant,
    /// Their ids, as in a message. `None`: the list is empty, or could not be read.
    pub(crate) ids: Option<Box<str>>,
}

/// The result of the tests of a version of code.
#[derive(Debug)]
pub(crate) struct TestedCode {
    /// A hash of the version and of the tests.
    pub(crate) version: u64,
    /// Why a test failed. `None`: all have succeeded.
    pub(crate) failure: Option<String>,
    pub(crate) tested_at: Instant,
}

impl TestedCode {
    /// Whether this is the result for a version. A failure is one for this period only.
    pub(crate) fn is_of(&self, version: u64, period: Duration) -> bool {
        self.version == version && (self.failure.is_none() || self.tested_at.elapsed() < period)
    }
}

/// The states of all objects of a kind, by uid.
#[derive(Debug, Default)]
pub(crate) struct ObjectStates(Mutex<StateMap>);

/// The states are boxed, since a map allocates room for many more entries than it has.
type StateMap = HashMap<Box<str>, Box<ObjectState>>;

impl ObjectStates {
    /// Takes the state of an object out of the map. The queue runs one reconciliation of an object at a time. One that is dropped
    /// loses the state.
    pub(crate) fn take(&self, uid: &str) -> Box<ObjectState> {
        let mut state = self.lock().remove(uid).unwrap_or_default();
        state.versions.prune();
        state
    }

    /// Puts the state of an object back.
    pub(crate) fn put(&self, uid: String, state: Box<ObjectState>) {
        self.lock().insert(uid.into(), state);
    }

    /// Marks an object without a recorded id that existed before this process: an earlier process may have sent a create for it.
    pub(crate) fn mark_preexisting(&self, uid: &str) {
        let mut states = self.lock();
        let state = states.entry(uid.into()).or_default();
        state.creation.mark_preexisting();
    }

    /// Releases the reservations of an object.
    pub(crate) fn release_turns(&self, uid: &str) {
        if let Some(state) = self.lock().get_mut(uid) {
            drop((state.write_turn.take(), state.read_turn.take()));
        }
    }

    /// Records that the watch shows this status of an object. Returns when the object has to be reconciled, if another client wrote it.
    /// During a reconciliation its end has the same effect.
    pub(crate) fn observe_status(
        &self,
        uid: &str,
        shown: ShownStatus<'_>,
        before: impl FnOnce() -> Option<Status>,
    ) -> Option<Duration> {
        let mut states = self.lock();
        states.get_mut(uid)?.pending.observe(shown, before)
    }

    /// Removes the state of an object, and returns its subscription.
    pub(crate) fn forget(&self, uid: &str) -> Option<Subscription> {
        self.lock().remove(uid)?.remote.into_subscription()
    }

    /// Removes all states.
    pub(crate) fn clear(&self) {
        self.lock().clear();
    }

    /// Keeps the states of these objects only, and returns the subscriptions of the others.
    pub(crate) fn retain(&self, uids: &HashSet<String>) -> Vec<Subscription> {
        let mut states = self.lock();
        let removed = states.extract_if(|uid, _| !uids.contains(&**uid));
        removed
            .filter_map(|(_, state)| state.remote.into_subscription())
            .collect()
    }

    fn lock(&self) -> MutexGuard<'_, StateMap> {
        self.0.lock()
    }
}
