//! The key-value pairs of a key-value store, with the history that stale reads need.

use std::{
    borrow::Cow,
    collections::{BTreeMap, VecDeque},
};

use serde::{Deserialize, Serialize};

use crate::{clock::Millis, ids::counted_entity_tag};

/// The maximum number of writes that a stale read can lag behind.
const MAX_LAG: usize = 64;

/// The pairs of a store, with their own entity tag and their own time of modification.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PairStore {
    pairs: BTreeMap<String, String>,
    version: Version,
    /// The last writes, oldest first, as what undoes them.
    #[serde(skip)]
    undo: VecDeque<Undo>,
}

/// The entity tag after a write, in the form of the other API, and its time. Both are absent before the first write.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Version {
    etag: Option<String>,
    modified: Option<Millis>,
}

/// The version before a write, and the values that it replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Undo {
    version: Version,
    replaced: Vec<(String, Option<String>)>,
}

impl PairStore {
    pub(crate) fn pairs(&self) -> &BTreeMap<String, String> {
        &self.pairs
    }

    /// The entity tag: `KV` and the rest of a tag that counts versions (FACTS.md, key-value pairs).
    pub(crate) fn etag(&self) -> String {
        let counted = self.version.etag.clone();
        let counted = counted.unwrap_or_else(|| counted_entity_tag(None));
        format!("KV{}", counted.trim_start_matches('E'))
    }

    /// The time of the last write; `None` before the first.
    pub(crate) fn modified(&self) -> Option<Millis> {
        self.version.modified
    }

    /// The number of bytes of all keys and values.
    pub(crate) fn size(&self) -> u64 {
        let bytes = self
            .pairs
            .iter()
            .map(|(key, value)| key.len() + value.len());
        bytes.sum::<usize>() as u64
    }

    /// Returns the pairs as they were `lag` writes ago.
    pub(crate) fn as_of(&self, lag: u64) -> Cow<'_, Self> {
        let lag = usize::try_from(lag).unwrap_or(usize::MAX);
        if lag == 0 {
            return Cow::Borrowed(self);
        }
        let mut store = self.clone();
        for undo in self.undo.iter().rev().take(lag) {
            store.version = undo.version.clone();
            for (key, value) in undo.replaced.iter().rev() {
                store.set(key, value.clone());
            }
        }
        Cow::Owned(store)
    }

    /// Applies all changes as one write. A key without a value is removed.
    pub(crate) fn write(
        &mut self,
        changes: impl IntoIterator<Item = (String, Option<String>)>,
        now: Millis,
    ) {
        let current = self.version.etag.clone();
        let current = current.unwrap_or_else(|| counted_entity_tag(None));
        let version = Version {
            etag: Some(counted_entity_tag(Some(&current))),
            modified: Some(now),
        };
        let version = std::mem::replace(&mut self.version, version);
        let replaced = changes.into_iter().map(|(key, value)| {
            let replaced = self.set(&key, value);
            (key, replaced)
        });
        let replaced = replaced.collect();
        if self.undo.len() == MAX_LAG {
            self.undo.pop_front();
        }
        self.undo.push_back(Undo { version, replaced });
    }

    /// Sets or removes a pair, and returns its value before.
    fn set(&mut self, key: &str, value: Option<String>) -> Option<String> {
        match value {
            Some(value) => self.pairs.insert(key.to_owned(), value),
            None => self.pairs.remove(key),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(writes: &[(&str, Option<&str>)]) -> PairStore {
        let mut store = PairStore::default();
        for (time, (key, value)) in (1..).zip(writes) {
            store.write([((*key).to_owned(), value.map(str::to_owned))], time);
        }
        store
    }

    #[test]
    fn a_stale_read_returns_earlier_pairs_and_their_version() {
        let store = written(&[("a", Some("1")), ("a", Some("2")), ("a", None)]);
        let values: Vec<_> = (0..5)
            .map(|lag| store.as_of(lag).pairs().get("a").cloned())
            .collect();
        let expected = [None, Some("2"), Some("1"), None, None];
        assert_eq!(values, expected.map(|value| value.map(str::to_owned)));
        let tags = ["KV1F83G8C2ARO7P", "KV3UN6WX5RRO2AG", "KVTVPDKIKX0DER"];
        assert_eq!([0, 1, 2].map(|lag| store.as_of(lag).etag()), tags);
        assert_eq!(store.as_of(3).etag(), "KV23ZP02F085DFQ");
        assert_eq!(store.as_of(3).modified(), None);
    }

    #[test]
    fn a_key_that_a_write_sets_twice_is_undone() {
        let mut store = written(&[("a", Some("1"))]);
        let changes = ["2", "3"].map(|value| ("a".to_owned(), Some(value.to_owned())));
        store.write(changes, 2);
        assert_eq!((store.pairs()["a"].as_str(), store.size()), ("3", 2));
        assert_eq!(store.as_of(1).pairs()["a"], "1");
    }

    #[test]
    fn history_is_bounded() {
        let store = written(&[("a", Some("1")); 500]);
        assert_eq!(store.undo.len(), MAX_LAG);
    }
}
