//! Values that break the validation rules of a leaf. They are found by evaluation of each rule with candidates.

use kube_cel::{ErrorKind, ValidationErrors, Validator};
use serde_json::{Map, Value, json};

/// For each rule of a leaf a value that breaks it. The second result has the rules that no candidate breaks.
pub(super) fn find(node: &Value, valid: &Value) -> (Vec<Value>, Vec<String>) {
    let (mut broken, mut unbroken) = (vec![], vec![]);
    for rule in rules(node) {
        let candidates = candidates(node, valid, rule["rule"].as_str().unwrap());
        match candidates.into_iter().find(|it| breaks(node, rule, it)) {
            Some(value) => broken.push(value),
            None => unbroken.push(format!("no candidate breaks the rule {}", rule["rule"])),
        }
    }
    (broken, unbroken)
}

fn rules(node: &Value) -> impl Iterator<Item = &Value> {
    let rules = node["x-kubernetes-validations"].as_array();
    rules.into_iter().flatten()
}

/// Whether a value breaks this one rule.
fn breaks(node: &Value, rule: &Value, value: &Value) -> bool {
    let mut only = node.clone();
    only["x-kubernetes-validations"] = json!([rule]);
    let errors = Validator::new().validate(&only, value, None).err();
    errors
        .into_iter()
        .flat_map(ValidationErrors::into_vec)
        .any(|error| matches!(error.kind, ErrorKind::ValidationFailure))
}

fn candidates(node: &Value, valid: &Value, rule: &str) -> Vec<Value> {
    let bounded = |texts: Vec<String>, node: &Value| -> Vec<Value> {
        let bounds = node["minLength"].as_u64().unwrap_or(0)
            ..=node["maxLength"].as_u64().unwrap_or(u64::MAX);
        let fits = |text: &String| bounds.contains(&(text.len() as u64));
        texts.into_iter().filter(fits).map(Value::String).collect()
    };
    match node["type"].as_str() {
        Some("string") => bounded(texts(valid.as_str().unwrap_or_default(), rule), node),
        Some("integer") => integers(node),
        Some("number") => vec![json!(0.00015), json!(0.5)],
        Some("array") => {
            let first = &valid[0];
            let texts = texts(first.as_str().unwrap_or_default(), rule);
            lists(first, &bounded(texts, &node["items"]))
        }
        _ => maps(&texts("key", rule)),
    }
}

/// Texts that differ from a valid one, also by the texts in the rule.
fn texts(valid: &str, rule: &str) -> Vec<String> {
    const PARTS: [&str; 12] = [
        "\u{1}", " ", "é", "/", ".", "..", "*", "~", ",", "[", "!", "x",
    ];
    let quoted = rule.split('\'').skip(1).step_by(2);
    let mut all = vec![
        String::new(),
        valid.to_uppercase(),
        valid.to_lowercase(),
        "1.2.3.4".to_owned(),
        "x".repeat(300),
    ];
    for part in PARTS.into_iter().chain(quoted) {
        all.push(format!("{valid}{part}"));
        all.push(format!("{part}{valid}"));
        all.push(part.to_owned());
        all.push(format!("{part}x"));
        all.push(format!("{part}x{part}x"));
        all.push(format!("{valid}{part}x"));
    }
    let tags = ["*", ",", "~"].map(|part| format!("#a{part}b"));
    all.extend(tags);
    all
}

/// The integers of the range, or its first ones.
fn integers(node: &Value) -> Vec<Value> {
    let least = node["minimum"].as_f64().unwrap_or(0.0);
    let most = node["maximum"].as_f64().unwrap_or(f64::MAX);
    let all = (0..10_000_i64).map(Value::from);
    all.filter(|it| it.as_f64().is_some_and(|it| (least..=most).contains(&it)))
        .collect()
}

fn lists(first: &Value, texts: &[Value]) -> Vec<Value> {
    let pairs = texts.iter().map(|text| json!([first, text]));
    let series = texts.iter().map(|text| {
        let text = text.as_str().unwrap_or_default();
        (0..50)
            .map(|number| Value::String(format!("/{number}{text}")))
            .collect()
    });
    pairs.chain(series).collect()
}

fn maps(texts: &[String]) -> Vec<Value> {
    let one = |key: &str, value: &str| -> Value {
        let entry = [(key.to_owned(), Value::from(value))];
        entry.into_iter().collect::<Map<String, Value>>().into()
    };
    let keys = texts.iter().map(|text| one(text, "x"));
    keys.chain(texts.iter().map(|text| one("key", text)))
        .collect()
}
