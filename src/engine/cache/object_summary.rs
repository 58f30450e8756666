//! The fields of an object that are needed outside of its reconciliation: by references to it, by metrics and by the queue of its kind.

use crate::engine::kind::Kind;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use parking_lot::Mutex;
use std::{collections::HashSet, sync::Arc};

/// The fields of an object that can be read without decoding it.
#[derive(Clone, Debug)]
pub(crate) struct ObjectSummary<K: Kind> {
    /// The resource id in the status.
    pub(crate) id: Option<Box<str>>,
    /// The resource id in the spec.
    pub(crate) adopt_id: Option<Box<str>>,
    /// The generation of the status.
    pub(crate) observed_generation: Option<i64>,
    /// The hash of the status. `None`: the object has none, or cannot be decoded.
    pub(crate) status_hash: Option<u64>,
    /// Whether the object has condition `Reconciling`.
    pub(crate) is_reconciling: bool,
    /// The number of fields that differ and are not corrected.
    pub(crate) drift: i64,
    /// Whether CloudFront has accepted all of the present spec.
    pub(crate) is_applied: bool,
    /// The values of the spec that CloudFront accepts in one resource only.
    pub(crate) unique_values: Box<[Arc<str>]>,
    /// The objects that the spec references, and the resources whose ids it has.
    pub(crate) uses: Box<[Arc<str>]>,
    /// The conditions.
    pub(crate) conditions: Box<[ConditionSummary]>,
    /// The entry in the queue of the kind.
    pub(crate) queue_entry: K::QueueEntry,
}

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

impl<K: Kind> Default for ObjectSummary<K> {
    fn default() -> Self {
        Self {
            id: None,
            adopt_id: None,
            observed_generation: None,
            status_hash: None,
            is_reconciling: false,
            drift: 0,
            is_applied: false,
            unique_values: Box::default(),
            uses: Box::default(),
            conditions: Box::default(),
            queue_entry: K::QueueEntry::default(),
        }
    }
}

impl<K: Kind> ObjectSummary<K> {
    /// Returns the summary of an object.
    pub(crate) fn of(object: &K) -> Self {
        let sources = object.sources();
        let namespace = object.meta().namespace.as_deref().unwrap_or_default();
        let text = |text: &Option<String>| text.as_deref().map(Into::into);
        let without_status = Self {
            adopt_id: text(&object.management().adopt_id),
            unique_values: object.unique_values().into_iter().map(Arc::from).collect(),
            uses: sources.uses(namespace).into_iter().map(Arc::from).collect(),
            queue_entry: object.queue_entry(),
            ..Self::default()
        };
        let Some(status) = object.status() else {
            return without_status;
        };
        let listed = i64::try_from(status.drift.len()).unwrap_or(i64::MAX);
        Self {
            id: text(&status.id),
            observed_generation: status.observed_generation,
            status_hash: Some(status.hash()),
            is_applied: status.applied_generation.is_some()
                && status.applied_generation == object.meta().generation,
            is_reconciling: status.condition("Reconciling").is_some(),
            drift: status.drift_count.unwrap_or(listed),
            conditions: status.conditions.iter().map(ConditionSummary::of).collect(),
            ..without_status
        }
    }
}

impl ConditionSummary {
    fn of(condition: &Condition) -> Self {
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
