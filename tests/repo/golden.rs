//! The generated files are up to date. `UPDATE=1 cargo test --test golden` rewrites them.
#![allow(
    clippy::panic,
    reason = "clippy does not know that helpers of tests are tests"
)]

mod golden {
    pub(crate) mod chart;
    pub(crate) mod cli;
    pub(crate) mod iam;
    pub(crate) mod metrics;
    pub(crate) mod pages;
    pub(crate) mod reference;
    pub(crate) mod restrictions;
    pub(crate) mod schema;
}

use cloudfront_operator::operator::{crd_as_yaml, crds, kind};
use golden::{chart, cli, iam, metrics, pages, reference, restrictions};
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::Path,
};

/// The largest size of a CRD as JSON. Client-side apply stores it in an annotation, and the annotations of an object are limited to
/// 262,144 bytes. The rest is room to grow.
const MAX_CRD_BYTES: usize = 200_000;

/// Checks the content of a file, or writes it if `UPDATE` is set.
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

/// Checks the generated parts of a file, or writes them if `UPDATE` is set.
fn check_parts(path: &str, generate: impl FnOnce(&str) -> String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let present = fs::read_to_string(&path).expect("the file exists");
    check(&path, &generate(&present));
}

/// Checks that a folder contains exactly these files, by name and content.
fn check_folder(folder: &str, files: &BTreeMap<String, String>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    for (name, content) in files {
        check(&folder.join(name), content);
    }
    let found: BTreeSet<String> = fs::read_dir(&folder)
        .expect("the folder exists")
        .map(|entry| {
            let entry = entry.expect("it can be read");
            entry.file_name().to_string_lossy().into_owned()
        })
        .collect();
    let expected: BTreeSet<String> = files.keys().cloned().collect();
    assert_eq!(
        found,
        expected,
        "{} contains other files than the generated ones",
        folder.display()
    );
}

#[test]
fn the_custom_resource_definitions_are_up_to_date() {
    let file = |definition: &CustomResourceDefinition| {
        let name = format!("{}.yaml", definition.spec.names.plural);
        let yaml = crd_as_yaml(definition).expect("a definition can be written as YAML");
        (name, yaml)
    };
    let files = crds().iter().map(file).collect();
    for folder in [
        "crds",
        "charts/cloudfront-operator/files/crds",
        "charts/cloudfront-operator-crds/files/crds",
    ] {
        check_folder(folder, &files);
    }
}

#[test]
fn the_lists_of_kinds_in_the_chart_are_up_to_date() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("charts/cloudfront-operator");
    check(&folder.join("files/kinds.yaml"), &chart::kinds_file());
    check_parts(
        "charts/cloudfront-operator/values.schema.json",
        chart::schema,
    );
    check_parts("charts/cloudfront-operator/Chart.yaml", chart::metadata);
    check_parts("examples/gitops/argocd-cm.yaml", chart::argo_settings);
}

#[test]
fn the_page_of_metrics_is_up_to_date() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/metrics.md");
    check(&page, &metrics::page());
}

#[test]
fn the_iam_policies_are_up_to_date() {
    check_folder("docs/iam", &iam::files());
}

#[test]
fn the_reference_pages_are_up_to_date() {
    let file = |definition: &CustomResourceDefinition| {
        let name = &definition.spec.names.kind;
        let inputs = kind(name).map_or(&[][..], |it| it.inputs);
        let page = reference::page(definition, inputs);
        (format!("{}.md", name.to_lowercase()), page)
    };
    let mut pages: BTreeMap<String, String> = crds().iter().map(file).collect();
    pages.insert("cli.md".to_owned(), cli::page());
    check_folder("docs/reference", &pages);
}

#[test]
fn the_lists_of_kinds_in_the_pages_are_up_to_date() {
    check_parts("docs/SUMMARY.md", pages::summary);
    check_parts("docs/llms.txt", |present| {
        let summary = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/SUMMARY.md");
        let summary = fs::read_to_string(summary).expect("the file exists");
        pages::llms(present, &pages::summary(&summary))
    });
    check_parts("docs/README.md", pages::overview);
    check_parts("docs/iam.md", pages::iam);
    check_parts("docs/methods.md", pages::methods);
    check_parts("docs/errors.md", pages::errors);
    check_parts("examples/README.md", pages::examples);
    check_parts("docs/development/restrictions.md", restrictions::page);
}

#[test]
fn every_custom_resource_definition_fits_into_an_annotation() {
    for definition in crds() {
        let size = serde_json::to_vec(&definition)
            .expect("a definition is JSON")
            .len();
        assert!(
            size < MAX_CRD_BYTES,
            "{} weighs {size} bytes, more than {MAX_CRD_BYTES}",
            definition.spec.names.kind
        );
    }
}
