//! The objects, the Secrets and the ConfigMaps from which a spec takes values.

use crate::engine::api::{
    input::{Attribute, InputField, InputSource, ReadyWhen, parse, take, visit},
    pair_source::PairSource,
    reference::{LocalReference, LocalReferences, ReferenceName, TypedLocalReference},
    secret::SecretKey,
    value_source::{ConfigMapKey, ValueSource},
};
use serde_json::Value;
use std::collections::BTreeSet;

/// An object that a spec references.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectReference {
    /// The object.
    pub target: TypedLocalReference,
    /// What of its resource is used.
    pub attribute: Attribute,
    /// What it needs before.
    pub ready_when: ReadyWhen,
}

/// The objects from which a spec takes values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    /// The objects that it references, each once.
    pub objects: Vec<ObjectReference>,
    /// The resources that it names by their ids, with the kinds of their objects.
    pub ids: BTreeSet<(&'static str, String)>,
    /// The keys of Secrets.
    pub secrets: Vec<SecretKey>,
    /// The keys of ConfigMaps.
    pub config_maps: Vec<ConfigMapKey>,
}

impl Sources {
    /// Returns the sources of a spec, in the order of the fields.
    pub(crate) fn of(fields: &[InputField], mut spec: Value) -> Self {
        let mut sources = Self::default();
        for field in fields {
            let (name, path) = (field.source_name(), field.path);
            let (_, literal) = field.split();
            visit(&mut spec, path, &mut |structure| {
                let sibling = take(structure, &name);
                let is_replaced = sibling.is_some() && !field.adds_to_field();
                if let Some(sibling) = sibling {
                    sources.add(field.source, sibling);
                }
                let own = structure.get(literal).filter(|_| !is_replaced);
                for value in own.into_iter().flat_map(texts) {
                    sources.ids.extend(field.named_resource(value));
                }
            });
        }
        sources
    }

    /// Whether values are read from Secrets or ConfigMaps, which are not watched.
    pub(crate) fn has_values(&self) -> bool {
        !self.secrets.is_empty() || !self.config_maps.is_empty()
    }

    /// Returns the resources that an object of this namespace uses, in the form of [`used_object`] and [`used_resource`].
    pub(crate) fn uses(&self, namespace: &str) -> Vec<String> {
        let objects = self.objects.iter();
        let objects = objects.map(|it| used_object(it.target.kind, namespace, &it.target.name));
        let resources = self.ids.iter().map(|(kind, id)| used_resource(kind, id));
        objects.chain(resources).collect()
    }

    fn add_objects(
        &mut self,
        kind: &'static str,
        attribute: Attribute,
        ready_when: ReadyWhen,
        references: impl Iterator<Item = ReferenceName>,
    ) {
        for ReferenceName { name } in references {
            let target = TypedLocalReference { kind, name };
            let reference = ObjectReference {
                target,
                attribute,
                ready_when,
            };
            if !self.objects.contains(&reference) {
                self.objects.push(reference);
            }
        }
    }

    fn add_values(&mut self, sources: impl IntoIterator<Item = ValueSource>) {
        for source in sources {
            self.secrets.extend(source.secret_key_ref);
            self.config_maps.extend(source.config_map_key_ref);
        }
    }

    fn add(&mut self, source: InputSource, sibling: Value) {
        match source {
            InputSource::Object {
                kind,
                attribute,
                ready_when,
                ..
            } => {
                let reference = parse(sibling);
                let reference = reference.map(|LocalReference(it)| it).into_iter();
                self.add_objects(kind, attribute, ready_when, reference);
            }
            InputSource::Objects { kind, attribute } => {
                let references = parse(sibling).map(|LocalReferences(it)| it);
                let references = references.into_iter().flatten();
                self.add_objects(kind, attribute, ReadyWhen::Exists, references);
            }
            InputSource::Value(_) => {
                self.add_values(parse(sibling));
            }
            InputSource::Documents => {
                let sources: Vec<PairSource> = parse(sibling).unwrap_or_default();
                self.add_values(sources.iter().map(PairSource::document));
            }
            InputSource::Name { .. } => {}
        }
    }
}

/// Returns the texts of a field, which is a text or a list of them.
fn texts(value: &Value) -> impl Iterator<Item = &str> {
    let items = value.as_array().into_iter().flatten();
    items.chain([value]).filter_map(Value::as_str)
}

/// Names the resource of an object by the object.
pub(crate) fn used_object(kind: &str, namespace: &str, name: &str) -> String {
    format!("{kind} {namespace}/{name}")
}

/// Names a resource by its id, which has no slash.
pub(crate) fn used_resource(kind: &str, id: &str) -> String {
    format!("{kind} {id}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::api::input::ValueFormat;
    use crate::engine::api::substitution::tests::{FIELDS, spec, token};
    use serde_json::json;

    #[test]
    fn each_object_is_a_source_once_and_a_literal_value_is_none() {
        let sources = Sources::of(&FIELDS, spec());
        let reference = |kind, name: &str, ready_when| ObjectReference {
            target: TypedLocalReference {
                kind,
                name: name.into(),
            },
            attribute: Attribute::Id,
            ready_when,
        };
        assert_eq!(
            sources.objects,
            [
                reference("Identity", "reader", ReadyWhen::Exists),
                reference("Control", "signer", ReadyWhen::Exists),
                reference("Distribution", "www", ReadyWhen::Deployed),
            ]
        );
        assert_eq!(sources.secrets, [token()]);
        assert!(sources.has_values());
        assert_eq!(sources.ids, BTreeSet::new());
        assert_eq!(Sources::of(&[], spec()), Sources::default());
        assert!(!Sources::default().has_values());

        let spec = json!({ "keyFrom": { "configMapKeyRef": { "name": "signer", "key": "pem" } } });
        let sources = Sources::of(&[InputField::text("key", ValueFormat::MultiLine)], spec);
        let key = ConfigMapKey {
            name: "signer".into(),
            key: "pem".into(),
        };
        assert_eq!(sources.config_maps, [key]);
        assert!(sources.has_values());
    }

    #[test]
    fn a_list_has_ids_and_objects_together() {
        let spec = json!({ "groups": { "items": ["K1", "K2"], "itemRefs": [{ "name": "a" }, { "name": "b" }] } });
        let fields = [InputField::references("groups.items", "Key")];
        let uses = Sources::of(&fields, spec).uses("shop");
        assert_eq!(uses, ["Key shop/a", "Key shop/b", "Key K1", "Key K2"]);
    }

    #[test]
    fn a_resource_is_used_by_the_name_of_its_object_or_by_its_id() {
        let spec = json!({ "origins": [
            { "s3": { "identity": "identities/E1" }, "controlId": "E2" },
            { "s3": { "identity": "" }, "controlRef": { "name": "signer" } },
        ] });
        let uses = Sources::of(&FIELDS, spec).uses("shop");
        assert_eq!(uses, ["Control shop/signer", "Control E2", "Identity E1"]);
    }
}
