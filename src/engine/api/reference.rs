//! References between objects: a name in the spec instead of an id that CloudFront assigns.

use crate::{
    engine::api::{
        input::Attribute,
        secret::{Secrets, object_name_rule},
        value_source::{ConfigMapValues, ValueSource},
    },
    xml::XmlError,
};
use kube::{Resource, ResourceExt, runtime::reflector::ObjectRef};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, ser::Error as _};
use std::collections::BTreeMap;

/// A reference to another object of the same namespace. It is not sent to CloudFront: the XML format skips a type with the name `-`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "-")]
pub struct LocalReference(pub ReferenceName);

/// References to other objects of the same namespace, each once. They are not sent to CloudFront.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "-")]
#[schemars(extend(
    "x-kubernetes-list-type" = "map",
    "x-kubernetes-list-map-keys" = ["name"],
    "maxItems" = 50
))]
pub struct LocalReferences(pub Vec<ReferenceName>);

/// The object that a reference names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReferenceName {
    /// Name of the object in the same namespace.
    #[schemars(length(min = 1, max = 253), extend("x-kubernetes-validations" = [object_name_rule()]))]
    pub name: String,
}

/// A reference to an object of any kind in the same namespace.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypedLocalReference {
    /// Kind of the object, for example `OriginAccessIdentity`.
    pub kind: &'static str,
    /// Name of the object.
    pub name: String,
}

/// The namespace and the name of an object, whose kind is known.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ObjectKey {
    /// The namespace of the object.
    pub(crate) namespace: String,
    /// The name of the object.
    pub(crate) name: String,
}

impl ObjectKey {
    /// Returns the key of an object.
    pub(crate) fn of<K: Resource>(object: &K) -> Self {
        Self {
            namespace: object.namespace().unwrap_or_default(),
            name: object.name_any(),
        }
    }

    /// Returns the key of the same object in a store.
    pub(crate) fn to_ref<K: Resource>(&self, kind: K::DynamicType) -> ObjectRef<K> {
        ObjectRef::new_with(&self.name, kind).within(&self.namespace)
    }
}

/// The resource in whose nested collection another resource is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParentResource {
    /// The kind of the objects that can hold it.
    pub kind: &'static str,
    /// Its id.
    pub id: String,
}

/// The resources and the values that a spec references.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ResolvedReferences {
    /// What names the resources of the objects.
    resources: BTreeMap<TypedLocalReference, Vec<(Attribute, String)>>,
    /// The values of the Secret keys.
    pub secrets: Secrets,
    /// The values of the ConfigMap keys.
    pub config_maps: ConfigMapValues,
}

impl ResolvedReferences {
    /// Returns the id of a referenced object.
    ///
    /// The engine resolves all references that the kind lists before it calls [`Kind::config`](crate::engine::Kind::config). `None`:
    /// the kind did not list the object.
    pub fn id(&self, kind: &'static str, name: &str) -> Option<&str> {
        self.value(kind, name, Attribute::Id)
    }

    /// Returns what names the resource of a referenced object.
    pub(crate) fn value(
        &self,
        kind: &'static str,
        name: &str,
        attribute: Attribute,
    ) -> Option<&str> {
        let name = name.to_owned();
        let values = self.resources.get(&TypedLocalReference { kind, name })?;
        let mut values = values.iter().filter(|(known, _)| *known == attribute);
        values.next().map(|(_, value)| value.as_str())
    }

    /// Returns all that names the resource of a referenced object.
    pub(crate) fn values(&self, target: &TypedLocalReference) -> &[(Attribute, String)] {
        self.resources.get(target).map_or(&[], Vec::as_slice)
    }

    /// Returns the text of a key of a Secret or of a ConfigMap. Fails if the kind did not list the key.
    pub fn text(&self, source: &ValueSource) -> Result<&str, XmlError> {
        let value = source.value(&self.secrets, &self.config_maps);
        value.ok_or_else(|| XmlError::custom(format!("{} was not read", source.describe())))
    }

    /// Adds what names the resource of a referenced object.
    pub fn add(&mut self, target: TypedLocalReference, attribute: Attribute, value: String) {
        let values = self.resources.entry(target).or_default();
        values.push((attribute, value));
    }
}

impl FromIterator<(TypedLocalReference, String)> for ResolvedReferences {
    fn from_iter<I: IntoIterator<Item = (TypedLocalReference, String)>>(pairs: I) -> Self {
        let pairs = pairs.into_iter();
        let ids = pairs.map(|(target, id)| (target, vec![(Attribute::Id, id)]));
        Self {
            resources: ids.collect(),
            ..Self::default()
        }
    }
}
