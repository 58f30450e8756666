//! Generated files are what the program would generate. `UPDATE=1 cargo test --test golden` rewrites them.

use cloudfront_operator::operator::{definitions, kinds};
use std::{collections::BTreeSet, env, fs, path::Path};

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

#[test]
fn the_custom_resource_definitions_are_up_to_date() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("crds");
    let mut names = BTreeSet::new();
    for entry in kinds() {
        let name = format!("{}.yaml", (entry.crd)().spec.names.plural);
        let yaml = definitions::document(&entry).expect("a definition can be written as YAML");
        check(&folder.join(&name), &yaml);
        names.insert(name);
    }
    let found: BTreeSet<String> = fs::read_dir(&folder)
        .expect("there is a folder crds")
        .map(|entry| {
            entry
                .expect("it can be read")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    assert_eq!(
        found, names,
        "crds/ holds one file for each kind and nothing else"
    );
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
