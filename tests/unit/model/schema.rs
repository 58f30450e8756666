//! The schema has exactly the members of the model, with the same types.

use super::{
    exceptions::{ADDED, OMITTED, OPTIONAL, REQUIRED, contains},
    service_model::{Form, Shape, field, shape},
};
use cloudfront_operator::{
    engine::{DocumentForm, FlatDocuments, Kind, ResourceApi, crd},
    for_each_kind,
};
use serde_json::Value;
use std::collections::BTreeSet;

/// The schema of a kind's spec or status.
pub(super) fn schema<K: Kind>(part: &str) -> Value {
    let definition = serde_json::to_value(crd::<K>()).unwrap();
    let schema =
        &definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"][part];
    assert!(schema.is_object(), "{} has no {part}", K::KIND);
    schema.clone()
}

/// Collects differences from the model that are not deliberate.
struct Comparison {
    /// The path of the configuration in the status.
    configuration: String,
    differences: Vec<String>,
    /// The paths of the fields that name the source of another field's value.
    sources: Vec<String>,
}

impl Comparison {
    fn expect(&mut self, is_equal: bool, difference: impl FnOnce() -> String) {
        if !is_equal {
            self.differences.push(difference());
        }
    }

    fn compare(&mut self, path: &str, schema: &Value, name: &str) {
        let model = shape(name);
        let (type_, format) = match model.form() {
            Form::Structure => {
                self.structure(path, schema, model);
                ("object", None)
            }
            Form::List { of, .. } => {
                self.compare(&format!("{path}[]"), &schema["items"], of);
                ("array", None)
            }
            Form::Leaf("integer") => ("integer", Some("int32")),
            Form::Leaf("long") => ("integer", Some("int64")),
            Form::Leaf("float") => ("number", Some("float")),
            Form::Leaf("double") => ("number", Some("double")),
            Form::Leaf("boolean") => ("boolean", None),
            Form::Leaf("timestamp" | "blob") => ("string", None),
            Form::Leaf("string") => {
                self.text(path, schema, model);
                ("string", None)
            }
            Form::Leaf(other) => panic!("{path}: unknown type {other}"),
        };
        self.expect(schema["type"] == type_, || {
            format!("{path} is {}, not {type_}", schema["type"])
        });
        self.expect(schema["format"].as_str() == format, || {
            format!("{path} has format {}", schema["format"])
        });
    }

    fn structure(&mut self, path: &str, schema: &Value, model: &Shape) {
        let properties = schema["properties"].as_object().unwrap();
        let mut added: BTreeSet<&str> = properties.keys().map(String::as_str).collect();
        for (member, target) in model.fields() {
            let field = field(member);
            let path = format!("{path}.{field}");
            added.remove(field.as_str());
            if member == "Tags" {
                // The spec has them as a map.
                continue;
            }
            let is_omitted = contains(&OMITTED, &path) || path == self.configuration;
            let Some(property) = properties.get(&field) else {
                self.expect(is_omitted, || format!("{path} is missing"));
                continue;
            };
            self.expect(!is_omitted, || {
                format!("{path} exists, but is listed as omitted")
            });
            self.required(
                &path,
                schema,
                model.required.iter().any(|it| it == member),
                property,
            );
            let description = property["description"].as_str().unwrap_or_default();
            self.expect(
                !target.deprecated || description.starts_with("Deprecated"),
                || format!("the description of {path} does not begin with Deprecated"),
            );
            self.compare(&path, property, &target.shape);
        }
        for field in added {
            let path = format!("{path}.{field}");
            let is_source = self.sources.contains(&path);
            self.expect(is_source || contains(&ADDED, &path), || {
                format!("{path} is not in the model")
            });
        }
    }

    /// A required member is required in the schema, or its description has a default. A default inside of a list is not in the schema. The
    /// status is not checked, because CloudFront sets all of its fields.
    fn required(&mut self, path: &str, parent: &Value, model: bool, property: &Value) {
        let name = path.rsplit('.').next().unwrap();
        let listed = parent["required"]
            .as_array()
            .is_some_and(|all| all.iter().any(|it| it == name));
        if path.contains(".status.") {
            return;
        }
        let description = property["description"].as_str().unwrap_or_default();
        let optional = description.contains("Default: ") || contains(&OPTIONAL, path);
        self.expect(!model || listed || optional, || {
            format!("{path} is not required")
        });
        self.expect(model || !listed || contains(&REQUIRED, path), || {
            format!("{path} is required, but not by CloudFront")
        });
    }

    fn text(&mut self, path: &str, schema: &Value, model: &Shape) {
        let values: BTreeSet<&str> = model.values.iter().map(String::as_str).collect();
        let listed = schema["enum"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        let listed: BTreeSet<&str> = listed.iter().map(|value| value.as_str().unwrap()).collect();
        // A status must be readable if CloudFront adds a value.
        let is_open = path.contains(".status.") && listed.is_empty();
        self.expect(is_open || listed == values, || {
            format!("{path} is one of {listed:?}, not of {values:?}")
        });
        let limit = |bound: Option<u64>, keyword: &str| {
            bound.is_none_or(|bound| schema[keyword].as_u64() == Some(bound))
        };
        self.expect(limit(model.max, "maxLength"), || {
            format!("{path} is not limited to {:?}", model.max)
        });
        self.expect(limit(model.min.filter(|min| *min > 0), "minLength"), || {
            format!("{path} may be empty")
        });
    }
}

/// The schema at a path such as `spec.origins[].id`.
fn find<K: Kind>(path: &str) -> Option<Value> {
    let (part, below) = path.split_once('.')?;
    below
        .split('.')
        .try_fold(schema::<K>(part), |schema, name| {
            let (name, items) = name
                .strip_suffix("[]")
                .map_or((name, false), |name| (name, true));
            let property = schema.get("properties")?.get(name)?;
            if items {
                property.get("items").cloned()
            } else {
                Some(property.clone())
            }
        })
}

/// Returns the paths of the siblings of the fields that can take their value from another object.
fn sources<K: Kind>() -> Vec<String> {
    let paths = K::INPUTS.iter().map(|input| {
        let (structure, _) = input.split();
        let path = [K::KIND, "spec", structure, &input.source_name()];
        path.join(".").replace("..", ".")
    });
    paths.collect()
}

/// Checks that the status has the members that CloudFront assigns to a resource in the flat form.
fn assert_has_assigned_fields<K: Kind>(flat: &FlatDocuments) {
    let mut status = schema::<K>("status");
    let fields = status["properties"].as_object_mut().unwrap();
    let names = flat.assigned.iter().map(|(_, name)| *name);
    for name in names.filter(|name| *name != "Id") {
        let name = field(name);
        assert!(fields.contains_key(&name), "{} has no {name}", K::KIND);
    }
}

#[track_caller]
fn assert_equal_to_model<K: Kind>(part: &str, name: fn(&ResourceApi) -> &'static str) {
    let mut comparison = Comparison {
        configuration: format!("{}.status.{}", K::KIND, field(K::API.config)),
        differences: vec![],
        sources: sources::<K>(),
    };
    if let (DocumentForm::Flat(flat), "status") = (&K::API.form, part) {
        return assert_has_assigned_fields::<K>(flat);
    }
    let path = format!("{}.{part}", K::KIND);
    comparison.compare(&path, &schema::<K>(part), name(K::API));
    assert_eq!(comparison.differences, Vec::<String>::new());
}

#[test]
fn the_spec_of_each_kind_has_its_configuration() {
    for_each_kind!(assert_equal_to_model, "spec", |api| api.config);
}

#[test]
fn the_status_of_each_kind_has_the_fields_that_cloudfront_assigns() {
    for_each_kind!(assert_equal_to_model, "status", |api| api.document);
}

/// Adds the paths below a schema.
fn add_paths(path: &str, schema: &Value, found: &mut BTreeSet<String>) {
    found.insert(path.to_owned());
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        add_paths(&format!("{path}.{name}"), member, found);
    }
    if schema["items"].is_object() {
        add_paths(&format!("{path}[]"), &schema["items"], found);
    }
}

/// Checks that the fields with another source, and no others, are declared.
fn assert_declared<K: Kind>() {
    let mut paths = BTreeSet::new();
    add_paths(
        &format!("{}.spec", K::KIND),
        &schema::<K>("spec"),
        &mut paths,
    );
    for input in K::INPUTS {
        let path = format!("{}.spec.{}", K::KIND, input.path);
        assert!(paths.contains(&path), "{path} is not in the schema");
    }
    let is_source = |path: &&String| {
        path.ends_with("Ref")
            || path.ends_with("Refs")
            || path.ends_with("From")
            || path.contains(".managed") && path.ends_with("Policy")
    };
    let keys = [
        ".secretKeyRef",
        ".configMapKeyRef",
        ".secretRef",
        ".configMapRef",
    ];
    let is_key = |path: &&String| keys.iter().any(|it| path.ends_with(it));
    let named = paths.iter().filter(is_source).filter(|it| !is_key(it));
    let declared: BTreeSet<String> = sources::<K>().into_iter().collect();
    assert_eq!(named.cloned().collect::<BTreeSet<_>>(), declared);
}

#[test]
fn each_field_that_names_a_source_belongs_to_a_declared_field() {
    for_each_kind!(assert_declared);
}

/// Whether a kind has a path such as `Distribution.spec.comment`. `*` is any kind.
fn has<K: Kind>(path: &str) -> bool {
    let (kind, below) = path.split_once('.').unwrap();
    [K::KIND, "*"].contains(&kind) && find::<K>(below).is_some()
}

#[test]
fn every_exception_is_still_needed() {
    for (path, _) in ADDED.iter().chain(&OPTIONAL) {
        assert!(for_each_kind!(has, path).contains(&true), "{path}");
    }
}
