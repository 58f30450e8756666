//! Values in the specs of the objects of one kind: which objects have or want them. There is an index of the values that CloudFront accepts
//! in one resource only, such as aliases, and one of references and of the resources that other resources use.

use crate::engine::{
    cache::{cached_object::CachedObject, claims::describe_object, object_summary::ObjectSummary},
    definition::KindDefinition,
};
use kube::{
    Resource, ResourceExt,
    runtime::{
        reflector::{ObjectRef, Store},
        watcher,
    },
};
use parking_lot::Mutex;
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

/// The values of all objects of one kind, as of the last events of the watch. A status can be forged, so this is only a hint.
#[derive(Debug, Default)]
pub(crate) struct ValueIndex(Mutex<Index>);

/// A namespace and a name.
pub(crate) type NamespacedName = (String, String);

/// Returns the values of an object.
pub(crate) type ValuesOf = fn(&ObjectSummary) -> &[Arc<str>];

/// An object whose resource has a value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ValueHolder {
    pub(crate) kind: &'static str,
    pub(crate) namespace: String,
    pub(crate) name: String,
    /// Whether the spec does not have the value any more, or the object is being deleted.
    pub(crate) is_leaving: bool,
}

/// The values that the resource of an object does not have any more, or that the object does not want any more.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct FreedValues {
    pub(crate) namespace: String,
    pub(crate) name: String,
    pub(crate) values: Vec<Arc<str>>,
}

#[derive(Debug, Default)]
struct Index {
    /// The values of each object. Objects without values have no entry.
    objects: HashMap<NamespacedName, Entry>,
    /// The objects that have or want a value.
    by_value: HashMap<Arc<str>, HashSet<NamespacedName>>,
}

#[derive(Clone, Debug, Default)]
struct Entry {
    /// The values in the spec.
    wanted: Box<[Arc<str>]>,
    /// The values in the spec that CloudFront accepted last.
    held: Box<[Arc<str>]>,
    is_deleting: bool,
}

impl ValueHolder {
    /// Names the object to a user who can read `namespace`.
    pub(crate) fn describe_to(&self, namespace: &str) -> String {
        describe_object(self.kind, &self.namespace, &self.name, namespace)
    }
}

impl ValueIndex {
    /// Applies an event of the watch, and returns the values that it frees.
    pub(crate) fn update(
        &self,
        definition: &'static KindDefinition,
        event: &watcher::Event<CachedObject>,
        store: &Store<CachedObject>,
        values_of: ValuesOf,
    ) -> Vec<FreedValues> {
        let mut index = self.0.lock();
        match event {
            watcher::Event::Apply(object) | watcher::Event::InitApply(object) => {
                let key = key_of(object);
                let entry = Entry::of(object, values_of, index.objects.get(&key));
                index.set(key, entry).into_iter().collect()
            }
            watcher::Event::Delete(object) => index
                .set(key_of(object), Entry::default())
                .into_iter()
                .collect(),
            watcher::Event::InitDone => {
                let is_gone = |(namespace, name): &&NamespacedName| {
                    let key = ObjectRef::new_with(name, definition).within(namespace);
                    store.get(&key).is_none()
                };
                let gone: Vec<_> = index.objects.keys().filter(is_gone).cloned().collect();
                let freed = gone.into_iter().map(|key| index.set(key, Entry::default()));
                freed.flatten().collect()
            }
            watcher::Event::Init => vec![],
        }
    }

    /// Returns the objects whose resource has a value. `kind` is the kind of the objects in this index.
    pub(crate) fn holders(&self, kind: &'static str, value: &str) -> Vec<ValueHolder> {
        let index = self.0.lock();
        let objects = index.by_value.get(value).into_iter().flatten();
        let holders = objects.filter_map(|key| {
            let entry = index.objects.get(key)?;
            let has = |values: &[Arc<str>]| values.iter().any(|it| &**it == value);
            has(&entry.held).then(|| ValueHolder {
                kind,
                namespace: key.0.clone(),
                name: key.1.clone(),
                is_leaving: entry.is_deleting || !has(&entry.wanted),
            })
        });
        holders.collect()
    }

    /// Returns the values in the spec of an object.
    pub(crate) fn wanted_by(&self, namespace: &str, name: &str) -> Vec<Arc<str>> {
        let index = self.0.lock();
        let entry = index.objects.get(&(namespace.to_owned(), name.to_owned()));
        entry.map(|it| it.wanted.to_vec()).unwrap_or_default()
    }

    /// Returns the namespaces and names of the objects that have a value in their spec.
    pub(crate) fn wanting(&self, value: &str) -> Vec<NamespacedName> {
        let index = self.0.lock();
        let objects = index.by_value.get(value).into_iter().flatten();
        let wants = |key: &&NamespacedName| {
            let entry = index.objects.get(*key);
            entry.is_some_and(|entry| entry.wanted.iter().any(|it| &**it == value))
        };
        objects.filter(wants).cloned().collect()
    }
}

impl Entry {
    /// Returns the values of an object after an event. While its spec is not applied, its resource has the values of the spec before.
    fn of(object: &CachedObject, values_of: ValuesOf, before: Option<&Self>) -> Self {
        let summary = object.summary();
        let wanted: Box<[Arc<str>]> = values_of(summary).into();
        let is_deleting = object.meta().deletion_timestamp.is_some();
        let held = match before {
            _ if summary.id.is_none() => Box::default(),
            _ if summary.is_applied => wanted.clone(),
            Some(before) => before.held.clone(),
            None if is_deleting => wanted.clone(),
            None => Box::default(),
        };
        Self {
            wanted,
            held,
            is_deleting,
        }
    }

    fn values(&self) -> HashSet<&Arc<str>> {
        self.wanted.iter().chain(&self.held).collect()
    }
}

impl Index {
    /// Replaces the values of an object, and returns those that it, or its resource, does not have any more.
    fn set(&mut self, key: NamespacedName, entry: Entry) -> Option<FreedValues> {
        let before = self.objects.remove(&key).unwrap_or_default();
        let present = entry.values();
        let is_lost = |value: &&Arc<str>| present.contains(value) && !entry.held.contains(value);
        let mut freed: Vec<_> = before.held.iter().filter(is_lost).cloned().collect();
        for value in before.values().difference(&present) {
            freed.push(Arc::clone(value));
            if let Some(objects) = self.by_value.get_mut(*value) {
                objects.remove(&key);
                if objects.is_empty() {
                    self.by_value.remove(*value);
                }
            }
        }
        for value in &present {
            let objects = self.by_value.entry(Arc::clone(value)).or_default();
            objects.insert(key.clone());
        }
        if !present.is_empty() {
            self.objects.insert(key.clone(), entry);
        }
        let (namespace, name) = key;
        (!freed.is_empty()).then_some(FreedValues {
            namespace,
            name,
            values: freed,
        })
    }
}

/// Returns the namespace and the name of an object.
pub(crate) fn key_of(object: &CachedObject) -> NamespacedName {
    (object.namespace().unwrap_or_default(), object.name_any())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Kind;
    use crate::kinds::streaming_distribution::StreamingDistribution;
    use kube::runtime::reflector::store::Writer;
    use serde_json::{Value, json};

    /// An object whose spec has this alias, at generation 2.
    fn object(alias: &str, status: &Value) -> CachedObject {
        let object = json!({
            "metadata": { "name": "www", "namespace": "shop", "generation": 2 },
            "spec": { "s3Origin": { "domainName": "media.s3.amazonaws.com" }, "aliases": [alias] },
            "status": status,
        });
        CachedObject::from_json(StreamingDistribution::DEFINITION, &object)
    }

    fn applied(generation: i64) -> Value {
        json!({ "id": "E1", "appliedGeneration": generation })
    }

    /// Applies an event, and returns the values that it frees.
    fn apply(index: &ValueIndex, event: &watcher::Event<CachedObject>) -> Vec<String> {
        let definition = StreamingDistribution::DEFINITION;
        let store = Writer::new(definition).as_reader();
        let freed = index.update(definition, event, &store, |it| &it.unique_values);
        let values = freed.iter().flat_map(|it| &it.values);
        values.map(ToString::to_string).collect()
    }

    fn leaving(index: &ValueIndex, value: &str) -> Vec<bool> {
        let holders = index.holders("StreamingDistribution", value);
        holders.iter().map(|it| it.is_leaving).collect()
    }

    #[test]
    fn a_value_is_free_once_cloudfront_has_accepted_the_spec_without_it() {
        let index = ValueIndex::default();
        let set = |alias, status| apply(&index, &watcher::Event::Apply(object(alias, &status)));
        assert_eq!(set("a.example", json!({})), [""; 0]);
        assert_eq!(
            leaving(&index, "alias a.example"),
            [false; 0],
            "there is no resource"
        );
        set("a.example", applied(2));
        assert_eq!(leaving(&index, "alias a.example"), [false]);
        assert_eq!(set("b.example", applied(1)), [""; 0], "it is not accepted");
        assert_eq!(leaving(&index, "alias a.example"), [true]);
        assert_eq!(leaving(&index, "alias b.example"), [false; 0]);
        assert_eq!(index.wanting("alias b.example").len(), 1);
        assert_eq!(index.wanting("alias a.example").len(), 0);
        assert_eq!(set("b.example", applied(2)), ["alias a.example"]);
        assert_eq!(leaving(&index, "alias a.example"), [false; 0]);
        assert_eq!(leaving(&index, "alias b.example"), [false]);
    }

    #[test]
    fn a_holder_is_named_in_its_own_namespace_only() {
        let index = ValueIndex::default();
        let object = object("A.example", &applied(2));
        apply(&index, &watcher::Event::Apply(object));
        let holders = index.holders("StreamingDistribution", "alias a.example");
        let describe = |namespace| {
            let names = holders.iter().map(|it| it.describe_to(namespace));
            names.collect::<Vec<_>>()
        };
        assert_eq!(describe("shop"), ["StreamingDistribution shop/www"]);
        assert_eq!(describe("blog"), ["an object of another namespace"]);
    }

    #[test]
    fn a_deletion_frees_the_values_once_the_object_is_gone() {
        let index = ValueIndex::default();
        let mut deleting = object("a.example", &applied(1));
        let time = k8s_openapi::jiff::Timestamp::UNIX_EPOCH;
        deleting.meta_mut().deletion_timestamp =
            Some(k8s_openapi::apimachinery::pkg::apis::meta::v1::Time(time));
        let event = watcher::Event::InitApply(deleting.clone());
        assert_eq!(apply(&index, &event), [""; 0]);
        assert_eq!(leaving(&index, "alias a.example"), [true]);
        let event = watcher::Event::Delete(deleting);
        assert_eq!(apply(&index, &event), ["alias a.example"]);
    }

    #[test]
    fn an_object_that_was_deleted_while_no_watch_was_open_frees_its_values() {
        let index = ValueIndex::default();
        let event = watcher::Event::Apply(object("a.example", &applied(2)));
        apply(&index, &event);
        let freed = apply(&index, &watcher::Event::InitDone);
        assert_eq!(freed, ["alias a.example"]);
        assert_eq!(leaving(&index, "alias a.example"), [false; 0]);
    }
}
