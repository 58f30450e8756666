//! Values that the schema of a leaf does not allow, one or more for each bound that it has.

use super::rule_breakers;
use serde_json::{Map, Value, json};

/// How a value is bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Form {
    Type,
    Null,
    Enum,
    Range,
    Length,
    Duplicate,
    ControlCharacter,
    Rule,
    UnknownField,
}

/// A bad value of a leaf.
#[derive(Debug)]
pub(super) struct BadValue {
    pub(super) form: Form,
    /// The path of the bad part below the leaf, such as `[2]`.
    pub(super) below: String,
    pub(super) value: Value,
}

impl BadValue {
    fn new(form: Form, value: Value) -> Self {
        Self {
            form,
            below: String::new(),
            value,
        }
    }

    /// Puts the value into a list or a map.
    fn inside(self, below: &str, place: impl FnOnce(Value) -> Value) -> Self {
        Self {
            form: self.form,
            below: below.to_owned() + &self.below,
            value: place(self.value),
        }
    }
}

/// All bad values of a leaf with this schema and this valid value. An error names a bound that is missing, or a rule that no value breaks.
pub(super) fn all(node: &Value, valid: &Value) -> (Vec<BadValue>, Vec<String>) {
    let mut found = vec![BadValue::new(Form::Type, wrong_type(node))];
    found.push(BadValue::new(Form::Null, Value::Null));
    let mut problems = vec![];
    match node["type"].as_str() {
        Some("array") => lists(node, valid, &mut found, &mut problems),
        // JSON without a schema of its own.
        Some("object") if node["x-kubernetes-preserve-unknown-fields"] == true => {}
        Some("object") => maps(node, &mut found, &mut problems),
        Some("string") => texts(node, valid, &mut found, &mut problems),
        Some("integer") => integers(node, &mut found, &mut problems),
        Some("number") => numbers(node, &mut found, &mut problems),
        Some("boolean") => {}
        other => problems.push(format!("type {other:?}")),
    }
    let (broken, unbroken) = rule_breakers::find(node, valid);
    let broken = broken.into_iter();
    found.extend(broken.map(|value| BadValue::new(Form::Rule, value)));
    problems.extend(unbroken);
    (found, problems)
}

fn wrong_type(node: &Value) -> Value {
    match node["type"].as_str() {
        Some("string") => 7.into(),
        Some("integer" | "number") => "7".into(),
        Some("boolean") => "true".into(),
        _ => "x".into(),
    }
}

fn texts(node: &Value, valid: &Value, found: &mut Vec<BadValue>, problems: &mut Vec<String>) {
    let valid = valid.as_str().unwrap_or("x");
    if node["enum"].is_array() {
        found.push(BadValue::new(Form::Enum, format!("{valid}-other").into()));
        return;
    }
    if node["minLength"].as_u64().is_some_and(|least| least > 0) {
        found.push(BadValue::new(Form::Length, "".into()));
    }
    match node["maxLength"].as_u64() {
        Some(most) => found.push(BadValue::new(Form::Length, padded(valid, most + 1).into())),
        None => problems.push("no maximum length".into()),
    }
    // It is as long as the valid text.
    let mut unprintable = valid.to_owned();
    unprintable.pop();
    unprintable.push('\u{1}');
    found.push(BadValue::new(Form::ControlCharacter, unprintable.into()));
}

/// The text with its last character repeated to this length.
fn padded(text: &str, length: u64) -> String {
    let missing = usize::try_from(length).unwrap().saturating_sub(text.len());
    let last = text.chars().last().unwrap_or('x');
    text.chars()
        .chain(std::iter::repeat_n(last, missing))
        .collect()
}

fn integers(node: &Value, found: &mut Vec<BadValue>, problems: &mut Vec<String>) {
    let limit = |keyword: &str| node[keyword].as_f64().map(|limit| json!(limit).to_string());
    let whole = |limit: Option<String>| limit?.trim_end_matches(".0").parse::<i64>().ok();
    let most = whole(limit("maximum")).or((node["format"] == "int32").then_some(i32::MAX.into()));
    for (bound, step) in [(whole(limit("minimum")), -1), (most, 1)] {
        match bound {
            Some(bound) => found.push(BadValue::new(Form::Range, (bound + step).into())),
            None => problems.push("no range".into()),
        }
    }
    found.push(BadValue::new(Form::Type, 1.5.into()));
}

fn numbers(node: &Value, found: &mut Vec<BadValue>, problems: &mut Vec<String>) {
    for (keyword, step) in [("minimum", -0.5), ("maximum", 0.5)] {
        match node[keyword].as_f64() {
            Some(bound) => found.push(BadValue::new(Form::Range, json!(bound + step))),
            None => problems.push("no range".into()),
        }
    }
}

fn lists(node: &Value, valid: &Value, found: &mut Vec<BadValue>, problems: &mut Vec<String>) {
    let items = valid.as_array().cloned().unwrap_or_default();
    let item = &node["items"];
    let first = items.first().cloned().unwrap_or_default();
    if node["minItems"].as_u64().is_some_and(|least| least > 0) {
        found.push(BadValue::new(Form::Length, json!([])));
    }
    match node["maxItems"].as_u64() {
        Some(most) => found.push(BadValue::new(
            Form::Length,
            numbered(item, &first, most + 1),
        )),
        None => problems.push("no maximum of items".into()),
    }
    if node["x-kubernetes-list-type"] == "set" {
        let repeated = [&items[..], std::slice::from_ref(&first)].concat();
        found.push(
            BadValue::new(Form::Duplicate, repeated.into())
                .inside(&format!("[{}]", items.len()), |list| list),
        );
    }
    let (bad, missing) = all(item, &first);
    problems.extend(missing.into_iter().map(|it| format!("items: {it}")));
    found.extend(bad.into_iter().map(|bad| {
        bad.inside(&format!("[{}]", items.len()), |value| {
            [&items[..], &[value]].concat().into()
        })
    }));
}

/// Items that differ, unless the schema has too few values.
fn numbered(item: &Value, first: &Value, count: u64) -> Value {
    let values = item["enum"].as_array();
    let one = |number: u64| match (values, first.as_str()) {
        (Some(values), _) => values[usize::try_from(number).unwrap() % values.len()].clone(),
        (None, Some(text)) => format!("{text}{number}").into(),
        (None, None) => number.into(),
    };
    (0..count).map(one).collect()
}

fn maps(node: &Value, found: &mut Vec<BadValue>, problems: &mut Vec<String>) {
    let entries = |count: u64| -> Value {
        let all = (0..count).map(|number| (format!("key-{number}"), "x".into()));
        all.collect::<Map<String, Value>>().into()
    };
    match node["maxProperties"].as_u64() {
        Some(most) => found.push(BadValue::new(Form::Length, entries(most + 1))),
        None => problems.push("no maximum of entries".into()),
    }
    let (bad, missing) = all(&node["additionalProperties"], &"x".into());
    problems.extend(missing.into_iter().map(|it| format!("values: {it}")));
    found.extend(
        bad.into_iter()
            .map(|bad| bad.inside(".key", |value| json!({"key": value}))),
    );
}
