//! `docs/reference/`: one page a kind, written from its custom resource definition.

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use serde_json::Value;
use std::fmt::Write;

/// The rules of one place of the schema.
struct Rules {
    path: String,
    all: Vec<Value>,
}

/// The page of a kind.
pub(crate) fn page(definition: &CustomResourceDefinition) -> String {
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
    refusals(&mut page, &rules);
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

fn columns(page: &mut String, columns: &Value) {
    page.push_str("## Columns\n\nWhat `kubectl get` shows; those of `-o wide` are marked.\n\n| column | where it comes from | |\n| --- | --- | --- |\n");
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

fn fields(page: &mut String, title: &str, name: &str, schema: &Value, rules: &mut Vec<Rules>) {
    let _ = write!(
        page,
        "\n## {title}\n\n{}\n\n| field | type | default | meaning |\n| --- | --- | --- | --- |\n",
        text(&schema["description"])
    );
    note_rules(name, schema, rules);
    members(page, name, schema, rules);
}

/// The rows of the fields below a place, each before its own fields.
fn members(page: &mut String, path: &str, schema: &Value, rules: &mut Vec<Rules>) {
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
            kind(field),
            cell(text(&field["description"]))
        );
        below(page, &path, field, rules);
    }
}

/// The fields of a field, of its items or of its values.
fn below(page: &mut String, path: &str, field: &Value, rules: &mut Vec<Rules>) {
    note_rules(path, field, rules);
    members(page, path, field, rules);
    for (suffix, inner) in [
        ("[]", &field["items"]),
        ("{}", &field["additionalProperties"]),
    ] {
        if inner.is_object() {
            below(page, &format!("{path}{suffix}"), inner, rules);
        }
    }
}

fn note_rules(path: &str, schema: &Value, rules: &mut Vec<Rules>) {
    let all: Vec<Value> = list(&schema["x-kubernetes-validations"]).cloned().collect();
    if !all.is_empty() {
        rules.push(Rules {
            path: path.to_owned(),
            all,
        });
    }
}

fn refusals(page: &mut String, rules: &[Rules]) {
    page.push_str("\n## Rules\n\nWhat `kubectl apply` refuses beyond types and bounds. `self` in a rule is the field that it stands at, and `oldSelf` the same field before the edit; … in a message stands for what is wrong there.\n");
    for place in rules {
        let _ = write!(page, "\n### {}\n\n", code(&place.path));
        for rule in &place.all {
            let message = match &rule["message"] {
                Value::String(message) => message.clone(),
                _ => told(text(&rule["messageExpression"])),
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

/// What an expression says, with … for what is filled in: the first text that it formats.
fn told(expression: &str) -> String {
    let found = expression
        .split_once("'.format(")
        .and_then(|(before, _)| before.rsplit_once('\''));
    match found {
        Some((_, message)) => ["%s", "%d", "……"]
            .iter()
            .fold(message.to_owned(), |message, place| {
                message.replace(place, "…")
            }),
        None => code(expression),
    }
}

/// The type of a field with its bounds, in words.
fn kind(schema: &Value) -> String {
    let inner = match text(&schema["type"]) {
        "array" => format!(" of {}", kind(&schema["items"])),
        "object" if schema["additionalProperties"].is_object() => {
            format!(" to {}", kind(&schema["additionalProperties"]))
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
    let mut words = vec![];
    let allowed: Vec<String> = list(&schema["enum"])
        .filter(|value| !value.is_null())
        .map(|value| code(&in_yaml(value)))
        .collect();
    if !allowed.is_empty() {
        words.push(allowed.join(" "));
    }
    words.extend(bounds(schema, "", "minimum", "maximum"));
    words.extend(bounds(schema, " characters", "minLength", "maxLength"));
    words.extend(bounds(schema, " items", "minItems", "maxItems"));
    words.extend(bounds(schema, " entries", "minProperties", "maxProperties"));
    if let Some(pattern) = schema["pattern"].as_str() {
        words.push(code(pattern));
    }
    match text(&schema["x-kubernetes-list-type"]) {
        "set" => words.push("no two equal".to_owned()),
        "map" => {
            let keys: Vec<&str> = list(&schema["x-kubernetes-list-map-keys"])
                .map(text)
                .collect();
            words.push(format!("no two with the same `{}`", keys.join("` and `")));
        }
        _ => {}
    }
    words
}

/// A value as one writes it: text without quotes, unless it would be read as something else.
fn in_yaml(value: &Value) -> String {
    match value {
        Value::String(text) if serde_json::from_str::<Value>(text).is_err() && !text.is_empty() => {
            text.clone()
        }
        value => value.to_string(),
    }
}

fn bounds(schema: &Value, of: &str, least: &str, most: &str) -> Option<String> {
    // JSON Schema's numbers are floats, and every bound of ours is whole.
    let number = |key: &str| schema[key].as_f64().map(|number| format!("{number:.0}"));
    match (number(least), number(most)) {
        (Some(least), Some(most)) if least == most => Some(format!("{least}{of}")),
        (Some(least), Some(most)) => Some(format!("{least} to {most}{of}")),
        (Some(least), None) => Some(format!("at least {least}{of}")),
        (None, Some(most)) => Some(format!("at most {most}{of}")),
        (None, None) => None,
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Text as code, whole in a table's cell.
fn code(text: &str) -> String {
    let fence = if text.contains('`') { "``" } else { "`" };
    format!("{fence}{}{fence}", cell(text))
}

/// Text that does not end a table's cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}
