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

#[test]
fn every_value_is_used_by_a_template() {
    for chart in [chart(), repository("charts/cloudfront-operator-crds")] {
        let templates = read_templates(&chart.join("templates"));
        let is_used = |path: &str| {
            templates
                .match_indices(&format!(".Values.{path}"))
                .any(|(index, found)| {
                    !templates[index + found.len()..]
                        .starts_with(|c: char| c.is_alphanumeric() || c == '.')
                })
        };
        for value in described_values(&chart) {
            // Templates pass an image as one object to the helper that renders images.
            let image = value
                .path
                .rsplit_once("image.")
                .map(|(before, _)| format!("{before}image"));
            let is_valid = value.default.is_none()
                || value.path == "global"
                || is_used(&value.path)
                || image.is_some_and(|image| is_used(&image));
            assert!(is_valid, "no template uses {}", value.path);
        }
    }
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
