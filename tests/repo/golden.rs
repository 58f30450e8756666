//! Generated files are what the program would generate. `UPDATE=1 cargo test --test golden` rewrites them.

mod golden {
    pub(crate) mod cli;
    pub(crate) mod metrics;
    pub(crate) mod reference;
}

use cloudfront_operator::operator::{KindEntry, iam, kinds};
use golden::{cli, metrics, reference};
use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::Path,
};

/// What one CRD may weigh as JSON. Client-side apply stores it whole in an annotation, and 262,144 bytes are the most an object's
/// annotations may weigh; the rest is room to grow.
const CRD_LIMIT: usize = 200_000;

fn check(path: &Path, expected: &str) {
    if env::var_os("UPDATE").is_some() {
        fs::write(path, expected).expect("the file can be written");
        return;
    }
    let found = fs::read_to_string(path).unwrap_or_default();
    assert!(
        found == expected,
        "{} is not what the program generates; run `UPDATE=1 cargo test --test golden` and look at the difference",
        path.display()
    );
}

/// Checks that a folder holds these files, by name and content, and nothing else.
fn check_folder(folder: &str, files: &BTreeMap<String, String>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    for (name, content) in files {
        check(&folder.join(name), content);
    }
    let found: BTreeSet<String> = fs::read_dir(&folder)
        .expect("the folder is there")
        .map(|entry| {
            let entry = entry.expect("it can be read");
            entry.file_name().to_string_lossy().into_owned()
        })
        .collect();
    let wanted: BTreeSet<String> = files.keys().cloned().collect();
    assert_eq!(
        found,
        wanted,
        "{} holds what is generated and nothing else",
        folder.display()
    );
}

#[test]
fn the_custom_resource_definitions_are_up_to_date() {
    let named = |entry: &KindEntry| {
        let name = format!("{}.yaml", (entry.crd)().spec.names.plural);
        let yaml = entry
            .crd_as_yaml()
            .expect("a definition can be written as YAML");
        (name, yaml)
    };
    let files = kinds().iter().map(named).collect();
    for folder in [
        "crds",
        "charts/cloudfront-operator/files/crds",
        "charts/cloudfront-operator-crds/files/crds",
    ] {
        check_folder(folder, &files);
    }
}

#[test]
fn the_page_of_metrics_is_up_to_date() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/metrics.md");
    check(&page, &metrics::page());
}

#[test]
fn the_iam_policies_are_up_to_date() {
    let files = [(false, "policy.json"), (true, "policy-read-only.json")];
    let printed = files.map(|(read_only, name)| {
        let policy = iam::policy(&[], read_only, "aws");
        (name.to_owned(), format!("{policy:#}\n"))
    });
    check_folder("docs/iam", &printed.into());
}

#[test]
fn the_reference_pages_are_up_to_date() {
    let named = |entry: &KindEntry| {
        let definition = (entry.crd)();
        let name = format!("{}.md", definition.spec.names.kind.to_lowercase());
        (name, reference::page(&definition))
    };
    let mut pages: BTreeMap<String, String> = kinds().iter().map(named).collect();
    pages.insert("cli.md".to_owned(), cli::page());
    check_folder("docs/reference", &pages);
}

#[test]
fn every_custom_resource_definition_fits_into_an_annotation() {
    for entry in kinds() {
        let size = serde_json::to_vec(&(entry.crd)())
            .expect("a definition is JSON")
            .len();
        assert!(
            size < CRD_LIMIT,
            "{} weighs {size} bytes, more than {CRD_LIMIT}",
            entry.kind
        );
    }
}
