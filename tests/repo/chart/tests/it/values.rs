//! `values.yaml`, read with its comments.

use super::helm::documents;
use serde_json::Value;
use std::{fs, path::Path};

/// A key of `values.yaml`.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    /// The heading it stands under.
    pub(crate) section: String,
    /// `image.tag`.
    pub(crate) path: String,
    /// The comment above it.
    pub(crate) description: String,
    /// What it is unless set; nothing where keys below it are described instead.
    pub(crate) default: Option<Value>,
}

/// The keys with a comment, in the order of the file. A key without one belongs to the value of the described key above it.
pub(crate) fn described(chart: &Path) -> Vec<Key> {
    let text = fs::read_to_string(chart.join("values.yaml")).unwrap();
    let values = documents(&text).remove(0);
    let mut keys: Vec<Key> = vec![];
    let mut parents: Vec<(usize, String)> = vec![];
    let (mut section, mut comment) = (String::new(), vec![]);
    // The first paragraph is about the file.
    for line in text.lines().skip_while(|line| !line.is_empty()) {
        let indent = line.len() - line.trim_start().len();
        let line = line.trim();
        if let Some(heading) = line.strip_prefix("## ") {
            heading.clone_into(&mut section);
        } else if let Some(text) = line.strip_prefix("# ") {
            comment.push(text);
        } else if let Some((name, _)) = line.split_once(':').filter(|_| !line.starts_with('-')) {
            parents.retain(|(depth, _)| *depth < indent);
            parents.push((indent, name.to_owned()));
            let names: Vec<&str> = parents.iter().map(|(_, name)| name.as_str()).collect();
            if !comment.is_empty() {
                keys.push(Key {
                    section: section.clone(),
                    path: names.join("."),
                    description: comment.join(" "),
                    default: values.pointer(&format!("/{}", names.join("/"))).cloned(),
                });
            }
            comment.clear();
        }
    }
    let paths: Vec<String> = keys.iter().map(|key| format!("{}.", key.path)).collect();
    for (key, own) in keys.iter_mut().zip(&paths) {
        if paths
            .iter()
            .any(|path| path != own && path.starts_with(own))
        {
            key.default = None;
        }
    }
    keys
}

/// The paths of all values that are no maps, or empty ones.
pub(crate) fn leaves(path: &str, value: &Value, into: &mut Vec<String>) {
    match value.as_object().filter(|members| !members.is_empty()) {
        Some(members) => {
            for (name, value) in members {
                let path = format!("{path}.{name}");
                leaves(path.trim_start_matches('.'), value, into);
            }
        }
        None => into.push(path.to_owned()),
    }
}
