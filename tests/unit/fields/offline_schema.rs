//! Evaluates the schema of a kind without an API server, in the steps of the API server: nulls of optional fields are removed, defaults are
//! added, the bounds are checked, and then the validation rules.

use kube_cel::{ValidationErrors, Validator, apply_defaults};
use serde_json::{Map, Value};

/// An error at a path such as `spec.origins[0].id`.
#[derive(Debug)]
pub(super) struct Violation {
    pub(super) path: String,
    /// The message of a rule, or the keyword of the schema.
    pub(super) message: String,
}

/// The violations of a spec.
pub(super) fn violations(schema: &Value, spec: &Value) -> Vec<Violation> {
    let mut spec = spec.clone();
    remove_nulls(schema, &mut spec);
    let spec = apply_defaults(schema, &spec);
    let mut found = vec![];
    check("spec", schema, &spec, &mut found);
    if found.is_empty() {
        let errors = Validator::new().validate(schema, &spec, None).err();
        let errors = errors.into_iter().flat_map(ValidationErrors::into_vec);
        found.extend(errors.map(|error| Violation {
            path: join("spec", &error.field_path),
            message: error.message,
        }));
    }
    found
}

fn join(parent: &str, path: &str) -> String {
    let path = path.trim_start_matches('.');
    if path.is_empty() || path.starts_with('[') {
        format!("{parent}{path}")
    } else {
        format!("{parent}.{path}")
    }
}

/// Removes the nulls that stand for absence.
fn remove_nulls(schema: &Value, value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields
                .retain(|name, value| !value.is_null() || schema["properties"].get(name).is_none());
            for (name, value) in fields {
                remove_nulls(&schema["properties"][name], value);
            }
        }
        Value::Array(items) => {
            for item in items {
                remove_nulls(&schema["items"], item);
            }
        }
        _ => {}
    }
}

fn check(path: &str, schema: &Value, value: &Value, found: &mut Vec<Violation>) {
    let mut add = |message: &str| {
        found.push(Violation {
            path: path.to_owned(),
            message: message.to_owned(),
        });
    };
    let kind = schema["type"].as_str().unwrap_or_default();
    let matches = match value {
        Value::String(_) => kind == "string",
        Value::Number(number) => kind == "number" || kind == "integer" && number.is_i64(),
        Value::Bool(_) => kind == "boolean",
        Value::Array(_) => kind == "array",
        Value::Object(_) => kind == "object",
        Value::Null => false,
    };
    if !matches {
        add("type");
        return;
    }
    for keyword in broken_bounds(schema, value) {
        add(keyword);
    }
    match value {
        Value::Object(fields) => check_fields(path, schema, fields, found),
        Value::Array(items) => check_items(path, schema, items, found),
        _ => {}
    }
}

/// The keywords whose bound a value of the right type exceeds.
fn broken_bounds(schema: &Value, value: &Value) -> Vec<&'static str> {
    let size = match value {
        Value::String(text) => Some(text.chars().count()),
        Value::Array(items) => Some(items.len()),
        Value::Object(fields) => Some(fields.len()),
        _ => None,
    };
    let size = size.map(|size| f64::from(u32::try_from(size).unwrap()));
    let number = value.as_f64();
    let below = |keyword: &str, size: Option<f64>| {
        size.zip(schema[keyword].as_f64())
            .is_some_and(|(size, bound)| size < bound)
    };
    let above = |keyword: &str, size: Option<f64>| {
        size.zip(schema[keyword].as_f64())
            .is_some_and(|(size, bound)| size > bound)
    };
    let is_outside = |values: &Vec<Value>| !values.contains(value);
    let is_int32 = value
        .as_i64()
        .is_none_or(|number| i32::try_from(number).is_ok());
    let broken = [
        ("minLength", below("minLength", size)),
        ("maxLength", above("maxLength", size)),
        ("minItems", below("minItems", size)),
        ("maxItems", above("maxItems", size)),
        ("maxProperties", above("maxProperties", size)),
        ("minimum", below("minimum", number)),
        ("maximum", above("maximum", number)),
        ("format", schema["format"] == "int32" && !is_int32),
        ("enum", schema["enum"].as_array().is_some_and(is_outside)),
    ];
    let broken = broken.into_iter().filter(|(_, is_broken)| *is_broken);
    broken.map(|(keyword, _)| keyword).collect()
}

fn check_fields(
    path: &str,
    schema: &Value,
    fields: &Map<String, Value>,
    found: &mut Vec<Violation>,
) {
    let mut add = |name: &str, message: &str| {
        found.push(Violation {
            path: join(path, name),
            message: message.to_owned(),
        });
    };
    for name in schema["required"].as_array().into_iter().flatten() {
        let name = name.as_str().unwrap_or_default();
        if !fields.contains_key(name) {
            add(name, "required");
        }
    }
    for (name, value) in fields {
        let values = &schema["additionalProperties"];
        match schema["properties"].get(name) {
            Some(property) => check(&join(path, name), property, value, found),
            None if values.is_object() => check(&join(path, name), values, value, found),
            None if schema["x-kubernetes-preserve-unknown-fields"] == true => {}
            None => found.push(Violation {
                path: join(path, name),
                message: "unknown".to_owned(),
            }),
        }
    }
}

fn check_items(path: &str, schema: &Value, items: &[Value], found: &mut Vec<Violation>) {
    let keys = schema["x-kubernetes-list-map-keys"].as_array();
    let identity = |item: &Value| -> Value {
        match keys {
            Some(keys) => {
                let own = keys.iter().map(|key| item[key.as_str().unwrap()].clone());
                own.collect()
            }
            None => item.clone(),
        }
    };
    let is_unique = ["set", "map"].contains(
        &schema["x-kubernetes-list-type"]
            .as_str()
            .unwrap_or_default(),
    );
    let mut known: Vec<Value> = vec![];
    for (index, item) in items.iter().enumerate() {
        let path = format!("{path}[{index}]");
        let identity = identity(item);
        if is_unique && known.contains(&identity) {
            found.push(Violation {
                path: path.clone(),
                message: "duplicate".to_owned(),
            });
        }
        known.push(identity);
        check(&path, &schema["items"], item, found);
    }
}
