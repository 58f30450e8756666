//! Every manifest of ours in the documents and the examples is one that the API server accepts.

use super::server::{kubectl, prepared, succeeds};
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Where the documents and the examples are.
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

/// The blocks of a page that are fenced as YAML.
fn blocks(page: &str) -> Vec<String> {
    let begun = page.split("\n```yaml\n").skip(1);
    begun
        .map(|rest| rest.split("\n```").next().unwrap_or_default().to_owned())
        .collect()
}

/// The documents of a stream that are of our kinds. Whatever is fenced as YAML has to be manifests.
fn ours(place: &Path, yaml: &str) -> Vec<Value> {
    let documents: Vec<Value> = serde_saphyr::from_multiple(yaml)
        .unwrap_or_else(|error| panic!("{}: {error}\n{yaml}", place.display()));
    let of_ours = |document: &Value| {
        let version = document["apiVersion"].as_str();
        version
            .unwrap_or_else(|| panic!("{}: this is no manifest:\n{yaml}", place.display()))
            .starts_with("cloudfront-operator.dev/")
    };
    documents.into_iter().filter(of_ours).collect()
}

fn manifests() -> Vec<Value> {
    let mut manifests = vec![];
    for page in files("md") {
        for block in blocks(&fs::read_to_string(&page).unwrap()) {
            manifests.extend(ours(&page, &block));
        }
    }
    assert!(manifests.len() >= 3, "the README alone has two");
    for example in files("yaml") {
        manifests.extend(ours(&example, &fs::read_to_string(&example).unwrap()));
    }
    manifests
}

#[test]
fn every_manifest_in_the_documents_and_the_examples_is_accepted() {
    let namespace = format!("--namespace={}", prepared("admission-documents"));
    let mut manifests = manifests();
    for manifest in &mut manifests {
        // Several pages call their object the same, and the list is created at once.
        manifest["metadata"] = json!({"generateName": "document-"});
    }
    let list = json!({"apiVersion": "v1", "kind": "List", "items": manifests});
    let create = [
        "create",
        "--dry-run=server",
        "--validate=strict",
        &namespace,
    ];
    succeeds(&kubectl(&create, &list));
}
