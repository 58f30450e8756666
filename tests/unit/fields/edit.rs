//! Changing one place of a spec.

use super::schema::Schema;
use serde_json::Value;

/// `origins[0].id` as a JSON pointer.
pub(super) fn pointer(path: &str) -> String {
    let parts = path.split(['.', '[']).filter(|part| !part.is_empty());
    parts.fold(String::new(), |pointer, part| {
        pointer + "/" + part.trim_end_matches(']')
    })
}

/// Says a value at a place, whose structures are made where they are missing.
pub(super) fn set(spec: &mut Value, path: &str, value: &Value) {
    let mut place = spec;
    for part in pointer(path).split('/').skip(1) {
        place = match place {
            Value::Array(items) => &mut items[part.parse::<usize>().unwrap()],
            structure => &mut structure[part],
        };
    }
    *place = value.clone();
}

/// Takes what is at a place out, together with the structures that would be empty then; false where that is not possible.
pub(super) fn remove(spec: &mut Value, path: &str, schema: &Schema) -> bool {
    let Some(mut path) = removed_with(path, schema) else {
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
        let stays = !structure.is_empty() || parent.is_empty() || parent.ends_with(']');
        if stays || schema.requires(parent) {
            return true;
        }
        path = parent;
    }
}

/// What is taken out with a place: itself, or the outermost structure that cannot be without it; nothing where an item of a list, or the
/// spec, needs it.
pub(super) fn removed_with<'a>(path: &'a str, schema: &Schema) -> Option<&'a str> {
    let mut path = path;
    while schema.requires(path) {
        path = path
            .rsplit_once('.')
            .map(|(parent, _)| parent)
            .filter(|parent| !parent.ends_with(']'))?;
    }
    Some(path)
}
