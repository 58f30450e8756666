//! The objects, their versions and their history.

use super::{response::ApiError, types::ResourceType, upstream::version_of};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, SystemTime},
};
use tokio::{sync::watch, time::Instant};

/// The time at which a server starts, since 1970: 2026-01-01.
pub(crate) const START: Duration = Duration::from_secs(1_767_225_600);

/// What identifies an object: plural and group of its type, its namespace and its name. The order is that of lists.
pub(super) type ObjectKey = (String, String, String, String);

/// The objects of one point in time.
pub(super) type Objects = BTreeMap<ObjectKey, Arc<Value>>;

/// A change that watches report.
#[derive(Clone, Debug)]
pub(super) struct Change {
    pub(super) revision: u64,
    /// ADDED, MODIFIED or DELETED.
    pub(super) event: &'static str,
    pub(super) key: ObjectKey,
    pub(super) object: Arc<Value>,
}

/// All objects of a server.
#[derive(Debug)]
pub(super) struct Store {
    objects: Objects,
    history: Vec<Change>,
    /// Changes up to this revision are not in the history any more.
    compacted: u64,
    revision: watch::Sender<u64>,
    /// The objects as of the first page of each list whose other pages may still be read.
    pub(super) snapshots: BTreeMap<u64, Objects>,
    created_uids: u64,
    started: Instant,
    /// Whether new objects get the finalizer, as by the policy of the chart.
    pub(super) has_finalizer_policy: bool,
}

impl Default for Store {
    fn default() -> Self {
        Self {
            objects: Objects::new(),
            history: vec![],
            compacted: 0,
            revision: watch::Sender::new(1),
            snapshots: BTreeMap::new(),
            created_uids: 0,
            started: Instant::now(),
            has_finalizer_policy: false,
        }
    }
}

pub(super) fn key(resource: &ResourceType, namespace: &str, name: &str) -> ObjectKey {
    (
        resource.plural.clone(),
        resource.group.clone(),
        namespace.into(),
        name.into(),
    )
}

impl Store {
    pub(super) fn objects(&self) -> &Objects {
        &self.objects
    }

    pub(super) fn get(&self, key: &ObjectKey) -> Option<&Arc<Value>> {
        self.objects.get(key)
    }

    pub(super) fn revision(&self) -> u64 {
        *self.revision.borrow()
    }

    /// Returns a receiver that is notified of each change.
    pub(super) fn revisions(&self) -> watch::Receiver<u64> {
        self.revision.subscribe()
    }

    /// Returns the changes after a revision.
    pub(super) fn changes_after(&self, revision: u64) -> Result<&[Change], ApiError> {
        if revision < self.compacted {
            return Err(ApiError::expired());
        }
        let first = self.history.partition_point(|it| it.revision <= revision);
        Ok(&self.history[first..])
    }

    pub(super) fn compact(&mut self) {
        self.compacted = self.revision();
        self.history.clear();
        self.snapshots.clear();
    }

    /// Stores an object under the next revision, and returns it.
    pub(super) fn put(&mut self, key: ObjectKey, object: Value) -> Arc<Value> {
        let event = if self.objects.contains_key(&key) {
            "MODIFIED"
        } else {
            "ADDED"
        };
        let object = self.record(event, key.clone(), object);
        self.objects.insert(key, object.clone());
        object
    }

    /// Removes an object, and returns it under the revision of its deletion.
    pub(super) fn remove(&mut self, key: ObjectKey, object: Value) -> Arc<Value> {
        self.objects.remove(&key);
        self.record("DELETED", key, object)
    }

    /// Begins the history at a revision of a real server.
    pub(super) fn begin_at(&mut self, revision: u64) {
        self.revision.send_replace(revision);
    }

    /// Stores a change that a real server has reported.
    pub(super) fn import(&mut self, key: ObjectKey, object: Value, is_removed: bool) {
        let revision = version_of(&object);
        let object = Arc::new(object);
        let before = if is_removed {
            self.objects.remove(&key)
        } else {
            self.objects.insert(key.clone(), object.clone())
        };
        let event = match before {
            _ if is_removed => "DELETED",
            Some(_) => "MODIFIED",
            None => "ADDED",
        };
        self.history.push(Change {
            revision,
            event,
            key,
            object,
        });
        self.revision.send_replace(revision);
    }

    fn record(&mut self, event: &'static str, key: ObjectKey, mut object: Value) -> Arc<Value> {
        let revision = self.revision() + 1;
        object["metadata"]["resourceVersion"] = Value::String(revision.to_string());
        let object = Arc::new(object);
        self.history.push(Change {
            revision,
            event,
            key,
            object: object.clone(),
        });
        self.revision.send_replace(revision);
        object
    }

    /// Returns a new uid. Uids are numbered, so that a plan that is repeated has the same ones. They differ in the first digits, which are a
    /// part of names.
    pub(super) fn new_uid(&mut self) -> String {
        self.created_uids += 1;
        format!("{0:08x}-0000-4000-8000-{0:012x}", self.created_uids)
    }

    /// Returns the present time in the form of `metadata.creationTimestamp`: a fixed start and tokio's clock, which can be paused.
    pub(super) fn timestamp(&self) -> String {
        let now =
            jiff::Timestamp::try_from(SystemTime::UNIX_EPOCH + START + self.started.elapsed());
        let now = now.unwrap_or_default();
        now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    }
}
