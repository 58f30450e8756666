//! Every [`Kind`] has the functions of a [`TypedObject`], which are all that is compiled for each kind.

use crate::{
    engine::{
        api::{
            pairs::Pairs,
            policy::ManagementSpec,
            publication::Publication,
            reference::{ParentResource, ResolvedReferences},
            sources::Sources,
        },
        definition::{OneShot, TypedObject},
        kind::Kind,
    },
    xml::{Element, XmlError},
};
use kube::core::object::HasSpec;
use serde_json::Value;
use std::collections::BTreeMap;

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

    fn publication(&self) -> Option<Publication> {
        Kind::publication(self)
    }

    fn pairs(&self, references: &ResolvedReferences) -> Result<Option<Pairs>, XmlError> {
        Kind::pairs(self, references)
    }

    fn tags(&self) -> BTreeMap<String, String> {
        Kind::tags(self)
    }

    fn parent(&self, references: &ResolvedReferences) -> Option<ParentResource> {
        Kind::parent(self, references)
    }

    fn staging_id(&self, references: &ResolvedReferences) -> Option<String> {
        Kind::staging_id(self, references)
    }
    fn one_shot(&self) -> Option<&dyn OneShot> {
        Kind::one_shot(self)
    }

    fn spec(&self) -> serde_json::Result<Value> {
        serde_json::to_value(HasSpec::spec(self))
    }
}
