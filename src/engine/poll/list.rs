//! Lists of a collection: the content of a list, and the first one after a start of the operator.

use crate::{
    cloudfront::CloudFrontError,
    engine::{kind::Kind, remote::resource::RemoteRevision},
    xml::Element,
};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};
use tokio::time::Instant;

/// The content of a list.
#[derive(Default)]
pub(super) struct ListResult {
    pub(super) revisions: HashMap<String, RemoteRevision>,
    /// The ids of the resources that have the unique values for which objects wait.
    pub(super) value_holders: HashMap<String, String>,
    /// The number of pages that were read. `usize::MAX` if the list is denied.
    pub(super) pages: usize,
    /// Whether all pages were read.
    pub(super) is_complete: bool,
}

impl ListResult {
    /// Records which of the awaited unique values the resource of an item has.
    pub(super) fn add_holder<K: Kind>(
        &mut self,
        id: &str,
        item: &Element,
        awaited: &HashSet<String>,
    ) {
        if awaited.is_empty() {
            return;
        }
        let values = K::unique_values_in(item).into_iter();
        for value in values.filter(|value| awaited.contains(value)) {
            self.value_holders.insert(value, id.to_owned());
        }
    }

    /// Returns the result of a list that is denied. Reading each resource takes fewer requests than such a list would.
    pub(super) fn denied() -> Self {
        Self {
            pages: usize::MAX,
            ..Self::default()
        }
    }
}

/// The revisions in the first list. An object whose status names the same revision needs no get request after a start.
#[derive(Default)]
pub(super) struct InitialList {
    /// The revisions that no object has taken yet.
    unclaimed_revisions: HashMap<String, RemoteRevision>,
    /// When the collection was listed, or the list was denied.
    listed_at: Option<Instant>,
    /// The last transient failure.
    last_failure: Option<(Instant, Arc<CloudFrontError>)>,
}

impl InitialList {
    /// Whether the collection was listed, or the list was denied.
    pub(super) fn is_done(&self) -> bool {
        self.listed_at.is_some()
    }

    /// Returns a transient failure that is more recent than `max_age`.
    pub(super) fn recent_failure(&self, max_age: Duration) -> Option<Arc<CloudFrontError>> {
        let (at, error) = self.last_failure.as_ref()?;
        (at.elapsed() < max_age).then(|| error.clone())
    }

    pub(super) fn record_failure(&mut self, error: Arc<CloudFrontError>) {
        self.last_failure = Some((Instant::now(), error));
    }

    pub(super) fn record(&mut self, revisions: HashMap<String, RemoteRevision>) {
        self.listed_at = Some(Instant::now());
        self.unclaimed_revisions = revisions;
    }

    /// Removes and returns the revision of a resource. Revisions that are older than `max_age` are dropped.
    pub(super) fn claim(&mut self, id: &str, max_age: Duration) -> Option<RemoteRevision> {
        if self.listed_at.is_some_and(|at| at.elapsed() > max_age) {
            self.unclaimed_revisions = HashMap::new();
        }
        self.unclaimed_revisions.remove(id)
    }

    /// Updates the unclaimed revisions from a complete list that was begun at this time.
    pub(super) fn refresh(&mut self, list: &ListResult, began: Instant) {
        self.listed_at = self.listed_at.map(|_| began);
        self.unclaimed_revisions
            .retain(|id, _| list.revisions.contains_key(id));
        for (id, revision) in &mut self.unclaimed_revisions {
            revision.clone_from(&list.revisions[id]);
        }
    }
}
