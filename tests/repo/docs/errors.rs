//! `docs/errors.md` lists every error code that the operator knows or CloudFront can return, in the section of its class.

use super::{
    methods::methods,
    page::{quoted, read, rows, sections},
};
use cloudfront_operator::cloudfront::{CloudFrontError, ErrorClass, error_codes};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The section of the codes without advice.
const OTHER_CODES: &str = "Codes of other operations";

/// A code and the name of its class.
type Entry = (String, String);

fn entry(code: &str, class: ErrorClass) -> Entry {
    (code.to_owned(), class.to_string())
}

/// Returns the codes of a section: its headings of level three, and the codes after explicit anchors such as `<a id="slowdown"></a>`.
fn codes(text: &str) -> Vec<String> {
    let mut codes = vec![];
    for line in text.lines() {
        match line.strip_prefix("### ") {
            Some(heading) => codes.push(heading.to_owned()),
            None => codes.extend(anchored(line).into_iter().map(|(_, code)| code)),
        }
    }
    codes
}

/// Returns the explicit anchors of a text, each with the code that follows it.
fn anchored(text: &str) -> Vec<(String, String)> {
    let anchors = text.split("<a id=\"").skip(1);
    let pairs = anchors.filter_map(|rest| rest.split_once("\"></a>`"));
    pairs
        .filter_map(|(anchor, rest)| Some((anchor.to_owned(), rest.split_once('`')?.0.to_owned())))
        .collect()
}

/// Returns the codes with advice, with the class of their section, and the codes without advice.
fn documented() -> (Vec<Entry>, Vec<Entry>) {
    let (mut advised, mut others) = (vec![], vec![]);
    for (heading, text) in sections(&read("docs/errors.md")) {
        if heading == OTHER_CODES {
            for row in rows(&text) {
                let class = quoted(&row[0]).concat();
                others.extend(codes(&row[1]).into_iter().map(|code| (code, class.clone())));
            }
            continue;
        }
        let class = text.split_once("Class `");
        let class = class.and_then(|(_, rest)| rest.split_once('`'));
        for code in codes(&text) {
            let (class, _) = class.expect("a section with codes names its class");
            advised.push((code, class.to_owned()));
        }
    }
    (advised, others)
}

/// Returns the errors that each operation can return, from the model of CloudFront.
fn modelled() -> BTreeSet<Entry> {
    let model: Value =
        serde_json::from_str(&read("crates/cloudfront-simulator/model/cloudfront.json")).unwrap();
    let statuses: BTreeMap<String, u16> =
        serde_json::from_str(&read("tests/unit/cloudfront/errors.json")).unwrap();
    let methods = methods();
    let operations = model["operations"].as_object().unwrap().iter();
    let used = operations.filter(|(operation, _)| methods.contains(*operation));
    let each = used.flat_map(|(operation, facts)| {
        let errors = facts["errors"].as_array().unwrap().iter();
        errors.map(move |code| (operation.clone(), code.as_str().unwrap().to_owned()))
    });
    each.map(|(operation, code)| {
        let class = CloudFrontError::refused(operation, statuses[&code], code.clone(), "").class();
        entry(&code, class)
    })
    .collect()
}

#[test]
fn every_error_of_the_used_operations_has_advice_in_the_section_of_its_class() {
    let (advised, _) = documented();
    let missing: Vec<Entry> = modelled()
        .into_iter()
        .filter(|entry| !advised.contains(entry))
        .collect();
    assert_eq!(missing, []);
}

#[test]
fn the_page_lists_exactly_the_codes_that_the_operator_knows() {
    let (advised, others) = documented();
    let named: BTreeSet<&String> = advised
        .iter()
        .chain(&others)
        .map(|(code, _)| code)
        .collect();
    let known: BTreeSet<String> = error_codes().map(|(code, _)| code.to_owned()).collect();
    assert_eq!(named, known.iter().collect());
}

#[test]
fn a_code_is_listed_once_in_the_section_of_its_class() {
    let (advised, others) = documented();
    let modelled = modelled();
    let table: BTreeSet<Entry> = error_codes()
        .map(|(code, class)| entry(code, class))
        .collect();
    let wrong: Vec<&Entry> = advised
        .iter()
        .filter(|entry| !modelled.contains(entry))
        .filter(|(code, _)| modelled.iter().any(|(other, _)| other == code))
        .chain(others.iter().filter(|entry| !table.contains(entry)))
        .chain(
            advised
                .iter()
                .filter(|entry| !modelled.contains(entry) && !table.contains(entry)),
        )
        .collect();
    assert_eq!(wrong, Vec::<&Entry>::new());
    let all: Vec<&Entry> = advised.iter().chain(&others).collect();
    let once: BTreeSet<&Entry> = all.iter().copied().collect();
    assert_eq!(all.len(), once.len(), "a code is listed twice in a class");
}

#[test]
fn the_anchor_of_a_code_is_the_code_in_lower_case() {
    let anchors = anchored(&read("docs/errors.md"));
    assert!(anchors.len() > 50, "{anchors:?}");
    for (anchor, code) in anchors {
        assert_eq!(anchor, code.to_lowercase());
    }
}

#[test]
fn an_error_of_the_used_operations_is_not_among_the_codes_without_advice() {
    let (_, others) = documented();
    let modelled = modelled();
    let hidden: Vec<&Entry> = others
        .iter()
        .filter(|(code, _)| modelled.iter().any(|(other, _)| other == code))
        .collect();
    assert_eq!(hidden, Vec::<&Entry>::new());
}
