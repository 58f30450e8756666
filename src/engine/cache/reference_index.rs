//! The reverse index of references: which objects of one kind reference which other objects.

use crate::engine::{
    api::reference::TypedLocalReference, cache::cached_object::CachedObject, kind::Kind,
};
use kube::{
    ResourceExt,
    runtime::{reflector::Store, watcher},
};
use parking_lot::Mutex;
use std::collections::{HashMap, HashSet};

/// A namespace and a name.
pub(super) type NamespacedName = (String, String);

/// The references of all objects of one kind. A change of an object finds the objects that reference it without a scan of all objects.
#[derive(Debug, Default)]
pub(crate) struct ReferenceIndex(Mutex<Index>);

#[derive(Debug, Default)]
struct Index {
    /// The references of each object. Objects without references have no entry.
    references: HashMap<NamespacedName, Vec<TypedLocalReference>>,
    /// The names of the objects that reference an object, by its namespace.
    referrers: HashMap<(String, TypedLocalReference), HashSet<String>>,
    /// The references that an edit removed from an object, until CloudFront accepts the edit.
    removed: HashMap<NamespacedName, Vec<TypedLocalReference>>,
}

impl ReferenceIndex {
    /// Applies an event of the watch, and returns the references that CloudFront's resource lost since the event before.
    pub(crate) fn update<K: Kind>(
        &self,
        event: &watcher::Event<CachedObject<K>>,
        store: &Store<CachedObject<K>>,
    ) -> Vec<TypedLocalReference> {
        match event {
            watcher::Event::Apply(object) => {
                let (mut index, key) = (self.0.lock(), key_of(object));
                let removed = index.set(key.clone(), references_of(object));
                if !removed.is_empty() {
                    let all = index.removed.entry(key.clone()).or_default();
                    all.extend(removed);
                }
                if object.summary().is_applied {
                    return index.removed.remove(&key).unwrap_or_default();
                }
            }
            watcher::Event::Delete(object) => {
                let (mut index, key) = (self.0.lock(), key_of(object));
                index.set(key.clone(), vec![]);
                return index.removed.remove(&key).unwrap_or_default();
            }
            watcher::Event::InitDone => {
                let mut index = Index::default();
                for object in store.state() {
                    index.set(key_of(&*object), references_of(&*object));
                }
                *self.0.lock() = index;
            }
            watcher::Event::Init | watcher::Event::InitApply(_) => {}
        }
        vec![]
    }

    /// Returns the names of the objects in the namespace that reference this object.
    pub(crate) fn referrers(&self, namespace: &str, object: &TypedLocalReference) -> Vec<String> {
        let index = self.0.lock();
        let names = index.referrers.get(&(namespace.to_owned(), object.clone()));
        names.into_iter().flatten().cloned().collect()
    }
}

impl Index {
    /// Replaces the references of an object, and returns those that it does not have any more.
    fn set(
        &mut self,
        (namespace, name): NamespacedName,
        references: Vec<TypedLocalReference>,
    ) -> Vec<TypedLocalReference> {
        let key = (namespace.clone(), name.clone());
        let mut removed = self.references.remove(&key).unwrap_or_default();
        for old in &removed {
            let referenced = (namespace.clone(), old.clone());
            if let Some(names) = self.referrers.get_mut(&referenced) {
                names.remove(&name);
                if names.is_empty() {
                    self.referrers.remove(&referenced);
                }
            }
        }
        removed.retain(|old| !references.contains(old));
        if references.is_empty() {
            return removed;
        }
        for new in &references {
            let referenced = (namespace.clone(), new.clone());
            let names = self.referrers.entry(referenced).or_default();
            names.insert(name.clone());
        }
        self.references.insert(key, references);
        removed
    }
}

/// Returns the namespace and the name of an object.
pub(super) fn key_of<K: Kind>(object: &CachedObject<K>) -> NamespacedName {
    (object.namespace().unwrap_or_default(), object.name_any())
}

fn references_of<K: Kind>(object: &CachedObject<K>) -> Vec<TypedLocalReference> {
    object.summary().references.to_vec()
}
