//! The content of a list.

use crate::{
    engine::{definition::KindDefinition, remote::resource::RemoteRevision},
    xml::Element,
};
use std::collections::{HashMap, HashSet};

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
    pub(super) fn add_holder(
        &mut self,
        kind: &KindDefinition,
        id: &str,
        item: &Element,
        awaited: &HashSet<String>,
    ) {
        if awaited.is_empty() {
            return;
        }
        let values = (kind.hooks.unique_values)(item).into_iter();
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

/// The revision of a resource in the first list.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum InitialRevision {
    /// The list was read. `None`: it does not contain the resource, or another object has taken the revision.
    Listed(Option<RemoteRevision>),
    /// The list is not read yet. The object is enqueued once it is.
    Pending,
}
