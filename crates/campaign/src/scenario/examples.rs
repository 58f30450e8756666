//! The manifests of the scenarios, from the folder `examples` of the repository.

use cloudfront_operator::{
    engine::{InputField, InputSource, KindDefinition, ValueFormat},
    operator::{kind, kinds},
};
use serde_json::Value;
use std::{collections::BTreeMap, fs, io, path::Path};

/// The namespace of all objects.
pub(crate) const NAMESPACE: &str = "default";

/// A manifest of a kind, and those of the objects that it refers to.
#[derive(Clone, Debug)]
pub(crate) struct Example {
    /// The objects that the manifest refers to, each after those that it refers to itself.
    pub(crate) referenced: Vec<Value>,
    pub(crate) manifest: Value,
}

impl Example {
    fn size(&self) -> (usize, usize) {
        (self.referenced.len(), self.manifest.to_string().len())
    }
}

/// A manifest that refers to a key of a Secret.
pub(crate) struct SecretExample {
    pub(crate) manifest: Value,
    pub(crate) secret: String,
    pub(crate) key: String,
}

/// All manifests in the folder `examples`.
pub(crate) struct Examples(Vec<Value>);

impl Examples {
    /// Reads the folder.
    pub(crate) fn read() -> io::Result<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
        let mut paths = vec![];
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|it| it == "yaml") {
                paths.push(path);
            }
        }
        paths.sort();
        let mut manifests = vec![];
        for path in paths {
            let text = fs::read_to_string(path)?;
            for document in text.split("\n---\n") {
                manifests.extend(serde_saphyr::from_str::<Value>(document).ok());
            }
        }
        Ok(Self(manifests.into_iter().map(in_namespace).collect()))
    }

    /// Returns the manifest of a kind that refers to the fewest objects, and of those the shortest. Fails if there is none.
    pub(crate) fn of(&self, kind: &KindDefinition) -> io::Result<Example> {
        let example = self.all_of(kind).min_by_key(Example::size);
        example
            .ok_or_else(|| io::Error::other(format!("the folder `examples` has no {}", kind.kind)))
    }

    /// Returns such a manifest for each other kind to which objects of a kind refer in the examples.
    pub(crate) fn by_reference(&self, kind: &KindDefinition) -> BTreeMap<&'static str, Example> {
        let referenced = kinds().into_iter().filter_map(|referenced| {
            let refers =
                |it: &Example| it.referenced.iter().any(|it| it["kind"] == referenced.kind);
            let example = self.all_of(kind).filter(refers).min_by_key(Example::size);
            Some((referenced.kind, example?))
        });
        referenced.collect()
    }

    fn all_of(&self, kind: &KindDefinition) -> impl Iterator<Item = Example> {
        let name = kind.kind;
        let manifests = self.0.iter().filter(move |it| it["kind"] == name);
        manifests.filter_map(|manifest| {
            let mut referenced = vec![];
            self.add_referenced(manifest, &mut referenced)?;
            Some(Example {
                referenced,
                manifest: manifest.clone(),
            })
        })
    }

    /// Returns a manifest of a kind that refers to a Secret with a text of the user's choice, if there is one.
    pub(crate) fn with_secret(&self, kind: &KindDefinition) -> Option<SecretExample> {
        let is_any_text =
            |it: &&InputField| matches!(it.source, InputSource::Value(ValueFormat::SingleLine));
        kind.inputs.iter().find(is_any_text)?;
        let mut manifests = self.0.iter().filter(|it| it["kind"] == kind.kind);
        manifests.find_map(|manifest| {
            let reference = find(&manifest["spec"], "secretKeyRef")?;
            Some(SecretExample {
                manifest: manifest.clone(),
                secret: reference["name"].as_str()?.into(),
                key: reference["key"].as_str()?.into(),
            })
        })
    }

    /// Adds the objects to which a manifest refers. `None`: one of them is not among the examples.
    fn add_referenced(&self, manifest: &Value, found: &mut Vec<Value>) -> Option<()> {
        let kind = kind(manifest["kind"].as_str()?)?;
        self.add_referenced_in(kind, &manifest["spec"], found)
    }

    /// Adds the objects to which a part of a spec refers.
    fn add_referenced_in(
        &self,
        kind: &KindDefinition,
        value: &Value,
        found: &mut Vec<Value>,
    ) -> Option<()> {
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    match referenced_kind(kind, name) {
                        Some(kind) => {
                            for reference in member.as_array().unwrap_or(&vec![member.clone()]) {
                                self.add_object(kind, reference, found)?;
                            }
                        }
                        // No example contains the object of a Secret.
                        None if name.ends_with("Ref") => return None,
                        None => self.add_referenced_in(kind, member, found)?,
                    }
                }
            }
            Value::Array(items) => {
                for item in items {
                    self.add_referenced_in(kind, item, found)?;
                }
            }
            _ => {}
        }
        Some(())
    }

    fn add_object(&self, kind: &str, reference: &Value, found: &mut Vec<Value>) -> Option<()> {
        let mut manifests = self.0.iter();
        let manifest = manifests
            .find(|it| it["kind"] == kind && it["metadata"]["name"] == reference["name"])?;
        self.add_referenced(manifest, found)?;
        if !found.contains(manifest) {
            found.push(manifest.clone());
        }
        Some(())
    }
}

/// Returns the kind of the objects that a sibling of a field names.
fn referenced_kind(kind: &KindDefinition, name: &str) -> Option<&'static str> {
    let input = kind.inputs.iter().find(|it| it.source_name() == name)?;
    match input.source {
        InputSource::Object { kind, .. } | InputSource::Objects { kind, .. } => Some(kind),
        InputSource::Value(_) | InputSource::Documents | InputSource::Name { .. } => None,
    }
}

/// Returns the first member of this name, at any depth.
fn find<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    match value {
        Value::Object(members) => members
            .get(name)
            .or_else(|| members.values().find_map(|it| find(it, name))),
        Value::Array(items) => items.iter().find_map(|it| find(it, name)),
        _ => None,
    }
}

fn in_namespace(mut manifest: Value) -> Value {
    manifest["metadata"]["namespace"] = NAMESPACE.into();
    manifest
}
