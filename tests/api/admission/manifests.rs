//! The API server accepts every manifest in the documentation and the examples.

use super::kubectl::{assert_success, create_namespace, kubectl};
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// The folders with documentation and examples.
const FOLDERS: [&str; 6] = [
    "",
    "docs",
    "docs/reference",
    "examples",
    "examples/ci",
    "examples/adopt",
];

fn files(ending: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let entries = FOLDERS
        .iter()
        .flat_map(|folder| fs::read_dir(root.join(folder)).unwrap());
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .filter(|path| path.extension().is_some_and(|found| found == ending))
        .collect()
}

/// The YAML code blocks of a page.
fn blocks(page: &str) -> Vec<String> {
    let blocks = page.split("\n```yaml\n").skip(1);
    blocks
        .map(|rest| rest.split("\n```").next().unwrap_or_default().to_owned())
        .collect()
}

/// The operator's objects in a YAML stream. All documents must be manifests.
fn own_manifests(file: &Path, yaml: &str) -> Vec<Value> {
    let documents: Vec<Value> = serde_saphyr::from_multiple(yaml)
        .unwrap_or_else(|error| panic!("{}: {error}\n{yaml}", file.display()));
    let is_own = |document: &Value| {
        let version = document["apiVersion"].as_str();
        version
            .unwrap_or_else(|| panic!("{}: this is not a manifest:\n{yaml}", file.display()))
            .starts_with("cloudfront-operator.dev/")
    };
    documents.into_iter().filter(is_own).collect()
}

fn manifests() -> Vec<Value> {
    let mut manifests = vec![];
    for page in files("md") {
        for block in blocks(&fs::read_to_string(&page).unwrap()) {
            manifests.extend(own_manifests(&page, &block));
        }
    }
    assert!(manifests.len() >= 3, "the README alone has two");
    for example in files("yaml") {
        manifests.extend(own_manifests(
            &example,
            &fs::read_to_string(&example).unwrap(),
        ));
    }
    manifests
}

#[test]
fn every_manifest_in_the_documentation_and_the_examples_is_accepted() {
    let namespace = format!("--namespace={}", create_namespace("admission-documents"));
    let mut manifests = manifests();
    for manifest in &mut manifests {
        // Objects of different pages have the same name, and all are created together.
        manifest["metadata"] = json!({"generateName": "document-"});
    }
    let list = json!({"apiVersion": "v1", "kind": "List", "items": manifests});
    let create = [
        "create",
        "--dry-run=server",
        "--validate=strict",
        &namespace,
    ];
    assert_success(&kubectl(&create, &list));
}
