//! The leaves of a schema, with the limits and rules that apply to them.

use serde_json::Value;

/// A field without fields of its own.
pub(crate) struct Leaf {
    /// The path below the spec, such as `origins[].id`.
    pub(crate) path: String,
    /// The rules that involve it: first its own, then those of the structures around it.
    pub(crate) rules: Vec<Rule>,
    own_rules: usize,
    schema: Value,
    is_required: bool,
}

/// A validation rule.
pub(crate) struct Rule(Value);

impl Rule {
    fn expression(&self) -> &str {
        self.0["rule"].as_str().unwrap_or_default()
    }

    /// Whether the expression has all of these names.
    pub(crate) fn involves_all(&self, names: &[&str]) -> bool {
        let is_name = |character: char| character.is_alphanumeric();
        let all = names.iter().all(|name| {
            let mut words = self.expression().split(|it| !is_name(it));
            words.any(|word| word == *name)
        });
        all && !names.is_empty()
    }

    /// Whether a message is that of the rule.
    pub(crate) fn explains(&self, message: &str) -> bool {
        let parts = if let Some(text) = self.0["message"].as_str() {
            vec![text]
        } else {
            let expression = self.0["messageExpression"].as_str().unwrap_or_default();
            // The first string of each message expression is the format.
            let format = expression.split('\'').nth(1).unwrap_or_default();
            format.split("%s").flat_map(|it| it.split("%d")).collect()
        };
        let mut rest = message;
        parts.iter().all(|part| match rest.split_once(part) {
            Some((_, after)) => {
                rest = after;
                true
            }
            None => false,
        })
    }
}

impl Leaf {
    /// Whether a message of the API server is about the leaf.
    pub(crate) fn is_checked_by(&self, message: &str) -> bool {
        // The cases name the first item of a list.
        let is_own = message
            .replace("[0]", "[]")
            .strip_prefix(&format!("spec.{}", self.path))
            .is_some_and(|rest| rest.starts_with([':', '[']));
        let outer = &self.rules[self.own_rules..];
        is_own || outer.iter().any(|rule| rule.explains(message))
    }

    /// Describes the limits of the schema.
    pub(crate) fn limits(&self) -> Vec<String> {
        let item = &self.schema["items"];
        let text = if item.is_object() { item } else { &self.schema };
        let mut limits = vec![];
        limits.extend(bounds(&self.schema, "minItems", "maxItems", " items"));
        limits.extend(bounds(text, "minLength", "maxLength", " characters"));
        limits.extend(bounds(text, "minimum", "maximum", ""));
        if text["enum"].is_array() {
            limits.push("enum".to_owned());
        }
        if self.is_required {
            limits.push("required".to_owned());
        }
        limits
    }
}

fn bounds(schema: &Value, min: &str, max: &str, unit: &str) -> Option<String> {
    let bound = |name: &str| schema[name].as_f64().map(|it| format!("{it:.0}"));
    match (bound(min), bound(max)) {
        (Some(min), Some(max)) => Some(format!("{min} to {max}{unit}")),
        (None, Some(max)) => Some(format!("at most {max}{unit}")),
        (Some(min), None) => Some(format!("at least {min}{unit}")),
        (None, None) => None,
    }
}

/// Returns the leaves below a schema.
pub(crate) fn leaves(schema: &Value) -> Vec<Leaf> {
    let mut leaves = vec![];
    add("", schema, &mut vec![], false, &mut leaves);
    leaves
}

/// Adds the leaves below a part of a schema. `outer` are the structures around it, with their paths.
fn add<'a>(
    path: &str,
    schema: &'a Value,
    outer: &mut Vec<(String, &'a Value)>,
    is_required: bool,
    leaves: &mut Vec<Leaf>,
) {
    if schema["items"]["properties"].is_object() {
        return add(&format!("{path}[]"), &schema["items"], outer, false, leaves);
    }
    let Some(properties) = schema["properties"].as_object() else {
        leaves.push(Leaf {
            path: path.to_owned(),
            rules: rules_of(path, schema, outer),
            own_rules: own_rules(schema).count(),
            schema: schema.clone(),
            is_required,
        });
        return;
    };
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    outer.push((path.to_owned(), schema));
    for (name, property) in properties {
        let below = if path.is_empty() {
            name.clone()
        } else {
            format!("{path}.{name}")
        };
        let is_required = required.iter().any(|it| it == name);
        add(&below, property, outer, is_required, leaves);
    }
    outer.pop();
}

/// Returns the rules of a leaf, of its items, and those of the structures around it that mention it.
fn rules_of(path: &str, schema: &Value, outer: &[(String, &Value)]) -> Vec<Rule> {
    let mut found: Vec<Rule> = own_rules(schema).cloned().map(Rule).collect();
    for (around, structure) in outer {
        let below = path.strip_prefix(around.as_str()).unwrap_or(path);
        let mention = format!("self.{}", below.trim_start_matches('.'));
        let mentions = |rule: &&Value| {
            let expression = rule["rule"].as_str().unwrap_or_default();
            let mut ends = expression.split(&mention).skip(1);
            ends.any(|rest| !rest.starts_with(|it: char| it.is_alphanumeric()))
        };
        found.extend(rules(structure).filter(mentions).cloned().map(Rule));
    }
    found
}

/// Returns the rules of a leaf and of its items.
fn own_rules(schema: &Value) -> impl Iterator<Item = &Value> {
    rules(schema).chain(rules(&schema["items"]))
}

fn rules(schema: &Value) -> impl Iterator<Item = &Value> {
    schema["x-kubernetes-validations"]
        .as_array()
        .into_iter()
        .flatten()
}
