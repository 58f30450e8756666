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
}

impl ReferenceIndex {
    /// Applies an event of the watch.
    pub(crate) fn update<K: Kind>(
        &self,
        event: &watcher::Event<CachedObject<K>>,
        store: &Store<CachedObject<K>>,
    ) {
        match event {
            watcher::Event::Apply(object) => {
                self.0.lock().set(key_of(object), references_of(object));
            }
            watcher::Event::Delete(object) => self.0.lock().set(key_of(object), vec![]),
            watcher::Event::InitDone => {
                let mut index = Index::default();
                for object in store.state() {
                    index.set(key_of(&*object), references_of(&*object));
                }
                *self.0.lock() = index;
            }
            watcher::Event::Init | watcher::Event::InitApply(_) => {}
        }
    }

    /// Returns the names of the objects in the namespace that reference this object.
    pub(crate) fn referrers(&self, namespace: &str, object: &TypedLocalReference) -> Vec<String> {
        let index = self.0.lock();
        let names = index.referrers.get(&(namespace.to_owned(), object.clone()));
        names.into_iter().flatten().cloned().collect()
    }
}

impl Index {
    /// Replaces the references of an object.
    fn set(&mut self, (namespace, name): NamespacedName, references: Vec<TypedLocalReference>) {
        let key = (namespace.clone(), name.clone());
        for old in self.references.remove(&key).unwrap_or_default() {
            let referenced = (namespace.clone(), old);
            if let Some(names) = self.referrers.get_mut(&referenced) {
                names.remove(&name);
                if names.is_empty() {
                    self.referrers.remove(&referenced);
                }
            }
        }
        if references.is_empty() {
            return;
        }
        for new in &references {
            let referenced = (namespace.clone(), new.clone());
            let names = self.referrers.entry(referenced).or_default();
            names.insert(name.clone());
        }
        self.references.insert(key, references);
    }
}

/// Returns the namespace and the name of an object.
pub(super) fn key_of<K: Kind>(object: &CachedObject<K>) -> NamespacedName {
    (object.namespace().unwrap_or_default(), object.name_any())
}

fn references_of<K: Kind>(object: &CachedObject<K>) -> Vec<TypedLocalReference> {
    object.summary().references.to_vec()
}
