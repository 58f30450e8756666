//! The schema has the members of the model, no others, and describes them alike.

use super::{
    deliberate::{ADDED, OMITTED, OPTIONAL, lists},
    facts::{Form, Shape, field, shape},
};
use cloudfront_operator::{
    engine::{Kind, crd},
    kinds::{
        distribution::Distribution, invalidation::Invalidation,
        origin_access_identity::OriginAccessIdentity,
        streaming_distribution::StreamingDistribution,
    },
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

/// How a schema differs from the model, where that is not deliberate.
#[derive(Default)]
struct Comparison {
    differences: Vec<String>,
}

impl Comparison {
    fn expect(&mut self, holds: bool, difference: impl FnOnce() -> String) {
        if !holds {
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
            Form::Leaf("boolean") => ("boolean", None),
            Form::Leaf("timestamp") => ("string", None),
            Form::Leaf("string") => {
                self.text(path, schema, model);
                ("string", None)
            }
            Form::Leaf(other) => panic!("{path}: the test does not know {other}"),
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
        let mut invented: BTreeSet<&str> = properties.keys().map(String::as_str).collect();
        for (member, target) in model.fields() {
            let field = field(member);
            let path = format!("{path}.{field}");
            invented.remove(field.as_str());
            let Some(property) = properties.get(&field) else {
                self.expect(lists(&OMITTED, &path), || format!("{path} is missing"));
                continue;
            };
            self.expect(!lists(&OMITTED, &path), || {
                format!("{path} is there, though listed as omitted")
            });
            self.required(
                &path,
                schema,
                model.required.iter().any(|it| it == member),
                property,
            );
            let says = property["description"].as_str().unwrap_or_default();
            self.expect(!target.deprecated || says.starts_with("Deprecated"), || {
                format!("{path} does not say that it is deprecated")
            });
            self.compare(&path, property, &target.shape);
        }
        for field in invented {
            let path = format!("{path}.{field}");
            self.expect(lists(&ADDED, &path), || format!("{path} is invented"));
        }
    }

    /// What the model requires is required, or has a default: the schema has it, or, inside of lists, its text tells it. In a status CloudFront fills everything in.
    fn required(&mut self, path: &str, parent: &Value, model: bool, property: &Value) {
        let name = path.rsplit('.').next().unwrap();
        let listed = parent["required"]
            .as_array()
            .is_some_and(|all| all.iter().any(|it| it == name));
        if path.contains(".status.") {
            return;
        }
        let says = property["description"].as_str().unwrap_or_default();
        let optional = says.contains("Default: ") || lists(&OPTIONAL, path);
        self.expect(!model || listed || optional, || {
            format!("{path} is not required")
        });
        self.expect(model || !listed, || {
            format!("{path} is required, but not by CloudFront")
        });
    }

    fn text(&mut self, path: &str, schema: &Value, model: &Shape) {
        let words: BTreeSet<&str> = model.words.iter().map(String::as_str).collect();
        let listed = schema["enum"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        let listed: BTreeSet<&str> = listed.iter().map(|word| word.as_str().unwrap()).collect();
        // A status must be readable whatever CloudFront calls things tomorrow.
        let open = path.contains(".status.") && listed.is_empty();
        self.expect(open || listed == words, || {
            format!("{path} is one of {listed:?}, not of {words:?}")
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

#[track_caller]
fn corresponds<K: Kind>(part: &str, name: &str) {
    let mut comparison = Comparison::default();
    comparison.compare(&format!("{}.{part}", K::KIND), &schema::<K>(part), name);
    assert_eq!(comparison.differences, Vec::<String>::new());
}

#[test]
fn the_spec_of_a_distribution_is_its_configuration() {
    corresponds::<Distribution>("spec", "DistributionConfig");
}

#[test]
fn the_spec_of_an_identity_is_its_configuration() {
    corresponds::<OriginAccessIdentity>("spec", "CloudFrontOriginAccessIdentityConfig");
}

#[test]
fn the_spec_of_an_invalidation_is_its_batch() {
    corresponds::<Invalidation>("spec", "InvalidationBatch");
}

#[test]
fn the_spec_of_a_streaming_distribution_is_its_configuration() {
    corresponds::<StreamingDistribution>("spec", "StreamingDistributionConfig");
}

#[test]
fn the_status_of_a_distribution_has_what_cloudfront_answers_beside_its_configuration() {
    corresponds::<Distribution>("status", "Distribution");
}

#[test]
fn the_status_of_an_identity_has_what_cloudfront_answers_beside_its_configuration() {
    corresponds::<OriginAccessIdentity>("status", "CloudFrontOriginAccessIdentity");
}

#[test]
fn the_status_of_an_invalidation_has_what_cloudfront_answers_beside_its_batch() {
    corresponds::<Invalidation>("status", "Invalidation");
}

#[test]
fn the_status_of_a_streaming_distribution_has_what_cloudfront_answers_beside_its_configuration() {
    corresponds::<StreamingDistribution>("status", "StreamingDistribution");
}

#[test]
fn every_deliberate_addition_is_still_there() {
    for (path, _) in ADDED.iter().chain(&OPTIONAL) {
        let (kind, below) = path.split_once('.').unwrap();
        let found = [
            (kind == "Distribution").then(|| find::<Distribution>(below)),
            (kind == "OriginAccessIdentity" || kind == "*")
                .then(|| find::<OriginAccessIdentity>(below)),
            (kind == "Invalidation").then(|| find::<Invalidation>(below)),
            (kind == "StreamingDistribution").then(|| find::<StreamingDistribution>(below)),
        ];
        assert!(
            found.into_iter().flatten().any(|schema| schema.is_some()),
            "{path}"
        );
    }
}
