//! `docs/concepts.md` explains exactly the reasons that exist.

use super::page::{quoted, read, rows, sections};
use std::collections::BTreeSet;

/// Returns the names of the reasons in the source of the enum. A variant with another name in the API has it in an attribute such as
/// `#[strum(serialize = "Name")]`.
fn names(source: &str) -> BTreeSet<String> {
    let (_, body) = source.split_once("pub enum Reason {").unwrap();
    let (body, _) = body.split_once("\n}").unwrap();
    let mut names = BTreeSet::new();
    let mut renamed = None;
    for line in body.lines().map(str::trim) {
        if line.starts_with("#[") {
            renamed = line.split('"').nth(1).map(str::to_owned);
        } else if !line.is_empty() && !line.starts_with("//") {
            let variant = line.trim_end_matches(',').to_owned();
            names.insert(renamed.take().unwrap_or(variant));
        }
    }
    names
}

/// Returns the reasons that the operator knows.
pub(super) fn known() -> BTreeSet<String> {
    names(&read("src/engine/api/reason.rs"))
}

#[test]
fn the_table_lists_exactly_the_known_reasons() {
    let page = sections(&read("docs/concepts.md"));
    let (_, text) = page
        .iter()
        .find(|(heading, _)| heading == "Reasons")
        .unwrap();
    let rows = rows(text);
    let named: Vec<String> = rows.iter().flat_map(|row| quoted(&row[0])).collect();
    let reasons = known();
    assert_eq!(named.iter().cloned().collect::<BTreeSet<_>>(), reasons);
    assert_eq!(named.len(), reasons.len(), "a reason is listed twice");
    for row in rows {
        assert!(
            row.len() == 3 && row.iter().all(|cell| !cell.is_empty()),
            "{row:?} lacks a meaning or an action"
        );
    }
}
