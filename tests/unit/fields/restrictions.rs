//! The page of restrictions has a row for each leaf of the schema and for each rule between members, and names only cases that exist.

use super::schema::Schema;
use crate::kind_folder::folder;
use cloudfront_operator::{engine::Kind, for_each_kind};
use serde_json::Value;
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

const PAGE: &str = "docs/development/restrictions.md";
const EVIDENCE: &str = "crates/cloudfront-simulator/RESTRICTIONS.md";

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The section of a kind in a page.
fn section(page: &str, kind: &str) -> String {
    let text = fs::read_to_string(root().join(page)).unwrap();
    let heading = format!("\n## {kind}\n");
    let (_, after) = text.split_once(&heading).unwrap();
    after.split("\n## ").next().unwrap().to_owned()
}

/// The cells of the rows of all tables in a text, without the heads of the tables.
fn rows(text: &str) -> Vec<Vec<&str>> {
    let lines: Vec<&str> = text.lines().collect();
    let heads = lines
        .windows(2)
        .filter(|pair| pair[1].starts_with("| ---"))
        .map(|pair| pair[0]);
    let heads: BTreeSet<&str> = heads.collect();
    let is_row = |line: &&&str| {
        line.starts_with("| ") && !line.starts_with("| ---") && !heads.contains(**line)
    };
    lines
        .iter()
        .filter(is_row)
        .map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect())
        .collect()
}

/// The part of a section with the leaves, and the part with the rules between members.
fn parts(section: &str) -> (&str, &str) {
    section.split_once("\n### ").unwrap_or((section, ""))
}

/// The names of the cases of a kind.
fn cases(folder: &str) -> BTreeSet<String> {
    let folder = Path::new("tests/api/admission").join(folder);
    let files = fs::read_dir(root().join(folder)).unwrap();
    let files = files.map(|file| file.unwrap().path());
    let files = files.filter(|file| !file.ends_with("base.yaml"));
    let shared = root().join("tests/api/admission/management.yaml");
    files
        .chain([shared])
        .flat_map(|file| {
            let text = fs::read_to_string(file).unwrap();
            serde_saphyr::from_str::<Vec<Value>>(&text).unwrap()
        })
        .map(|case| case["case"].as_str().unwrap().to_owned())
        .collect()
}

#[track_caller]
fn assert_complete<K: Kind>() {
    let page = section(PAGE, K::KIND);
    let (leaves, rules) = parts(&page);
    let listed = rows(leaves).into_iter();
    let listed: BTreeSet<String> = listed.map(|row| row[0].replace('`', "")).collect();
    assert_eq!(listed, Schema::of::<K>().leaves(), "the leaves in {PAGE}");

    let evidence = section(EVIDENCE, K::KIND);
    let members = |text: &str| -> Vec<String> {
        let all = rows(text).into_iter();
        all.map(|row| row[0].to_owned()).collect()
    };
    let expected = members(parts(&evidence).1);
    assert_eq!(members(rules), expected, "the rules in {PAGE}");

    let known = cases(&folder::<K>());
    for row in rows(&page) {
        let names = row.last().unwrap().split('`').skip(1).step_by(2);
        for name in names {
            assert!(
                known.contains(name),
                "{PAGE}: {} has no case {name}",
                row[0]
            );
        }
    }
}

#[test]
fn every_leaf_and_every_rule_of_each_kind_has_a_row() {
    for_each_kind!(assert_complete);
}
