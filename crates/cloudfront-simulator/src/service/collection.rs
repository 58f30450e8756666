//! Resources of one type in one account, with the history that stale reads need.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    ops::Bound,
};

use serde::{Deserialize, Serialize};

use super::pair_store::PairStore;
use super::resource::{Resource, ResourceVersion, ResourceView};

/// The maximum number of writes that a stale read can lag behind.
const MAX_LAG: u64 = 64;

/// Resources by ID. Every write has a number: a read with lag `k` returns the state before the last `k` writes.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Collection {
    #[serde(rename = "records")]
    resources: BTreeMap<String, Resource>,
    #[serde(rename = "by_reference")]
    ids_by_caller_reference: HashMap<String, String>,
    /// Deleted resources that stale reads can still return, with the number of the write that deleted them.
    deleted: VecDeque<(u64, String)>,
    /// The number of the last write.
    #[serde(rename = "writes")]
    last_write: u64,
}

impl Collection {
    /// The number of resources, without deleted ones.
    pub(crate) fn len(&self) -> usize {
        self.resources.len() - self.deleted.len()
    }

    /// Returns the resource as it was `lag` writes ago.
    pub(crate) fn get(&self, id: &str, lag: u64) -> Option<ResourceView<'_>> {
        self.resources
            .get(id)?
            .as_of(self.last_write.saturating_sub(lag))
    }

    pub(crate) fn by_caller_reference(&self, caller_reference: &str) -> Option<ResourceView<'_>> {
        self.get(self.ids_by_caller_reference.get(caller_reference)?, 0)
    }

    /// Returns the resources after a marker in the order of their IDs, as they were `lag` writes ago.
    pub(crate) fn after(&self, marker: &str, lag: u64) -> impl Iterator<Item = ResourceView<'_>> {
        let write = self.last_write.saturating_sub(lag);
        let range = (Bound::Excluded(marker), Bound::Unbounded);
        self.resources
            .range::<str, _>(range)
            .filter_map(move |(_, resource)| resource.as_of(write))
    }

    pub(crate) fn insert(&mut self, mut resource: Resource, version: ResourceVersion) {
        self.last_write += 1;
        // The ID of a deleted resource can be used again if it is a name.
        self.deleted.retain(|(_, id)| *id != resource.id);
        resource.created = version.modified;
        resource.versions.push((self.last_write, version));
        self.ids_by_caller_reference
            .insert(resource.caller_reference.clone(), resource.id.clone());
        self.resources.insert(resource.id.clone(), resource);
        self.prune();
    }

    pub(crate) fn update(&mut self, id: &str, version: ResourceVersion) {
        self.last_write += 1;
        let horizon = self.last_write.saturating_sub(MAX_LAG);
        if let Some(resource) = self.resources.get_mut(id) {
            resource.versions.push((self.last_write, version));
            // The newest version before the horizon stays: a read with the maximum lag returns it.
            let first_needed = resource
                .versions
                .partition_point(|(written, _)| *written <= horizon)
                .saturating_sub(1);
            resource.versions.drain(..first_needed);
        }
        self.prune();
    }

    pub(crate) fn delete(&mut self, id: &str) {
        self.last_write += 1;
        if let Some(resource) = self.resources.get_mut(id) {
            resource.deleted = Some(self.last_write);
            self.ids_by_caller_reference
                .remove(&resource.caller_reference);
            self.deleted.push_back((self.last_write, id.to_owned()));
        }
        self.prune();
    }

    /// Returns the tags of a resource that is not deleted.
    pub(crate) fn tags_mut(&mut self, id: &str) -> Option<&mut BTreeMap<String, String>> {
        self.existing_mut(id).map(|resource| &mut resource.tags)
    }

    /// Returns the pairs of a key-value store that is not deleted.
    pub(crate) fn pairs_mut(&mut self, id: &str) -> Option<&mut PairStore> {
        let resource = self.existing_mut(id)?;
        Some(&mut **resource.pairs.get_or_insert_default())
    }

    /// Whether a deleted resource that stale reads can still return has this name.
    pub(crate) fn was_deleted(&self, name: &str) -> bool {
        let deleted = self.deleted.iter();
        let mut deleted = deleted.filter_map(|(_, id)| self.resources.get(id));
        deleted.any(|resource| resource.name == name)
    }

    fn existing_mut(&mut self, id: &str) -> Option<&mut Resource> {
        let resource = self.resources.get_mut(id);
        resource.filter(|resource| resource.deleted.is_none())
    }

    /// Removes deleted resources that no stale read can return.
    fn prune(&mut self) {
        let horizon = self.last_write.saturating_sub(MAX_LAG);
        while let Some((_, id)) = self
            .deleted
            .pop_front_if(|(written, _)| *written <= horizon)
        {
            self.resources.remove(&id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml::Element;

    fn version(etag: &str) -> ResourceVersion {
        ResourceVersion {
            etag: etag.to_owned(),
            modified: 0,
            config: Element::new("C"),
            live: None,
        }
    }

    fn resource(id: &str) -> Resource {
        Resource::new(id.into(), String::new(), id, BTreeMap::new())
    }

    fn etag(collection: &Collection, id: &str, lag: u64) -> Option<String> {
        collection
            .get(id, lag)
            .map(|view| view.version.etag.clone())
    }

    #[test]
    fn a_stale_read_returns_an_earlier_version() {
        let mut all = Collection::default();
        all.insert(resource("A"), version("1"));
        all.insert(resource("B"), version("2"));
        all.update("A", version("3"));
        all.delete("B");
        assert_eq!(etag(&all, "A", 0).as_deref(), Some("3"));
        assert_eq!(etag(&all, "A", 2).as_deref(), Some("1"));
        assert_eq!(etag(&all, "A", 4), None);
        assert_eq!(
            (etag(&all, "B", 0), etag(&all, "B", 1).as_deref()),
            (None, Some("2"))
        );
        assert_eq!(
            (
                all.len(),
                all.after("", 1).count(),
                all.after("A", 0).count()
            ),
            (1, 2, 0)
        );
    }

    #[test]
    fn a_recreated_resource_outlives_the_history_of_the_deleted_one() {
        let mut all = Collection::default();
        all.insert(resource("A"), version("0"));
        all.delete("A");
        all.insert(resource("A"), version("1"));
        for number in 0..100 {
            all.insert(resource(&format!("B{number}")), version("0"));
        }
        assert_eq!(etag(&all, "A", 0).as_deref(), Some("1"));
        assert_eq!(all.len(), 101);
    }

    #[test]
    fn history_is_bounded() {
        let mut all = Collection::default();
        all.insert(resource("A"), version("0"));
        all.insert(resource("B"), version("0"));
        all.delete("B");
        for number in 0..500 {
            all.update("A", version(&number.to_string()));
        }
        assert_eq!(all.resources.len(), 1);
        assert!(all.resources["A"].versions.len() <= 66);
        assert_eq!(etag(&all, "A", 64).as_deref(), Some("435"));
    }
}
