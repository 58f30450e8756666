//! The XML of a configuration with all fields has exactly the elements of the model, with the same names, nesting and item names.

use super::{
    schema::schema,
    service_model::{Form, shape},
};
use cloudfront_operator::{
    engine::{InputField, InputSource, Kind, ResolvedReferences, ValueFormat},
    for_each_kind,
    kinds::distribution::{Distribution, DistributionConfig, DistributionSpec},
    xml::{Element, from_element, to_element},
};
use serde_json::{Map, Value, json};

/// A value with every field of a schema, except references, which are not sent.
fn with_all_fields(schema: &Value) -> Value {
    if let Some(values) = schema["enum"].as_array() {
        return values[0].clone();
    }
    match schema["type"].as_str().unwrap() {
        "object" => {
            let properties = schema["properties"].as_object().into_iter().flatten();
            let is_source = |name: &str| {
                ["Ref", "Refs", "From"].iter().any(|it| name.ends_with(it))
                    || name.starts_with("managed")
            };
            let sent = properties.filter(|(name, _)| !is_source(name));
            sent.map(|(name, inner)| (name.clone(), with_all_fields(inner)))
                .collect::<Map<_, _>>()
                .into()
        }
        "array" => json!([with_all_fields(&schema["items"])]),
        "integer" => json!(7),
        "number" => json!(7.5),
        "boolean" => json!(true),
        "string" => json!("text"),
        other => panic!("unknown type {other}"),
    }
}

/// Collects the differences of an element from the model.
fn compare(element: &Element, path: &str, name: &str, differences: &mut Vec<String>) {
    let model = shape(name);
    let present = || element.children().iter().filter(|child| !child.is_absent());
    match model.form() {
        Form::Leaf(_) if present().next().is_none() => {}
        Form::Leaf(_) => differences.push(format!("{path} has elements")),
        Form::List {
            has_quantity: false,
            item,
            of,
        } => items(element, path, item, of, differences),
        Form::List {
            has_quantity: true,
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
                    // The engine sets what identifies a resource.
                    None if ["CallerReference", "Name"].contains(&member.as_str()) => {}
                    None => differences.push(format!("{path}/{member} is missing")),
                }
            }
            let added = present().filter(|child| !model.members.contains_key(child.name()));
            differences
                .extend(added.map(|child| format!("{path}/{} is not in the model", child.name())));
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

/// The engine adds the tags to a create.
fn without_tags(config: &str, differences: &mut Vec<String>) {
    let missing = format!("{config}/Tags is missing");
    differences.retain(|it| *it != missing);
}

#[track_caller]
fn assert_equal_to_model(config: &Element, name: &str) {
    let mut differences = vec![];
    compare(config, name, name, &mut differences);
    without_tags(name, &mut differences);
    assert_eq!(differences, Vec::<String>::new());
}

fn distribution() -> DistributionConfig {
    let spec: DistributionSpec =
        serde_json::from_value(with_all_fields(&schema::<Distribution>("spec"))).unwrap();
    spec.config
}

#[test]
fn a_distribution_with_all_fields_can_be_read_back() {
    let config = to_element(Distribution::API.config, &distribution()).unwrap();
    let document = Element::parse(config.to_string().as_bytes()).unwrap();
    assert_eq!(
        from_element::<DistributionConfig>(&document).unwrap(),
        distribution()
    );
}

/// The only text with several lines that a kind sends.
const PUBLIC_KEY: &str = "-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----\n";

fn assert_elements<K: Kind>() {
    if K::KIND == Distribution::KIND {
        // Its configuration leaves out members that others replace, so that only the types have all of them.
        let config = to_element(K::API.config, &distribution()).unwrap();
        return assert_equal_to_model(&config, K::API.config);
    }
    let mut spec = with_all_fields(&schema::<K>("spec"));
    let is_multi_line =
        |it: &&InputField| matches!(it.source, InputSource::Value(ValueFormat::MultiLine));
    for input in K::INPUTS.iter().filter(is_multi_line) {
        spec[input.path] = json!(PUBLIC_KEY);
    }
    let object = json!({ "metadata": { "name": "all" }, "spec": spec });
    let object: K = serde_json::from_value(object).unwrap();
    let config = object.config(&ResolvedReferences::default()).unwrap();
    assert_equal_to_model(&config, K::API.config);
}

#[test]
fn each_kind_with_all_fields_has_the_elements_of_the_model() {
    for_each_kind!(assert_elements);
}
