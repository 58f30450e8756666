//! Resources of one kind in one account, with enough history to answer stale reads.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    ops::Bound,
};

use serde::{Deserialize, Serialize};

use super::{Record, Version, View};

/// How many writes back a stale read can look.
const HISTORY: u64 = 64;

/// Resources by id. Every write is numbered; a read that lags `k` sees the collection as `k` writes ago.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Collection {
    records: BTreeMap<String, Record>,
    by_reference: HashMap<String, String>,
    deleted: VecDeque<(u64, String)>,
    writes: u64,
}

impl Collection {
    /// How many resources there are now.
    pub(crate) fn len(&self) -> usize {
        self.records.len() - self.deleted.len()
    }

    /// The resource as it was `lag` writes ago.
    pub(crate) fn get(&self, id: &str, lag: u64) -> Option<View<'_>> {
        self.records.get(id)?.as_of(self.writes.saturating_sub(lag))
    }

    pub(crate) fn by_reference(&self, reference: &str) -> Option<View<'_>> {
        self.get(self.by_reference.get(reference)?, 0)
    }

    /// The resources after a marker in the order of their ids, as they were `lag` writes ago.
    pub(crate) fn after(&self, marker: &str, lag: u64) -> impl Iterator<Item = View<'_>> {
        let write = self.writes.saturating_sub(lag);
        let range = (Bound::Excluded(marker), Bound::Unbounded);
        self.records
            .range::<str, _>(range)
            .filter_map(move |(_, record)| record.as_of(write))
    }

    pub(crate) fn insert(&mut self, mut record: Record, version: Version) {
        self.writes += 1;
        record.versions.push((self.writes, version));
        self.by_reference
            .insert(record.reference.clone(), record.id.clone());
        self.records.insert(record.id.clone(), record);
        self.forget();
    }

    pub(crate) fn update(&mut self, id: &str, version: Version) {
        self.writes += 1;
        let horizon = self.writes.saturating_sub(HISTORY);
        if let Some(record) = self.records.get_mut(id) {
            record.versions.push((self.writes, version));
            // The newest version from before the horizon is what the oldest possible read sees.
            let keep_from = record
                .versions
                .partition_point(|(written, _)| *written <= horizon)
                .saturating_sub(1);
            record.versions.drain(..keep_from);
        }
        self.forget();
    }

    pub(crate) fn delete(&mut self, id: &str) {
        self.writes += 1;
        if let Some(record) = self.records.get_mut(id) {
            record.deleted = Some(self.writes);
            self.by_reference.remove(&record.reference);
            self.deleted.push_back((self.writes, id.to_owned()));
        }
        self.forget();
    }

    /// The tags of a resource that exists now.
    pub(crate) fn tags_mut(&mut self, id: &str) -> Option<&mut BTreeMap<String, String>> {
        self.records
            .get_mut(id)
            .filter(|record| record.deleted.is_none())
            .map(|record| &mut record.tags)
    }

    fn forget(&mut self) {
        let horizon = self.writes.saturating_sub(HISTORY);
        while let Some((_, id)) = self
            .deleted
            .pop_front_if(|(written, _)| *written <= horizon)
        {
            self.records.remove(&id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml::Element;

    fn version(etag: &str) -> Version {
        Version {
            etag: etag.to_owned(),
            modified: 0,
            config: Element::new("C"),
        }
    }

    fn record(id: &str) -> Record {
        Record::new(id.into(), String::new(), id, BTreeMap::new())
    }

    fn etag(collection: &Collection, id: &str, lag: u64) -> Option<String> {
        collection
            .get(id, lag)
            .map(|view| view.version.etag.clone())
    }

    #[test]
    fn a_lagging_read_sees_earlier_writes() {
        let mut all = Collection::default();
        all.insert(record("A"), version("1"));
        all.insert(record("B"), version("2"));
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
    fn history_is_bounded() {
        let mut all = Collection::default();
        all.insert(record("A"), version("0"));
        all.insert(record("B"), version("0"));
        all.delete("B");
        for number in 0..500 {
            all.update("A", version(&number.to_string()));
        }
        assert_eq!(all.records.len(), 1);
        assert!(all.records["A"].versions.len() <= 66);
        assert_eq!(etag(&all, "A", 64).as_deref(), Some("435"));
    }
}
