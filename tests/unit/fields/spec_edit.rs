//! Changes one field of a spec.

use super::schema::Schema;
use serde_json::Value;

/// The JSON pointer of a path such as `origins[0].id`.
pub(super) fn pointer(path: &str) -> String {
    let parts = path.split(['.', '[']).filter(|part| !part.is_empty());
    parts.fold(String::new(), |pointer, part| {
        pointer + "/" + part.trim_end_matches(']')
    })
}

/// Sets a value, and adds missing structures.
pub(super) fn set(spec: &mut Value, path: &str, value: &Value) {
    let mut node = spec;
    for part in pointer(path).split('/').skip(1) {
        node = match node {
            Value::Array(items) => &mut items[part.parse::<usize>().unwrap()],
            structure => &mut structure[part],
        };
    }
    *node = value.clone();
}

/// Removes a field, and structures that are empty after that. Returns false if that is not possible.
pub(super) fn remove(spec: &mut Value, path: &str, schema: &Schema) -> bool {
    let Some(mut path) = removal_path(path, schema) else {
        return false;
    };
    loop {
        let (parent, name) = path.rsplit_once('.').unwrap_or(("", path));
        let Some(structure) = spec
            .pointer_mut(&pointer(parent))
            .and_then(Value::as_object_mut)
        else {
            return true;
        };
        structure.remove(name);
        let is_kept = !structure.is_empty() || parent.is_empty() || parent.ends_with(']');
        if is_kept || schema.requires(parent) {
            return true;
        }
        path = parent;
    }
}

/// The path to remove for a field: its own, or that of the outermost structure that requires it. `None` if a list item or the spec
/// requires it.
pub(super) fn removal_path<'a>(path: &'a str, schema: &Schema) -> Option<&'a str> {
    let mut path = path;
    while schema.requires(path) {
        path = path
            .rsplit_once('.')
            .map(|(parent, _)| parent)
            .filter(|parent| !parent.ends_with(']'))?;
    }
    Some(path)
}
