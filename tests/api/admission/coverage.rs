//! Each validation rule has a case that breaks it.

use super::tables;
use cloudfront_operator::{
    engine::{Kind, crd},
    for_each_kind,
};
use serde_json::Value;

/// Collects all rules of a schema.
pub(super) fn rules<'a>(schema: &'a Value, found: &mut Vec<&'a Value>) {
    match schema {
        Value::Object(keywords) => {
            found.extend(
                keywords
                    .get("x-kubernetes-validations")
                    .and_then(Value::as_array)
                    .into_iter()
                    .flatten(),
            );
            keywords.values().for_each(|inner| rules(inner, found));
        }
        Value::Array(parts) => parts.iter().for_each(|inner| rules(inner, found)),
        _ => {}
    }
}

/// The constant parts of a rule's message, in order.
pub(super) fn constant_parts(rule: &Value) -> Vec<&str> {
    if let Some(message) = rule["message"].as_str() {
        return vec![message];
    }
    // The first string of each message expression is the format.
    let expression = rule["messageExpression"].as_str().unwrap();
    let format = expression.split('\'').nth(1).unwrap();
    format
        .split("%s")
        .flat_map(|part| part.split("%d"))
        .collect()
}

/// Whether a message contains these parts in this order.
pub(super) fn contains_in_order(message: &str, parts: &[&str]) -> bool {
    let mut rest = message;
    parts.iter().all(|part| match rest.split_once(part) {
        Some((_, after)) => {
            rest = after;
            true
        }
        None => false,
    })
}

/// The rule that compares with the status is tested in `tests/e2e/scenarios/policies.rs`, because a manifest has no status.
fn uses_status(rule: &Value) -> bool {
    let expression = rule["rule"].as_str().unwrap();
    expression.contains("self.status.id")
}

/// Beginnings of rules about a whole structure. They report their error at the structure.
const WITHOUT_FIELD_PATH: [&str; 3] = [
    "self.paths == oldSelf.paths && ",
    "(has(self.s3OriginConfig) ? 1 : 0) + ",
    "(has(self.cloudFrontDefaultCertificate) ",
];

/// Collects the rules without a reason, and the rules of structures that report their error at no field.
fn incomplete<'a>(schema: &'a Value, found: &mut Vec<&'a Value>) {
    let own = schema["x-kubernetes-validations"].as_array();
    let is_structure = schema["properties"].is_object();
    found.extend(
        own.into_iter().flatten().filter(|rule| {
            rule["reason"].is_null() || (is_structure && rule["fieldPath"].is_null())
        }),
    );
    match schema {
        Value::Object(keywords) => keywords.values().for_each(|inner| incomplete(inner, found)),
        Value::Array(parts) => parts.iter().for_each(|inner| incomplete(inner, found)),
        _ => {}
    }
}

#[test]
fn every_rule_has_a_reason_and_reports_its_error_at_a_field() {
    let definitions =
        for_each_kind!(crd).map(|definition| serde_json::to_value(definition).unwrap());
    let mut found = vec![];
    for definition in &definitions {
        incomplete(definition, &mut found);
    }
    let (exempt, incomplete): (Vec<&Value>, Vec<&Value>) = found.into_iter().partition(|rule| {
        let expression = rule["rule"].as_str().unwrap();
        WITHOUT_FIELD_PATH
            .iter()
            .any(|beginning| expression.starts_with(beginning))
    });
    assert_eq!(incomplete, Vec::<&Value>::new());
    assert_eq!(exempt.len(), WITHOUT_FIELD_PATH.len());
}

#[track_caller]
fn assert_covered<K: Kind>() {
    let definition = serde_json::to_value(crd::<K>()).unwrap();
    let mut found = vec![];
    rules(&definition, &mut found);
    assert!(!found.is_empty());
    let cases = tables::cases::<K>();
    let untested = |rule: &&Value| {
        !cases
            .iter()
            .any(|case| contains_in_order(&case.message, &constant_parts(rule)))
    };
    found.retain(|rule| !uses_status(rule));
    let untested: Vec<&Value> = found.into_iter().filter(untested).collect();
    assert_eq!(untested, Vec::<&Value>::new());
}

#[test]
fn every_rule_of_each_kind_has_a_case() {
    for_each_kind!(assert_covered);
}
