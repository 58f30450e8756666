//! The charts' READMEs list the values as `values.yaml` describes them, and the templates use every one.

use super::{
    golden::check,
    helm::{chart, documents, repository},
    values::{Key, described, leaves},
};
use std::{fmt::Write, fs, path::Path};

const BEGIN: &str =
    "<!-- Generated from values.yaml by `UPDATE=1 cargo test -p chart-tests`; do not edit. -->\n";

fn row(key: &Key) -> String {
    let default = match &key.default {
        Some(value) => format!("`{value}`"),
        None => String::new(),
    };
    format!("| `{}` | {} | {default} |\n", key.path, key.description)
}

fn tables(chart: &Path) -> String {
    let (mut text, mut section) = (String::new(), "");
    let keys = described(chart);
    for key in &keys {
        if key.section != section {
            section = &key.section;
            write!(
                text,
                "\n### {section}\n\n| value | what it is | default |\n| --- | --- | --- |\n"
            )
            .unwrap();
        }
        text.push_str(&row(key));
    }
    text
}

#[test]
fn the_readmes_list_every_value_with_its_description_and_default() {
    for chart in [chart(), repository("charts/cloudfront-operator-crds")] {
        let path = chart.join("README.md");
        let readme = fs::read_to_string(&path).unwrap();
        let (written, _) = readme
            .split_once(BEGIN)
            .expect("the README has a generated part");
        check(&path, &format!("{written}{BEGIN}{}", tables(&chart)));
    }
}

#[test]
fn every_value_is_described() {
    for chart in [chart(), repository("charts/cloudfront-operator-crds")] {
        let keys = described(&chart);
        let text = fs::read_to_string(chart.join("values.yaml")).unwrap();
        let mut all = vec![];
        leaves("", &documents(&text)[0], &mut all);
        for leaf in all {
            let known = keys.iter().any(|key| {
                key.default.is_some()
                    && (leaf == key.path || leaf.starts_with(&format!("{}.", key.path)))
            });
            assert!(known, "{} has no comment in {}", leaf, chart.display());
        }
    }
}

#[test]
fn every_value_is_used_by_a_template() {
    for chart in [chart(), repository("charts/cloudfront-operator-crds")] {
        let templates = templates(&chart.join("templates"));
        let used = |path: &str| {
            templates
                .match_indices(&format!(".Values.{path}"))
                .any(|(at, found)| {
                    !templates[at + found.len()..]
                        .starts_with(|c: char| c.is_alphanumeric() || c == '.')
                })
        };
        for key in described(&chart) {
            // An image is handed to the helper that writes images as a whole.
            let whole = key
                .path
                .rsplit_once("image.")
                .map(|(before, _)| format!("{before}image"));
            let known = key.default.is_none()
                || key.path == "global"
                || used(&key.path)
                || whole.is_some_and(|whole| used(&whole));
            assert!(known, "no template uses {}", key.path);
        }
    }
}

fn templates(folder: &Path) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            text.push_str(&templates(&path));
        } else {
            text.push_str(&fs::read_to_string(path).unwrap());
        }
    }
    text
}
