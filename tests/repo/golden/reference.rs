//! Generates the page of a kind in `docs/reference/` from its CustomResourceDefinition.

use cloudfront_operator::engine::{Attribute, InputField, InputSource, ReadyWhen};
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use serde_json::Value;
use std::fmt::Write;

/// The validation rules of the fields that have the same.
struct FieldRules {
    paths: Vec<String>,
    rules: Vec<Value>,
}

/// Returns the page of a kind.
pub(crate) fn page(definition: &CustomResourceDefinition, inputs: &[InputField]) -> String {
    let names = &definition.spec.names;
    let version = serde_json::to_value(&definition.spec.versions[0]).expect("it is JSON");
    let schema = &version["schema"]["openAPIV3Schema"];
    let mut page = format!("# {}\n\n", names.kind);
    let short = names.short_names.clone().unwrap_or_default().join(", ");
    let _ = write!(
        page,
        "<!-- Generated from crds/{}.yaml by `UPDATE=1 cargo test -p cloudfront-operator --test golden`; do not edit. -->\n\n{}\n\n\
         `apiVersion: {}/{}`, `kind: {}`; resource `{}`, short name `{short}`, namespaced.\n\n",
        names.plural,
        text(&schema["description"]),
        definition.spec.group,
        text(&version["name"]),
        names.kind,
        names.plural,
    );
    columns(&mut page, &version["additionalPrinterColumns"]);
    let properties = &schema["properties"];
    let mut rules = vec![];
    fields(&mut page, "Spec", "spec", &properties["spec"], &mut rules);
    references(&mut page, inputs);
    validation_rules(&mut page, &rules);
    let status = "status";
    fields(
        &mut page,
        "Status",
        status,
        &properties[status],
        &mut vec![],
    );
    page
}

/// Writes the fields that can take their value from another object.
fn references(page: &mut String, inputs: &[InputField]) {
    if inputs.is_empty() {
        return;
    }
    page.push_str(
        "\n## References\n\nFields that can take their value from another object of the same namespace. The operator waits for that object.\n\n\
         | field | instead | object | ready when |\n| --- | --- | --- | --- |\n",
    );
    for input in inputs {
        let (object, ready) = match input.source {
            InputSource::Object {
                kind, ready_when, ..
            } => match ready_when {
                ReadyWhen::Exists => (kind, "it has an id"),
                ReadyWhen::Deployed => (kind, "its resource is deployed"),
                ReadyWhen::Published => (kind, "a version of its code is published"),
                ReadyWhen::Provided => (kind, "CloudFront has created its resource completely"),
            },
            InputSource::Objects {
                kind,
                attribute: Attribute::DomainName,
            } => (kind, "it has a domain name"),
            InputSource::Objects { kind, .. } => (kind, "each has an id"),
            InputSource::Value(_) | InputSource::Documents => {
                ("Secret or ConfigMap", "it has the key")
            }
            InputSource::Name { .. } => continue,
        };
        let _ = writeln!(
            page,
            "| {} | {} | {object} | {ready} |",
            code(&format!("spec.{}", input.path)),
            code(&input.source_name()),
        );
    }
}

fn columns(page: &mut String, columns: &Value) {
    page.push_str("## Columns\n\nColumns of `kubectl get`. The marked columns require `-o wide`.\n\n| column | source | |\n| --- | --- | --- |\n");
    for column in columns.as_array().into_iter().flatten() {
        let wide = column["priority"].as_i64().unwrap_or(0) > 0;
        let _ = writeln!(
            page,
            "| {} | {} | {} |",
            text(&column["name"]).to_uppercase(),
            code(text(&column["jsonPath"])),
            if wide { "wide" } else { "" }
        );
    }
}

fn fields(page: &mut String, title: &str, name: &str, schema: &Value, rules: &mut Vec<FieldRules>) {
    let _ = write!(
        page,
        "\n## {title}\n\n{}\n\n| field | type | default | meaning |\n| --- | --- | --- | --- |\n",
        text(&schema["description"])
    );
    collect_rules(name, schema, rules);
    members(page, name, schema, rules);
}

/// Writes the rows of the fields of an object, each before its own fields.
fn members(page: &mut String, path: &str, schema: &Value, rules: &mut Vec<FieldRules>) {
    let required: Vec<&str> = list(&schema["required"]).map(text).collect();
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        let path = format!("{path}.{name}");
        let default = match &field["default"] {
            Value::Null if required.contains(&name.as_str()) => "required".to_owned(),
            Value::Null => String::new(),
            default => code(&in_yaml(default)),
        };
        let _ = writeln!(
            page,
            "| {} | {} | {default} | {} |",
            code(&path),
            type_of(field),
            cell(text(&field["description"]))
        );
        nested(page, &path, field, rules);
    }
}

/// Writes the rows of the fields inside a field, its items, or its values.
fn nested(page: &mut String, path: &str, field: &Value, rules: &mut Vec<FieldRules>) {
    collect_rules(path, field, rules);
    members(page, path, field, rules);
    for (suffix, inner) in [
        ("[]", &field["items"]),
        ("{}", &field["additionalProperties"]),
    ] {
        if inner.is_object() {
            nested(page, &format!("{path}{suffix}"), inner, rules);
        }
    }
}

fn collect_rules(path: &str, schema: &Value, rules: &mut Vec<FieldRules>) {
    let of_field: Vec<Value> = list(&schema["x-kubernetes-validations"]).cloned().collect();
    if of_field.is_empty() {
        return;
    }
    match rules.iter_mut().find(|it| it.rules == of_field) {
        Some(same) => same.paths.push(path.to_owned()),
        None => rules.push(FieldRules {
            paths: vec![path.to_owned()],
            rules: of_field,
        }),
    }
}

fn validation_rules(page: &mut String, rules: &[FieldRules]) {
    page.push_str("\n## Rules\n\nRules that the API server checks in addition to types and bounds. `self` in a rule is the field above it, and `oldSelf` is its value \
         before the update. `…` in a message stands for the invalid value.\n");
    for field in rules {
        let paths: Vec<String> = field.paths.iter().map(|path| code(path)).collect();
        let _ = match &paths[..] {
            few @ ([_] | [_, _]) => write!(page, "\n### {}\n\n", few.join(" and ")),
            many => write!(
                page,
                "\n### {} fields\n\n{}:\n\n",
                many.len(),
                many.join(", ")
            ),
        };
        for rule in &field.rules {
            let message = match &rule["message"] {
                Value::String(message) => message.clone(),
                _ => message_template(text(&rule["messageExpression"])),
            };
            let _ = writeln!(
                page,
                "- {message}\n\n      {}\n",
                text(&rule["rule"]).replace('\n', "\n      ")
            );
        }
        page.truncate(page.trim_end().len());
        page.push('\n');
    }
}

/// Returns the message of an expression with … for its variable parts: the first text that it formats.
fn message_template(expression: &str) -> String {
    let template = expression
        .split_once("'.format(")
        .and_then(|(before, _)| before.rsplit_once('\''));
    match template {
        Some((_, message)) => ["%s", "%d", "……"]
            .iter()
            .fold(message.to_owned(), |message, placeholder| {
                message.replace(placeholder, "…")
            }),
        None => code(expression),
    }
}

/// Describes the type of a field with its bounds.
fn type_of(schema: &Value) -> String {
    let inner = match text(&schema["type"]) {
        "array" => format!(" of {}", type_of(&schema["items"])),
        "object" if schema["additionalProperties"].is_object() => {
            format!(" to {}", type_of(&schema["additionalProperties"]))
        }
        _ => String::new(),
    };
    let name = match text(&schema["type"]) {
        "array" => "list",
        "object" if !inner.is_empty() => "map",
        "" => "any",
        type_ => type_,
    };
    let limits = limits(schema).join(", ");
    let limits = if limits.is_empty() {
        limits
    } else {
        format!(" ({limits})")
    };
    format!("{name}{limits}{inner}")
}

fn limits(schema: &Value) -> Vec<String> {
    let mut limits = vec![];
    let allowed: Vec<String> = list(&schema["enum"])
        .filter(|value| !value.is_null())
        .map(|value| code(&in_yaml(value)))
        .collect();
    if !allowed.is_empty() {
        limits.push(allowed.join(" "));
    }
    limits.extend(bounds(schema, "", "minimum", "maximum"));
    limits.extend(bounds(schema, " characters", "minLength", "maxLength"));
    limits.extend(bounds(schema, " items", "minItems", "maxItems"));
    limits.extend(bounds(schema, " entries", "minProperties", "maxProperties"));
    if let Some(pattern) = schema["pattern"].as_str() {
        limits.push(code(pattern));
    }
    match text(&schema["x-kubernetes-list-type"]) {
        "set" => limits.push("no two equal".to_owned()),
        "map" => {
            let keys: Vec<&str> = list(&schema["x-kubernetes-list-map-keys"])
                .map(text)
                .collect();
            limits.push(format!("no two with the same `{}`", keys.join("` and `")));
        }
        _ => {}
    }
    limits
}

/// Formats a value as YAML. Text has no quotes, unless YAML would read it as another type.
fn in_yaml(value: &Value) -> String {
    match value {
        Value::String(text) if serde_json::from_str::<Value>(text).is_err() && !text.is_empty() => {
            text.clone()
        }
        value => value.to_string(),
    }
}

fn bounds(schema: &Value, unit: &str, min: &str, max: &str) -> Option<String> {
    // Numbers in JSON Schema are floats. All bounds in these schemas are whole numbers.
    let number = |key: &str| schema[key].as_f64().map(|number| format!("{number:.0}"));
    match (number(min), number(max)) {
        (Some(min), Some(max)) if min == max => Some(format!("{min}{unit}")),
        (Some(min), Some(max)) => Some(format!("{min} to {max}{unit}")),
        (Some(min), None) => Some(format!("at least {min}{unit}")),
        (None, Some(max)) => Some(format!("at most {max}{unit}")),
        (None, None) => None,
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Formats text as code in the cell of a table.
fn code(text: &str) -> String {
    let fence = if text.contains('`') { "``" } else { "`" };
    format!("{fence}{}{fence}", cell(text))
}

/// Escapes text for the cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}
