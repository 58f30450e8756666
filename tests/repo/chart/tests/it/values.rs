//! Parses `values.yaml` with its comments.

use super::helm::documents;
use serde_json::Value;
use std::{fs, path::Path};

/// A value with a comment in `values.yaml`.
#[derive(Clone, Debug)]
pub(crate) struct ValueDescription {
    /// The heading above the value.
    pub(crate) section: String,
    /// The path of the value, such as `image.tag`.
    pub(crate) path: String,
    /// The comment above the value.
    pub(crate) description: String,
    /// The default. `None` if nested values have descriptions of their own.
    pub(crate) default: Option<Value>,
}

/// Returns the values with a comment in the order of the file. A key without a comment is part of the default of the value above.
pub(crate) fn described_values(chart: &Path) -> Vec<ValueDescription> {
    let text = fs::read_to_string(chart.join("values.yaml")).unwrap();
    let values = documents(&text).remove(0);
    let mut described: Vec<ValueDescription> = vec![];
    let mut parents: Vec<(usize, String)> = vec![];
    let (mut section, mut comment) = (String::new(), vec![]);
    // The first paragraph describes the file.
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
                described.push(ValueDescription {
                    section: section.clone(),
                    path: names.join("."),
                    description: comment.join(" "),
                    default: values.pointer(&format!("/{}", names.join("/"))).cloned(),
                });
            }
            comment.clear();
        }
    }
    let prefixes: Vec<String> = described
        .iter()
        .map(|value| format!("{}.", value.path))
        .collect();
    for (value, prefix) in described.iter_mut().zip(&prefixes) {
        if prefixes
            .iter()
            .any(|other| other != prefix && other.starts_with(prefix))
        {
            value.default = None;
        }
    }
    described
}

/// Appends the paths of all values that are not objects, or are empty objects.
pub(crate) fn leaf_paths(path: &str, value: &Value, paths: &mut Vec<String>) {
    match value.as_object().filter(|members| !members.is_empty()) {
        Some(members) => {
            for (name, value) in members {
                let path = format!("{path}.{name}");
                leaf_paths(path.trim_start_matches('.'), value, paths);
            }
        }
        None => paths.push(path.to_owned()),
    }
}
