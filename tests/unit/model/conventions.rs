//! Conventions of the schema: descriptions, bounds, list types and defaults.

use super::schema::schema;
use cloudfront_operator::{engine::Kind, for_each_kind};
use serde_json::Value;

/// Calls `visit` for every nested field and list item.
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

/// The fields and items in parts of a kind, `spec` and `status`, that break a convention.
fn violations<K: Kind>(parts: &[&str], is_broken: impl Fn(&str, &Value) -> bool) -> Vec<String> {
    let mut violations = vec![];
    for part in parts {
        walk(K::KIND, &schema::<K>(part), &mut |path, schema| {
            if is_broken(path, schema) {
                violations.push(path.to_owned());
            }
        });
    }
    violations
}

#[track_caller]
fn assert_none(is_broken: impl Fn(&str, &Value) -> bool + Copy) {
    assert_none_in(&["spec"], is_broken);
}

#[track_caller]
fn assert_none_in(parts: &[&str], is_broken: impl Fn(&str, &Value) -> bool + Copy) {
    let violations = for_each_kind!(violations, parts, is_broken).concat();
    assert_eq!(violations, Vec::<String>::new());
}

/// The fields and the structures in lists without a description that is a sentence.
fn undescribed<K: Kind>(part: &str) -> Vec<String> {
    let mut undescribed = vec![];
    let part_schema = schema::<K>(part);
    walk(
        &format!("{}.{part}", K::KIND),
        &part_schema,
        &mut |path, schema| {
            let description = schema["description"].as_str().unwrap_or_default();
            let is_scalar =
                schema["type"] != "object" && (path.ends_with("[]") || path.ends_with("{}"));
            if !description.ends_with('.') && !is_scalar {
                undescribed.push(path.to_owned());
            }
        },
    );
    undescribed
}

#[test]
fn every_field_is_described() {
    let all = ["spec", "status"].map(|part| for_each_kind!(undescribed, part).concat());
    assert_eq!(all.concat(), Vec::<String>::new());
}

#[test]
fn descriptions_have_short_sentences() {
    const MAX_WORDS: usize = 30;
    assert_none_in(&["spec", "status"], |_, schema| {
        let description = schema["description"].as_str().unwrap_or_default();
        let is_long = |sentence: &str| sentence.split_whitespace().count() > MAX_WORDS;
        description.split(". ").any(is_long)
    });
}

#[test]
fn every_string_is_bounded() {
    assert_none(|_, schema| {
        schema["type"] == "string" && schema["enum"].is_null() && !schema["maxLength"].is_u64()
    });
}

#[test]
fn every_list_is_bounded_and_has_a_list_type() {
    assert_none(|_, schema| schema["type"] == "array" && !schema["maxItems"].is_u64());
    assert_none(|_, schema| {
        schema["type"] == "array" && !schema["x-kubernetes-list-type"].is_string()
    });
    assert_none(|_, schema| {
        schema["additionalProperties"].is_object() && !schema["maxProperties"].is_u64()
    });
}

/// The entities have no field that identifies them: two keys can have one provider, and an object can have the key. Nor has a stream, whose ARN a
/// ConfigMap can have, or a key-value store, whose ARN an object can have.
#[test]
fn only_lists_with_a_significant_order_or_without_a_key_are_atomic() {
    let atomic = |_: &str, schema: &Value| schema["x-kubernetes-list-type"] == "atomic";
    assert_eq!(
        for_each_kind!(violations, &["spec"], atomic).concat(),
        [
            "Distribution.cacheBehaviors",
            "Distribution.originGroups[].members",
            "FieldLevelEncryptionProfile.encryptionEntities",
            "Function.functionConfig.keyValueStoreAssociations",
            "KeyValueStore.itemsFrom",
            "RealtimeLogConfig.endPoints"
        ]
    );
}

/// The texts of a default in a description.
fn default_texts(default: &Value) -> Vec<String> {
    match default {
        Value::String(text) if text.is_empty() => vec!["empty".into(), "none".into()],
        Value::String(text) => vec![format!("`{text}`")],
        Value::Array(items) if items.is_empty() => vec!["none".into()],
        Value::Array(items) => {
            let values: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
            vec![
                format!("`{}`", values.join("` and `")),
                values.join(" and "),
            ]
        }
        Value::Object(members) if members.is_empty() => vec!["none".into()],
        other => vec![other.to_string()],
    }
}

#[track_caller]
fn assert_defaults_described<K: Kind>() {
    let derived = serde_json::to_value(K::crd()).unwrap();
    let spec = &derived["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"];
    let mut undescribed = vec![];
    walk(K::KIND, spec, &mut |path, schema| {
        let Some(default) = schema.get("default").filter(|it| !it.is_null()) else {
            return;
        };
        let description = schema["description"]
            .as_str()
            .unwrap_or_default()
            .replace('\n', " ");
        if !default_texts(default)
            .iter()
            .any(|text| description.contains(&format!("Default: {text}")))
        {
            undescribed.push(format!("{path}: {default}"));
        }
    });
    assert_eq!(undescribed, Vec::<String>::new());
}

/// This includes defaults of fields inside of lists, which are removed from the schema.
#[test]
fn every_default_is_described() {
    for_each_kind!(assert_defaults_described);
}

/// `kubectl apply` compares whole lists. A default inside of a list would make it differ from its manifest.
#[test]
fn fields_inside_of_lists_have_no_default() {
    assert_none(|path, schema| path.contains("[]") && !schema["default"].is_null());
}

#[test]
fn enums_do_not_contain_null() {
    assert_none(|_, schema| {
        schema["enum"]
            .as_array()
            .is_some_and(|values| values.contains(&Value::Null))
    });
}
