//! Which objects of a kind name which others, so that a change wakes those it concerns without a look at all of them.

use crate::engine::{
    api::reference::TypedLocalReference,
    cache::{cached_object::CachedObject, object_registry::ObjectChange},
    context::Context,
    kind::Kind,
    poll::collection::ObjectKey,
};
use futures::{Stream, StreamExt, stream};
use kube::{
    Resource, ResourceExt,
    runtime::{
        reflector::{ObjectRef, Store},
        watcher,
    },
};
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::broadcast::{Receiver, error::RecvError};

/// A namespace and a name.
type NamespacedName = (String, String);

/// Who names whom, among the objects of one kind.
#[derive(Debug, Default)]
pub(crate) struct ReferenceIndex(Mutex<Index>);

#[derive(Debug, Default)]
struct Index {
    /// What each object names; those that name nothing are left out.
    named: HashMap<NamespacedName, Vec<TypedLocalReference>>,
    /// The names of those that name an object of a namespace.
    by: HashMap<(String, TypedLocalReference), HashSet<String>>,
}

impl ReferenceIndex {
    /// Takes in what the watch shows.
    pub(crate) fn note<K: Kind>(
        &self,
        event: &watcher::Event<CachedObject<K>>,
        store: &Store<CachedObject<K>>,
    ) {
        match event {
            watcher::Event::Apply(object) => self.lock().put(place(object), names(object)),
            watcher::Event::Delete(object) => self.lock().put(place(object), vec![]),
            watcher::Event::InitDone => {
                let mut all = Index::default();
                for object in store.state() {
                    all.put(place(&*object), names(&*object));
                }
                *self.lock() = all;
            }
            watcher::Event::Init | watcher::Event::InitApply(_) => {}
        }
    }

    fn of(&self, change: &ObjectChange) -> Vec<NamespacedName> {
        let index = self.lock();
        let key = (change.namespace.clone(), change.object.clone());
        let names = index.by.get(&key).into_iter().flatten();
        names
            .map(|name| (change.namespace.clone(), name.clone()))
            .collect()
    }

    fn lock(&self) -> MutexGuard<'_, Index> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Index {
    fn put(&mut self, (namespace, name): NamespacedName, dependencies: Vec<TypedLocalReference>) {
        let place = (namespace.clone(), name.clone());
        for old in self.named.remove(&place).unwrap_or_default() {
            let key = (namespace.clone(), old);
            if let Some(names) = self.by.get_mut(&key) {
                names.remove(&name);
                if names.is_empty() {
                    self.by.remove(&key);
                }
            }
        }
        if dependencies.is_empty() {
            return;
        }
        for new in &dependencies {
            let key = (namespace.clone(), new.clone());
            self.by.entry(key).or_default().insert(name.clone());
        }
        self.named.insert(place, dependencies);
    }
}

/// The objects of this kind that a change elsewhere concerns: those that name what changed, and, where the changed object named
/// one of ours that is being deleted, that one.
pub(crate) fn objects_to_enqueue<K: Kind>(
    context: Arc<Context<K>>,
    changes: Receiver<ObjectChange>,
) -> impl Stream<Item = ObjectKey<K>> + Send + 'static {
    let changes = stream::unfold(changes, |mut changes| async {
        match changes.recv().await {
            Ok(change) => Some((Some(change), changes)),
            Err(RecvError::Lagged(_)) => Some((None, changes)),
            Err(RecvError::Closed) => None,
        }
    });
    changes.flat_map(move |change| {
        let places = match change {
            Some(change) => objects_affected_by::<K>(&context, &change),
            None => all_waiting::<K>(&context),
        };
        stream::iter(
            places
                .into_iter()
                .map(|(namespace, name)| ObjectRef::new(&name).within(&namespace)),
        )
    })
}

fn objects_affected_by<K: Kind>(
    context: &Context<K>,
    change: &ObjectChange,
) -> Vec<NamespacedName> {
    let mut objects_to_enqueue = context.reference_index.of(change);
    let named = change.dependencies.iter().filter(|it| it.kind == K::KIND);
    for name in named {
        let reference = ObjectRef::new(&name.name).within(&change.namespace);
        let object = context.store.get(&reference);
        if object.is_some_and(|object| object.meta().deletion_timestamp.is_some()) {
            objects_to_enqueue.push((change.namespace.clone(), name.name.clone()));
        }
    }
    objects_to_enqueue
}

/// Changes were missed, so whoever depends on anything, or is going, is concerned.
fn all_waiting<K: Kind>(context: &Context<K>) -> Vec<NamespacedName> {
    let waits = |object: &CachedObject<K>| {
        object.meta().deletion_timestamp.is_some() || !object.summary().dependencies.is_empty()
    };
    let objects = context.store.state_filter(waits);
    objects.iter().map(|object| place(&**object)).collect()
}

fn place<K: Kind>(object: &CachedObject<K>) -> NamespacedName {
    (object.namespace().unwrap_or_default(), object.name_any())
}

fn names<K: Kind>(object: &CachedObject<K>) -> Vec<TypedLocalReference> {
    object.summary().dependencies.to_vec()
}
