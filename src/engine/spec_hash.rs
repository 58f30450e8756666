//! Telling whether a spec asks for the same as before, whatever its generation.

use crate::engine::{api::reference::ResolvedReferences, kind::Kind};
use serde_json::Value;
use std::hash::{DefaultHasher, Hash, Hasher};

/// A number that changes when the spec asks for something else; `suspend` asks for nothing.
///
/// Only compared within one process: the hash is not stable across builds.
pub(crate) fn spec_hash<K: Kind>(object: &K) -> u64 {
    let mut object = serde_json::to_value(object).unwrap_or_default();
    if let Some(spec) = object.get_mut("spec").and_then(Value::as_object_mut) {
        spec.remove("suspend");
    }
    hash_of(&object["spec"].to_string())
}

/// What tells whether CloudFront was asked for the same before: changes with the spec, with the ids that stand for its references, and
/// with the operator's version, which may send something else for the same spec. `None` where values of Secrets are asked for: a
/// status must not tell of them.
pub(crate) fn applied_hash<K: Kind>(
    object: &K,
    fingerprint: u64,
    ids: &ResolvedReferences,
) -> Option<String> {
    let version = env!("CARGO_PKG_VERSION");
    let names = object.references();
    let ids: Vec<_> = names
        .iter()
        .map(|name| ids.id(name.kind, &name.name))
        .collect();
    let asked = (version, fingerprint, ids);
    object
        .secrets()
        .is_empty()
        .then(|| format!("{:016x}", hash_of(&asked)))
}

/// A number that changes with a value, and does not tell it.
pub(crate) fn hash_of(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
