//! Generates the sections of `docs/development/restrictions.md` about the kinds that API version 2016-01-13 does not have, from the schema, the
//! evidence and the cases of admission.

use super::{
    pages::newer_kinds,
    schema::{Leaf, leaves},
};
use cloudfront_operator::engine::KindDefinition;
use serde_json::Value;
use std::{collections::BTreeMap, fs, path::PathBuf};

const HEAD: &str = "| field | evidence | at apply | cases |\n| --- | --- | --- | --- |\n";

/// A case of admission: its name and its message.
type Case = (String, String);

/// Returns the page with the generated sections before that of `Invalidation`.
pub(crate) fn page(present: &str) -> String {
    let mut page = present.to_owned();
    for entry in newer_kinds() {
        let heading = format!("## {}\n", entry.kind);
        let end = "\n## ";
        if !page.contains(&heading) {
            page = page.replacen(
                "## Invalidation\n",
                &format!("{heading}\n## Invalidation\n"),
                1,
            );
        }
        let (before, rest) = page.split_once(&heading).expect("the heading was added");
        let after = rest.find(end).map_or("", |at| &rest[at..]);
        page = [before, &heading, "\n", &section(entry), after].concat();
    }
    page
}

fn section(entry: &KindDefinition) -> String {
    let definition = serde_json::to_value(entry.crd()).expect("it is JSON");
    let spec =
        &definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"];
    let (leaves, cases, evidence) = (leaves(spec), cases(entry.kind), evidence(entry.kind));
    let mut text = HEAD.to_owned();
    for leaf in &leaves {
        let found = match evidence.fields.get(&leaf.path).map(String::as_str) {
            None => "of the operator",
            Some("none found") => "none found",
            Some(_) => "yes",
        };
        let row = format!(
            "| `{}` | {found} | {} | {} |\n",
            leaf.path,
            at_apply(leaf),
            names(&cases, |message| leaf.is_checked_by(message))
        );
        text.push_str(&row);
    }
    if !evidence.rules.is_empty() {
        let head = "| fields | at apply | cases |\n| --- | --- | --- |\n";
        let heading = format!("\n### Rules between fields of {}\n\n{head}", entry.kind);
        text.push_str(&heading);
    }
    for members in &evidence.rules {
        let fields: Vec<&str> = members.split('`').skip(1).step_by(2).collect();
        let rules = leaves.iter().flat_map(|leaf| &leaf.rules);
        let own: Vec<_> = rules.filter(|rule| rule.involves_all(&fields)).collect();
        let tested = names(&cases, |message| {
            own.iter().any(|rule| rule.explains(message))
        });
        let row = format!(
            "| {members} | {} | {tested} |\n",
            if own.is_empty() { "no" } else { "yes" }
        );
        text.push_str(&row);
    }
    text
}

/// Describes what the API server checks.
fn at_apply(leaf: &Leaf) -> String {
    let mut parts = vec![];
    match leaf.rules.len() {
        0 => {}
        1 => parts.push("1 rule".to_owned()),
        count => parts.push(format!("{count} rules")),
    }
    parts.extend(leaf.limits());
    let text = if parts.is_empty() {
        "–".to_owned()
    } else {
        parts.join(", ")
    };
    match leaf.path.as_str() {
        "name" => text + "; only CloudFront knows which names exist",
        _ => text,
    }
}

/// Returns the names of the cases with these messages.
fn names(cases: &[Case], is_meant: impl Fn(&str) -> bool) -> String {
    let meant = cases.iter().filter(|(_, message)| is_meant(message));
    let names: Vec<String> = meant.map(|(name, _)| format!("`{name}`")).collect();
    if names.is_empty() {
        "–".to_owned()
    } else {
        names.join(", ")
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Returns the cases of a kind.
fn cases(kind: &str) -> Vec<Case> {
    let admission = root().join("tests/api/admission");
    let folder = admission.join(super::chart::words(kind).to_lowercase().replace(' ', "_"));
    let files = fs::read_dir(&folder);
    let files = files.unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<_> = files.map(|it| it.expect("it can be read").path()).collect();
    files.retain(|file| !file.ends_with("base.yaml"));
    files.sort();
    files.push(admission.join("management.yaml"));
    let texts = files
        .iter()
        .map(|file| fs::read_to_string(file).expect("it is a text"));
    let cases = texts.flat_map(|text| serde_saphyr::from_str::<Vec<Value>>(&text).expect("cases"));
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    cases
        .map(|it| (text(&it["case"]), text(&it["message"])))
        .collect()
}

/// What the simulator's page says about a kind.
struct Evidence {
    /// The restriction of each member.
    fields: BTreeMap<String, String>,
    /// The members of each rule between members.
    rules: Vec<String>,
}

fn evidence(kind: &str) -> Evidence {
    let page = root().join("crates/cloudfront-simulator/RESTRICTIONS.md");
    let page = fs::read_to_string(page).expect("the page exists");
    let (_, section) = page
        .split_once(&format!("\n## {kind}\n"))
        .unwrap_or_else(|| panic!("RESTRICTIONS.md needs a section about {kind}"));
    let section = section.split("\n## ").next().unwrap_or_default();
    let (fields, rules) = section.split_once("\n### ").unwrap_or((section, ""));
    let rows = |text: &str| -> Vec<Vec<String>> {
        let lines = text.lines().filter(|line| line.starts_with("| "));
        let cells = lines.map(|line| {
            line.trim_matches('|')
                .split(" | ")
                .map(|it| it.trim().to_owned())
                .collect()
        });
        // The first two rows are the head of the table.
        cells.skip(2).collect()
    };
    let fields = rows(fields)
        .into_iter()
        .map(|row| (row[0].replace('`', ""), row[1].clone()));
    let rules = rows(rules).into_iter().map(|row| row[0].clone());
    Evidence {
        fields: fields.collect(),
        rules: rules.collect(),
    }
}
