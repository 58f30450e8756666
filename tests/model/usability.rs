//! The schema is a user interface, and what the API server prices rules by.

use super::schema::schema;
use cloudfront_operator::{
    engine::Kind,
    kinds::{
        distribution::Distribution, invalidation::Invalidation,
        origin_access_identity::OriginAccessIdentity,
        streaming_distribution::StreamingDistribution,
    },
};
use serde_json::Value;

/// Calls `visit` for every field and list item below.
fn walk(path: &str, schema: &Value, visit: &mut impl FnMut(&str, &Value)) {
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let path = format!("{path}.{name}");
        visit(&path, property);
        walk(&path, property, visit);
    }
    for (suffix, inner) in [
        ("[]", &schema["items"]),
        ("{}", &schema["additionalProperties"]),
    ] {
        if inner.is_object() {
            let path = format!("{path}{suffix}");
            visit(&path, inner);
            walk(&path, inner, visit);
        }
    }
}

/// The fields and items of a kind's spec of which `wrong` is true.
fn offenders<K: Kind>(wrong: impl Fn(&str, &Value) -> bool) -> Vec<String> {
    let mut offenders = vec![];
    walk(K::KIND, &schema::<K>("spec"), &mut |path, schema| {
        if wrong(path, schema) {
            offenders.push(path.to_owned());
        }
    });
    offenders
}

#[track_caller]
fn none(wrong: impl Fn(&str, &Value) -> bool + Copy) {
    let offenders = [
        offenders::<Distribution>(wrong),
        offenders::<Invalidation>(wrong),
        offenders::<OriginAccessIdentity>(wrong),
        offenders::<StreamingDistribution>(wrong),
    ]
    .concat();
    assert_eq!(offenders, Vec::<String>::new());
}

#[test]
fn every_field_is_described() {
    let is_field = |path: &str| !path.ends_with("[]") && !path.ends_with("{}");
    none(|path, schema| {
        is_field(path)
            && schema["description"]
                .as_str()
                .is_none_or(|text| !text.ends_with('.'))
    });
}

#[test]
fn every_string_is_bounded() {
    none(|_, schema| {
        schema["type"] == "string" && schema["enum"].is_null() && !schema["maxLength"].is_u64()
    });
}

#[test]
fn every_list_is_bounded_and_says_how_managers_share_it() {
    none(|_, schema| schema["type"] == "array" && !schema["maxItems"].is_u64());
    none(|_, schema| schema["type"] == "array" && !schema["x-kubernetes-list-type"].is_string());
    none(|_, schema| {
        schema["additionalProperties"].is_object() && !schema["maxProperties"].is_u64()
    });
}

#[test]
fn only_lists_whose_order_has_a_meaning_are_replaced_as_a_whole() {
    let atomic = |_: &str, schema: &Value| schema["x-kubernetes-list-type"] == "atomic";
    assert_eq!(
        offenders::<Distribution>(atomic),
        [
            "Distribution.cacheBehaviors",
            "Distribution.originGroups[].members"
        ]
    );
    assert_eq!(
        [
            offenders::<Invalidation>(atomic),
            offenders::<OriginAccessIdentity>(atomic),
            offenders::<StreamingDistribution>(atomic)
        ]
        .concat(),
        Vec::<String>::new()
    );
}

#[test]
fn null_is_no_word() {
    none(|_, schema| {
        schema["enum"]
            .as_array()
            .is_some_and(|words| words.contains(&Value::Null))
    });
}
