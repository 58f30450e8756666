//! The tables of values in the charts' READMEs, generated from `values.yaml`, and the use of each value in templates.

use super::{
    golden::check_file,
    helm::{chart, documents, repository},
    values::{ValueDescription, described_values, leaf_paths},
};
use std::{fmt::Write, fs, path::Path};

/// The marker that the generated part of a README begins with.
const GENERATED_MARKER: &str =
    "<!-- Generated from values.yaml by `UPDATE=1 cargo test -p chart-tests`; do not edit. -->\n";

fn table_row(value: &ValueDescription) -> String {
    let default = match &value.default {
        Some(default) => format!("`{default}`"),
        None => String::new(),
    };
    format!("| `{}` | {} | {default} |\n", value.path, value.description)
}

fn value_tables(chart: &Path) -> String {
    let (mut text, mut section) = (String::new(), "");
    let values = described_values(chart);
    for value in &values {
        if value.section != section {
            section = &value.section;
            write!(
                text,
                "\n### {section}\n\n| value | what it is | default |\n| --- | --- | --- |\n"
            )
            .unwrap();
        }
        text.push_str(&table_row(value));
    }
    text
}

#[test]
fn the_readmes_list_every_value_with_its_description_and_default() {
    for chart in [chart(), repository("charts/cloudfront-operator-crds")] {
        let path = chart.join("README.md");
        let readme = fs::read_to_string(&path).unwrap();
        let (written, _) = readme
            .split_once(GENERATED_MARKER)
            .expect("the README has the marker of the generated part");
        check_file(
            &path,
            &format!("{written}{GENERATED_MARKER}{}", value_tables(&chart)),
        );
    }
}

#[test]
fn every_value_is_described() {
    for chart in [chart(), repository("charts/cloudfront-operator-crds")] {
        let values = described_values(&chart);
        let text = fs::read_to_string(chart.join("values.yaml")).unwrap();
        let mut leaves = vec![];
        leaf_paths("", &documents(&text)[0], &mut leaves);
        for leaf in leaves {
            let is_described = values.iter().any(|value| {
                value.default.is_some()
                    && (leaf == value.path || leaf.starts_with(&format!("{}.", value.path)))
            });
            assert!(
                is_described,
                "{} has no comment in {}",
                leaf,
                chart.display()
            );
        }
    }
}

/// Whether a text contains a reference, such as `.Values.image`, that no further part of a path follows.
fn contains_reference(text: &str, reference: &str) -> bool {
    text.match_indices(reference).any(|(index, found)| {
        !text[index + found.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '.')
    })
}

/// Whether templates use a value by its path, or pass the object that contains it to a helper that uses the field.
fn is_used(path: &str, templates: &str) -> bool {
    contains_reference(templates, &format!(".Values.{path}"))
        || path.rsplit_once('.').is_some_and(|(object, field)| {
            contains_reference(templates, &format!(".Values.{object}"))
                && contains_reference(templates, &format!(".{field}"))
        })
}

#[test]
fn every_value_is_used_by_a_template() {
    for chart in [chart(), repository("charts/cloudfront-operator-crds")] {
        let templates = read_templates(&chart.join("templates"));
        for value in described_values(&chart) {
            // A parent chart may set `global` for other charts. Templates find a rule by the name of the alert.
            let is_valid = value.default.is_none()
                || value.path == "global"
                || value.path.starts_with("metrics.prometheusRule.rules.")
                || is_used(&value.path, &templates);
            assert!(is_valid, "no template uses {}", value.path);
        }
    }
    assert!(!is_used("watch.unknown", ".Values.watch.namespaces"));
    assert!(!is_used("image.unknown", ".Values.image .tag"));
}

/// Returns the concatenated content of all files in a directory and its subdirectories.
fn read_templates(directory: &Path) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            text.push_str(&read_templates(&path));
        } else {
            text.push_str(&fs::read_to_string(path).unwrap());
        }
    }
    text
}
