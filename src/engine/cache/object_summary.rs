//! What is asked of an object without a pass over it: by those that name it, by metrics, by its queue.

use crate::engine::{api::reference::TypedLocalReference, kind::Kind};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

/// What others want to know of an object.
#[derive(Clone, Debug)]
pub(crate) struct ObjectSummary<K: Kind> {
    /// CloudFront's id, on record in the status.
    pub(crate) id: Option<Box<str>>,
    /// CloudFront's id, in the spec.
    pub(crate) adopt_id: Option<Box<str>>,
    /// The generation that the status speaks of.
    pub(crate) observed_generation: Option<i64>,
    /// Whether a change has not reached every edge yet.
    pub(crate) reconciling: bool,
    /// At how many places CloudFront differs and is left so.
    pub(crate) drift: i64,
    /// The objects that it names.
    pub(crate) references: Box<[TypedLocalReference]>,
    /// What its conditions say.
    pub(crate) conditions: Box<[ConditionSummary]>,
    /// Its place in the queue of its kind.
    pub(crate) queue_entry: K::QueueEntry,
}

/// What a condition says, and since when, in seconds since 1970.
#[derive(Clone, Debug)]
pub struct ConditionSummary {
    /// What it says.
    pub labels: Arc<ConditionLabels>,
    /// Since when.
    pub since: i64,
}

/// What a condition says, without the message.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ConditionLabels {
    /// The condition's type: `Ready`.
    pub type_: String,
    /// `True`, `False` or `Unknown`.
    pub status: String,
    /// The reason in one word.
    pub reason: String,
}

impl<K: Kind> Default for ObjectSummary<K> {
    fn default() -> Self {
        Self {
            id: None,
            adopt_id: None,
            observed_generation: None,
            reconciling: false,
            drift: 0,
            references: Box::default(),
            conditions: Box::default(),
            queue_entry: K::QueueEntry::default(),
        }
    }
}

impl<K: Kind> ObjectSummary<K> {
    pub(crate) fn of(object: &K) -> Self {
        let text = |text: &Option<String>| text.as_deref().map(Into::into);
        let blank = Self {
            adopt_id: text(&object.management().adopt_id),
            references: object.references().into(),
            queue_entry: object.queue_entry(),
            ..Self::default()
        };
        let Some(status) = object.status() else {
            return blank;
        };
        let listed = i64::try_from(status.drift.len()).unwrap_or(i64::MAX);
        Self {
            id: text(&status.id),
            observed_generation: status.observed_generation,
            reconciling: status.condition("Reconciling").is_some(),
            drift: status.drift_count.unwrap_or(listed),
            conditions: status.conditions.iter().map(ConditionSummary::of).collect(),
            ..blank
        }
    }
}

impl ConditionSummary {
    fn of(condition: &Condition) -> Self {
        Self {
            since: condition.last_transition_time.0.as_second(),
            labels: intern(ConditionLabels {
                type_: condition.type_.clone(),
                status: condition.status.clone(),
                reason: condition.reason.clone(),
            }),
        }
    }
}

/// The one copy of these words: thousands of objects say the same.
fn intern(labels: ConditionLabels) -> Arc<ConditionLabels> {
    /// Words that nobody says any more are dropped from here on.
    const MANY: usize = 1_000;
    static ALL: Mutex<Option<HashSet<Arc<ConditionLabels>>>> = Mutex::new(None);
    let mut all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
    let all = all.get_or_insert_default();
    if let Some(known) = all.get(&labels) {
        return known.clone();
    }
    if all.len() >= MANY {
        all.retain(|known| Arc::strong_count(known) > 1);
    }
    let labels = Arc::new(labels);
    all.insert(labels.clone());
    labels
}
