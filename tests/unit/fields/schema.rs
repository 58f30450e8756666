//! The schema of a kind's spec by path. A path in a spec is `origins[0].id`, and a path in the schema is `origins[].id`.

use cloudfront_operator::engine::{Kind, crd};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The schema of a kind's spec.
pub(super) struct Schema(Value);

impl Schema {
    pub(super) fn of<K: Kind>() -> Self {
        let definition = serde_json::to_value(crd::<K>()).unwrap();
        let version = &definition["spec"]["versions"][0];
        Self(version["schema"]["openAPIV3Schema"]["properties"]["spec"].clone())
    }

    /// The paths of all scalars, lists of scalars and maps.
    pub(super) fn leaves(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        walk("", &self.0, &mut |path, node| {
            let below = node.get("properties").is_some() || is_list_of_structures(node);
            found.extend((!below).then(|| path.to_owned()));
        });
        found
    }

    /// The lists of structures, and whether their order is significant.
    pub(super) fn lists(&self) -> BTreeMap<String, bool> {
        let mut found = BTreeMap::new();
        walk("", &self.0, &mut |path, node| {
            if is_list_of_structures(node) {
                let is_ordered = node["x-kubernetes-list-type"] == "atomic";
                found.insert(path.to_owned(), is_ordered);
            }
        });
        found
    }

    /// The schema at a path.
    pub(super) fn at(&self, path: &str) -> &Value {
        let mut node = &self.0;
        for name in schema_path(path).split('.').filter(|name| !name.is_empty()) {
            node = &node["properties"][name.trim_end_matches("[]")];
            if name.ends_with("[]") {
                node = &node["items"];
            }
        }
        node
    }

    /// Whether a field is required in its structure.
    pub(super) fn requires(&self, path: &str) -> bool {
        let (parent, name) = path.rsplit_once('.').unwrap_or(("", path));
        let required = self.at(parent)["required"].as_array();
        required.is_some_and(|names| names.iter().any(|it| it == name))
    }
}

/// The path in the schema of a path in a spec.
pub(super) fn schema_path(path: &str) -> String {
    let mut parts = path.split('[');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |path, part| {
        path + "[" + part.trim_start_matches(|c: char| c.is_ascii_digit())
    })
}

fn is_list_of_structures(node: &Value) -> bool {
    node["items"].get("properties").is_some()
}

fn walk(path: &str, node: &Value, visit: &mut impl FnMut(&str, &Value)) {
    for (name, property) in node["properties"].as_object().into_iter().flatten() {
        let path = if path.is_empty() {
            name.clone()
        } else {
            format!("{path}.{name}")
        };
        visit(&path, property);
        walk(&path, property, visit);
        walk(&format!("{path}[]"), &property["items"], visit);
    }
}
