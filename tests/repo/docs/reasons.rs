//! `docs/concepts.md` explains every reason, and none that does not exist.

use super::page::{quoted, read, rows, sections};
use std::collections::BTreeSet;

/// The variants of an enum, from its source.
fn variants(source: &str) -> BTreeSet<String> {
    let (_, body) = source.split_once("pub enum Reason {").unwrap();
    let (body, _) = body.split_once("\n}").unwrap();
    body.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with("//"))
        .map(|line| line.trim_end_matches(',').to_owned())
        .collect()
}

/// The reasons that the operator knows.
pub(super) fn known() -> BTreeSet<String> {
    variants(&read("src/engine/api/reason.rs"))
}

#[test]
fn every_reason_is_in_the_table_and_no_other() {
    let page = sections(&read("docs/concepts.md"));
    let (_, text) = page
        .iter()
        .find(|(heading, _)| heading == "Reasons")
        .unwrap();
    let rows = rows(text);
    let named: Vec<String> = rows.iter().flat_map(|row| quoted(&row[0])).collect();
    let variants = known();
    assert_eq!(named.iter().cloned().collect::<BTreeSet<_>>(), variants);
    assert_eq!(named.len(), variants.len(), "a reason is there twice");
    for row in rows {
        assert!(
            row.len() == 3 && row.iter().all(|cell| !cell.is_empty()),
            "{row:?} does not say what it means and what to do"
        );
    }
}
