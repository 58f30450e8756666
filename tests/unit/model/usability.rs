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

/// The fields of a part of a kind, and the structures in its lists, without a sentence about them.
fn undescribed<K: Kind>(part: &str) -> Vec<String> {
    let mut undescribed = vec![];
    let whole = schema::<K>(part);
    walk(
        &format!("{}.{part}", K::KIND),
        &whole,
        &mut |path, schema| {
            let says = schema["description"].as_str().unwrap_or_default();
            let scalar =
                schema["type"] != "object" && (path.ends_with("[]") || path.ends_with("{}"));
            if !says.ends_with('.') && !scalar {
                undescribed.push(path.to_owned());
            }
        },
    );
    undescribed
}

#[test]
fn every_field_is_described() {
    let all = ["spec", "status"].map(|part| {
        [
            undescribed::<Distribution>(part),
            undescribed::<Invalidation>(part),
            undescribed::<OriginAccessIdentity>(part),
            undescribed::<StreamingDistribution>(part),
        ]
        .concat()
    });
    assert_eq!(all.concat(), Vec::<String>::new());
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

/// A default, as a description tells it.
fn told(default: &Value) -> Vec<String> {
    match default {
        Value::String(text) if text.is_empty() => vec!["empty".into(), "none".into()],
        Value::String(text) => vec![format!("`{text}`")],
        Value::Array(items) if items.is_empty() => vec!["none".into()],
        Value::Array(items) => {
            let words: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
            vec![format!("`{}`", words.join("` and `")), words.join(" and ")]
        }
        Value::Object(members) if members.is_empty() => vec!["none".into()],
        other => vec![other.to_string()],
    }
}

#[track_caller]
fn tells_its_defaults<K: Kind>() {
    let derived = serde_json::to_value(K::crd()).unwrap();
    let spec = &derived["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"];
    let mut silent = vec![];
    walk(K::KIND, spec, &mut |path, schema| {
        let Some(default) = schema.get("default").filter(|it| !it.is_null()) else {
            return;
        };
        let says = schema["description"]
            .as_str()
            .unwrap_or_default()
            .replace('\n', " ");
        if !told(default)
            .iter()
            .any(|text| says.contains(&format!("Default: {text}")))
        {
            silent.push(format!("{path}: {default}"));
        }
    });
    assert_eq!(silent, Vec::<String>::new());
}

/// Also where the schema has it no more, because the field is inside of a list.
#[test]
fn every_default_is_told() {
    tells_its_defaults::<Distribution>();
    tells_its_defaults::<Invalidation>();
    tells_its_defaults::<OriginAccessIdentity>();
    tells_its_defaults::<StreamingDistribution>();
}

/// `kubectl apply` compares lists as a whole: a default inside would make each differ from its manifest.
#[test]
fn nothing_inside_of_a_list_has_a_default() {
    none(|path, schema| path.contains("[]") && !schema["default"].is_null());
}

#[test]
fn null_is_no_word() {
    none(|_, schema| {
        schema["enum"]
            .as_array()
            .is_some_and(|words| words.contains(&Value::Null))
    });
}
