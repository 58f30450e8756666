//! No rule is without a case that breaks it.

use super::cases;
use cloudfront_operator::{
    engine::{Kind, crd},
    kinds::{
        distribution::Distribution, invalidation::Invalidation,
        origin_access_identity::OriginAccessIdentity,
        streaming_distribution::StreamingDistribution,
    },
};
use serde_json::Value;

/// All rules of a schema.
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

/// What a rule's message says for sure, in order.
pub(super) fn constant_parts(rule: &Value) -> Vec<&str> {
    if let Some(message) = rule["message"].as_str() {
        return vec![message];
    }
    // The first string of each message expression is the sentence.
    let expression = rule["messageExpression"].as_str().unwrap();
    let sentence = expression.split('\'').nth(1).unwrap();
    sentence
        .split("%s")
        .flat_map(|part| part.split("%d"))
        .collect()
}

pub(super) fn says(message: &str, parts: &[&str]) -> bool {
    let mut rest = message;
    parts.iter().all(|part| match rest.split_once(part) {
        Some((_, after)) => {
            rest = after;
            true
        }
        None => false,
    })
}

/// The rule that compares with the status is broken in `tests/e2e/scenarios/policies.rs`: a manifest has no status.
fn speaks_of_the_status(rule: &Value) -> bool {
    let expression = rule["rule"].as_str().unwrap();
    expression.contains("self.status.id")
}

#[track_caller]
fn every_rule_has_a_case<K: Kind>(folder: &str) {
    let definition = serde_json::to_value(crd::<K>()).unwrap();
    let mut found = vec![];
    rules(&definition, &mut found);
    assert!(!found.is_empty());
    let cases = cases::of(folder);
    let untested = |rule: &&Value| {
        !cases
            .iter()
            .any(|case| says(&case.message, &constant_parts(rule)))
    };
    found.retain(|rule| !speaks_of_the_status(rule));
    let untested: Vec<&Value> = found.into_iter().filter(untested).collect();
    assert_eq!(untested, Vec::<&Value>::new());
}

#[test]
fn every_rule_of_a_distribution_has_a_case() {
    every_rule_has_a_case::<Distribution>("distribution");
}

#[test]
fn every_rule_of_an_identity_has_a_case() {
    every_rule_has_a_case::<OriginAccessIdentity>("origin_access_identity");
}

#[test]
fn every_rule_of_an_invalidation_has_a_case() {
    every_rule_has_a_case::<Invalidation>("invalidation");
}

#[test]
fn every_rule_of_a_streaming_distribution_has_a_case() {
    every_rule_has_a_case::<StreamingDistribution>("streaming_distribution");
}
