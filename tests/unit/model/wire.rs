//! A configuration that says everything is, as XML, the model with nothing missing: names, nesting, and what items are called.

use super::{
    facts::{Form, shape},
    schema::schema,
};
use cloudfront_operator::{
    engine::{Kind, ResolvedReferences},
    kinds::{
        distribution::{Distribution, DistributionConfig, DistributionSpec},
        invalidation::{Invalidation, InvalidationSpec},
        origin_access_identity::{OriginAccessIdentity, OriginAccessIdentitySpec},
        streaming_distribution::{StreamingDistribution, StreamingDistributionSpec},
    },
    xml::{Element, from_element, to_element},
};
use serde_json::{Map, Value, json};

/// A value for every field that the schema has; references aside, which are not for the wire.
fn everything(schema: &Value) -> Value {
    if let Some(words) = schema["enum"].as_array() {
        return words[0].clone();
    }
    match schema["type"].as_str().unwrap() {
        "object" => {
            let properties = schema["properties"].as_object().into_iter().flatten();
            let named =
                properties.filter(|(name, _)| !name.ends_with("Ref") && *name != "headerValueFrom");
            named
                .map(|(name, inner)| (name.clone(), everything(inner)))
                .collect::<Map<_, _>>()
                .into()
        }
        "array" => json!([everything(&schema["items"])]),
        "integer" => json!(7),
        "boolean" => json!(true),
        "string" => json!("text"),
        other => panic!("the test does not know {other}"),
    }
}

/// What of the model the element lacks, and what it has beside the model.
fn compare(element: &Element, path: &str, name: &str, differences: &mut Vec<String>) {
    let model = shape(name);
    let present = || element.children().iter().filter(|child| !child.is_absent());
    match model.form() {
        Form::Leaf(_) if present().next().is_none() => {}
        Form::Leaf(_) => differences.push(format!("{path} has elements")),
        Form::List {
            counted: false,
            item,
            of,
        } => items(element, path, item, of, differences),
        Form::List {
            counted: true,
            item,
            of,
        } => {
            let names: Vec<&str> = present().map(Element::name).collect();
            if names != ["Quantity", "Items"] {
                differences.push(format!("{path} has {names:?}"));
            }
            items(element.child("Items").unwrap(), path, item, of, differences);
        }
        Form::Structure => {
            for (member, target) in &model.members {
                match element.child(member) {
                    Some(child) => compare(
                        child,
                        &format!("{path}/{member}"),
                        &target.shape,
                        differences,
                    ),
                    None if member == "CallerReference" => {}
                    None => differences.push(format!("{path}/{member} is missing")),
                }
            }
            let invented = present().filter(|child| !model.members.contains_key(child.name()));
            differences
                .extend(invented.map(|child| format!("{path}/{} is invented", child.name())));
        }
    }
}

fn items(list: &Element, path: &str, item: &str, of: &str, differences: &mut Vec<String>) {
    let [only] = list.children() else {
        differences.push(format!("{path} has {} items, not 1", list.children().len()));
        return;
    };
    if only.name() != item {
        differences.push(format!(
            "items of {path} are <{}>, not <{item}>",
            only.name()
        ));
    }
    compare(only, &format!("{path}/{item}"), of, differences);
}

#[track_caller]
fn is_the_model(config: &Element, name: &str) {
    let mut differences = vec![];
    compare(config, name, name, &mut differences);
    assert_eq!(differences, Vec::<String>::new());
}

fn distribution() -> DistributionConfig {
    let spec: DistributionSpec =
        serde_json::from_value(everything(&schema::<Distribution>("spec"))).unwrap();
    spec.config
}

#[test]
fn a_distribution_that_says_everything_is_written_as_the_model_has_it() {
    let config = to_element(Distribution::CONFIG, &distribution()).unwrap();
    is_the_model(&config, Distribution::CONFIG);
}

#[test]
fn a_distribution_that_says_everything_is_read_as_it_was_written() {
    let config = to_element(Distribution::CONFIG, &distribution()).unwrap();
    let document = Element::parse(config.to_string().as_bytes()).unwrap();
    assert_eq!(
        from_element::<DistributionConfig>(&document).unwrap(),
        distribution()
    );
}

#[test]
fn an_identity_that_says_everything_is_written_as_the_model_has_it() {
    let spec: OriginAccessIdentitySpec =
        serde_json::from_value(everything(&schema::<OriginAccessIdentity>("spec"))).unwrap();
    let config = OriginAccessIdentity::new("site", spec)
        .config(&ResolvedReferences::default())
        .unwrap();
    is_the_model(&config, OriginAccessIdentity::CONFIG);
}

#[test]
fn an_invalidation_that_says_everything_is_written_as_the_model_has_it() {
    let spec: InvalidationSpec =
        serde_json::from_value(everything(&schema::<Invalidation>("spec"))).unwrap();
    let config = Invalidation::new("release", spec)
        .config(&ResolvedReferences::default())
        .unwrap();
    is_the_model(&config, Invalidation::CONFIG);
}

#[test]
fn a_streaming_distribution_that_says_everything_is_written_as_the_model_has_it() {
    let spec: StreamingDistributionSpec =
        serde_json::from_value(everything(&schema::<StreamingDistribution>("spec"))).unwrap();
    let config = StreamingDistribution::new("media", spec)
        .config(&ResolvedReferences::default())
        .unwrap();
    is_the_model(&config, StreamingDistribution::CONFIG);
}
