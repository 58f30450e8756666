//! Every [`Kind`] has the functions of a [`TypedObject`], which are all that is compiled for each kind.

use crate::{
    engine::{
        api::{
            policy::ManagementSpec,
            reference::{ParentResource, ResolvedReferences},
            sources::Sources,
        },
        definition::{QueueEntry, TypedObject},
        kind::Kind,
    },
    xml::{Element, XmlError},
};
use kube::core::object::HasSpec;
use serde_json::Value;
use std::{collections::BTreeMap, sync::Arc, time::Duration};

impl<K: Kind> TypedObject for K {
    fn management(&self) -> &ManagementSpec {
        Kind::management(self)
    }

    fn unique_name(&self) -> Option<&str> {
        Kind::unique_name(self)
    }

    fn sources(&self) -> Sources {
        Kind::sources(self)
    }

    fn unique_values(&self) -> Vec<String> {
        Kind::unique_values(self)
    }

    fn config(&self, references: &ResolvedReferences) -> Result<Element, XmlError> {
        Kind::config(self, references)
    }

    fn account(&self) -> Option<&str> {
        Kind::account(self)
    }

    fn tags(&self) -> BTreeMap<String, String> {
        Kind::tags(self)
    }

    fn queue_entry(&self) -> QueueEntry {
        let has_queue = size_of::<K::QueueEntry>() > 0;
        has_queue.then(|| Arc::new(Kind::queue_entry(self)) as _)
    }

    fn billable_paths(&self) -> usize {
        Kind::billable_paths(self)
    }

    fn ttl_after_finished(&self) -> Option<Duration> {
        Kind::ttl_after_finished(self)
    }

    fn collection(&self, references: &ResolvedReferences) -> String {
        Kind::collection(self, references)
    }

    fn parent(&self, references: &ResolvedReferences) -> Option<ParentResource> {
        Kind::parent(self, references)
    }

    fn spec(&self) -> serde_json::Result<Value> {
        serde_json::to_value(HasSpec::spec(self))
    }
}
