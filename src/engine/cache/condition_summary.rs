//! The conditions of an object that metrics count, without their messages.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use parking_lot::Mutex;
use std::{collections::HashSet, sync::Arc};

/// A condition without its message.
#[derive(Clone, Debug)]
pub struct ConditionSummary {
    /// The type, the status and the reason.
    pub state: Arc<ConditionState>,
    /// The time of the last transition in seconds since 1970.
    pub since: i64,
}

/// The type, the status and the reason of a condition.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ConditionState {
    /// The type, for example `Ready`.
    pub type_: String,
    /// `True`, `False` or `Unknown`.
    pub status: String,
    /// The reason.
    pub reason: String,
}

impl ConditionSummary {
    pub(super) fn of(condition: &Condition) -> Self {
        Self {
            since: condition.last_transition_time.0.as_second(),
            state: intern(ConditionState {
                type_: condition.type_.clone(),
                status: condition.status.clone(),
                reason: condition.reason.clone(),
            }),
        }
    }
}

/// Returns the shared copy of an equal condition: thousands of objects have the same ones.
fn intern(state: ConditionState) -> Arc<ConditionState> {
    /// The number of copies from which unused ones are dropped.
    const MAX_UNUSED: usize = 1_000;
    static INTERNED: Mutex<Option<HashSet<Arc<ConditionState>>>> = Mutex::new(None);
    let mut interned = INTERNED.lock();
    let interned = interned.get_or_insert_default();
    if let Some(known) = interned.get(&state) {
        return known.clone();
    }
    if interned.len() >= MAX_UNUSED {
        interned.retain(|known| Arc::strong_count(known) > 1);
    }
    let state = Arc::new(state);
    interned.insert(state.clone());
    state
}
