//! Telling whether a spec asks for the same as before, whatever its generation.

use super::kind::Kind;
use serde_json::Value;
use std::hash::{DefaultHasher, Hash, Hasher};

/// A number that changes when the spec asks for something else; `suspend` asks for nothing.
///
/// Only compared within one process: the hash is not stable across builds.
pub(super) fn fingerprint<K: Kind>(object: &K) -> u64 {
    let mut object = serde_json::to_value(object).unwrap_or_default();
    if let Some(spec) = object.get_mut("spec").and_then(Value::as_object_mut) {
        spec.remove("suspend");
    }
    fingerprint_of(&object["spec"].to_string())
}

/// A number that changes with a value, and does not tell it.
pub(super) fn fingerprint_of(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
