//! Packages: which may depend on which, and the lints that all take.

use super::sources::{files, relative, root, text};
use std::path::Path;

/// For each package of the workspace, the packages of the workspace on which its code may depend. Tests may depend on more.
/// Simulator and operator share no code, so that a mistake in one does not hide the same mistake in the other.
const DEPENDENCIES: [(&str, &[&str]); 9] = [
    (
        "benchmarks",
        &["cloudfront-operator", "cloudfront-simulator", "cluster"],
    ),
    (
        "campaign",
        &[
            "benchmarks",
            "cloudfront-operator",
            "cloudfront-simulator",
            "cluster",
        ],
    ),
    (
        "chart-tests",
        &["cloudfront-operator", "cloudfront-simulator"],
    ),
    ("cloudfront-operator", &[]),
    ("cloudfront-simulator", &[]),
    ("cluster", &[]),
    ("fuzz", &["cloudfront-operator"]),
    ("null-operator", &["cloudfront-operator"]),
    (
        "playground",
        &["cloudfront-operator", "cloudfront-simulator", "cluster"],
    ),
];

/// Returns the name of a package and the packages of the workspace on which its code depends.
fn dependencies(manifest: &str) -> (String, Vec<String>) {
    let mut section = "";
    let mut name = String::new();
    let mut found = vec![];
    for line in manifest.lines() {
        let (key, value) = line.split_once('=').unwrap_or((line, ""));
        match (section, key.trim()) {
            (_, header) if header.starts_with('[') => section = header,
            ("[package]", "name") => name.push_str(value.trim().trim_matches('"')),
            ("[dependencies]" | "[build-dependencies]", key) if value.contains("path =") => {
                found.push(key.to_owned());
            }
            _ => {}
        }
    }
    (name, found)
}

fn manifests() -> Vec<(String, String)> {
    let paths = files(&root(), &["toml"]).into_iter();
    let manifests = paths.filter(|path| path.ends_with(Path::new("Cargo.toml")));
    manifests
        .map(|path| (relative(&path), text(&path)))
        .collect()
}

#[test]
fn packages_depend_on_each_other_as_listed() {
    let mut found: Vec<(String, Vec<String>)> = manifests()
        .iter()
        .map(|(_, manifest)| dependencies(manifest))
        .collect();
    found.sort();
    let listed = DEPENDENCIES.map(|(name, packages)| {
        let packages = packages.iter().map(|package| (*package).to_owned());
        (name.to_owned(), packages.collect())
    });
    assert_eq!(found, listed);
}

#[test]
fn a_dependency_of_code_is_read_and_one_of_tests_is_not() {
    let manifest = "[package]\nname = \"a\"\n[dependencies]\nb = { path = \"../b\" }\nserde = \"1\"\n[dev-dependencies]\nc = { path = \"../c\" }\n";
    assert_eq!(
        dependencies(manifest),
        ("a".to_owned(), vec!["b".to_owned()])
    );
}

#[test]
fn every_crate_demands_documented_public_items_and_forbids_unsafe_code() {
    let workspace = text(&root().join("Cargo.toml"));
    assert!(
        workspace.contains("missing_docs = \"warn\"")
            && workspace.contains("unsafe_code = \"forbid\"")
    );
    // The fuzz targets are a workspace of their own, and their macro expands to unsafe code.
    let manifests = manifests().into_iter();
    for (path, manifest) in manifests.filter(|(path, _)| path != "fuzz/Cargo.toml") {
        assert!(
            manifest.contains("[lints]\nworkspace = true"),
            "{path} does not take the workspace's lints"
        );
    }
}
