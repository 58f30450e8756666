//! Each leaf of each kind with each value that its schema does not allow. The API server refuses the manifest with a sentence about the leaf,
//! and the offline evaluation agrees. The values come from the schema (see `bad_values`).

use super::{
    admission::with_ids,
    bad_values::{self, BadValue, Form},
    dry_run::{DryRun, Response},
    leaf_case::{LeafCase, State},
    offline_schema::{Violation, violations},
    schema::{Schema, schema_path},
    spec_edit,
    tables::KindTables,
};
use cloudfront_operator::{engine::Kind, for_each_kind};
use futures::future::LocalBoxFuture;
use serde_json::{Value, json};
use std::{collections::BTreeMap, fmt::Write};

/// A manifest with one bad value.
struct BadManifest {
    leaf: String,
    form: Form,
    /// The path of the bad value.
    path: String,
    spec: Value,
    /// The spec without the leaf. A null of an optional field stands for absence, which the API server decides before it validates.
    absent: Option<Value>,
}

impl BadManifest {
    fn name(&self) -> String {
        format!("{} with a bad {:?}", self.path, self.form)
    }
}

/// All bad manifests of a kind. An error names a leaf without a bound.
fn bad_manifests<K: Kind>(schema: &Schema) -> (Vec<BadManifest>, Vec<String>) {
    let cases = LeafCase::all(&KindTables::of::<K>()).into_iter();
    let cases: BTreeMap<String, LeafCase> = cases.map(|it| (schema_path(&it.path), it)).collect();
    let (mut found, mut problems) = (vec![], vec![]);
    for (leaf, case) in cases {
        let spec = case.spec(State::First, schema).unwrap();
        let spec: Value = serde_json::from_str(&with_ids(&spec.to_string())).unwrap();
        let valid = spec.pointer(&spec_edit::pointer(&case.path)).unwrap();
        let (bad, missing) = bad_values::all(schema.at(&case.path), valid);
        problems.extend(missing.into_iter().map(|it| format!("{leaf}: {it}")));
        found.extend(
            bad.into_iter()
                .map(|bad| manifest(&leaf, &case, &spec, schema, &bad)),
        );
        found.push(unknown_field(&leaf, &case.path, &spec));
    }
    (found, problems)
}

fn manifest(
    leaf: &str,
    case: &LeafCase,
    spec: &Value,
    schema: &Schema,
    bad: &BadValue,
) -> BadManifest {
    let mut with = spec.clone();
    spec_edit::set(&mut with, &case.path, &bad.value);
    BadManifest {
        leaf: leaf.to_owned(),
        form: bad.form,
        path: format!("spec.{}{}", case.path, bad.below),
        spec: with,
        absent: absent(case, spec, schema, bad),
    }
}

/// The spec with the same meaning as one with a null of an optional field, or of an entry of a map.
fn absent(case: &LeafCase, spec: &Value, schema: &Schema, bad: &BadValue) -> Option<Value> {
    let is_entry = bad.form == Form::Null && schema.at(&case.path)["type"] == "object";
    if is_entry && !bad.value.is_null() {
        let mut empty = spec.clone();
        spec_edit::set(&mut empty, &case.path, &json!({}));
        return Some(empty);
    }
    let is_absence = bad.value.is_null() && !schema.requires(&case.path);
    is_absence.then(|| without(spec, &case.path))
}

/// The spec without a field, and with the structure that had it.
fn without(spec: &Value, path: &str) -> Value {
    let mut spec = spec.clone();
    let (parent, name) = path.rsplit_once('.').unwrap_or(("", path));
    let structure = spec.pointer_mut(&spec_edit::pointer(parent)).unwrap();
    structure.as_object_mut().unwrap().remove(name);
    spec
}

/// The spec with a misspelled field beside the leaf.
fn unknown_field(leaf: &str, path: &str, spec: &Value) -> BadManifest {
    let (mut with, path) = (spec.clone(), format!("{path}Misspelled"));
    spec_edit::set(&mut with, &path, &"x".into());
    BadManifest {
        leaf: leaf.to_owned(),
        form: Form::UnknownField,
        path: format!("spec.{path}"),
        spec: with,
        absent: None,
    }
}

/// Whether a person understands a message: it has words, and no expression of a rule or pattern.
fn is_sentence(message: &str) -> bool {
    const EXPRESSIONS: [&str; 7] = [
        "failed rule",
        "should match",
        "matches(",
        "self.",
        "[a-z",
        "(^",
        "\\p",
    ];
    message.split_whitespace().count() >= 2
        && !EXPRESSIONS.iter().any(|part| message.contains(part))
}

/// The problem with the response to a manifest that must be refused.
fn refusal_problem(
    bad: &BadManifest,
    response: &Response,
    offline: &[Violation],
) -> Option<String> {
    let Response::Refused { message, causes } = response else {
        return Some("is accepted".to_owned());
    };
    if bad.form == Form::UnknownField {
        let expected = format!("unknown field \"{}\"", bad.path);
        let is_known = offline
            .iter()
            .any(|it| it.path == bad.path && it.message == "unknown");
        return (!message.contains(&expected) || !is_known).then(|| message.clone());
    }
    let is_about = |path: &str| path.starts_with(&bad.path) || bad.path.starts_with(path);
    // An integer that exceeds its type has no path beside the message. CloudFront raises some limits on request, so there is no other maximum.
    let own: Vec<&String> = causes
        .iter()
        .filter(|(path, message)| is_about(path) || message.ends_with(&bad.path))
        .map(|(_, message)| message)
        .collect();
    if own.is_empty() || !own.iter().all(|message| is_sentence(message)) {
        return Some(format!("is refused with {message}"));
    }
    let agrees = |it: &Violation| match bad.form {
        Form::Rule | Form::ControlCharacter => own.iter().any(|own| own.contains(&it.message)),
        _ => is_about(&it.path),
    };
    (!offline.iter().any(agrees)).then(|| format!("is refused with {message}, offline {offline:?}"))
}

/// The problem with a null that stands for absence: its response differs from the one to the manifest without the field.
fn absence_problem(null: &Response, absent: &Response) -> Option<String> {
    let described = |response: &Response| match response {
        Response::Accepted(spec) => spec.to_string(),
        Response::Refused { causes, .. } => format!("{causes:?}"),
    };
    let (null, absent) = (described(null), described(absent));
    (null != absent).then(|| format!("is {null}, and without the field {absent}"))
}

/// The number of manifests by form.
fn counts(manifests: &[BadManifest]) -> String {
    let mut counts: BTreeMap<Form, usize> = BTreeMap::new();
    for bad in manifests {
        *counts.entry(bad.form).or_default() += 1;
    }
    counts
        .iter()
        .fold(String::new(), |mut text, (form, count)| {
            write!(text, ", {form:?} {count}").unwrap();
            text
        })
}

async fn check<K: Kind>() {
    let schema = Schema::of::<K>();
    let (manifests, mut problems) = bad_manifests::<K>(&schema);
    let server = DryRun::start::<K>().await;
    let specs: Vec<Value> = manifests.iter().map(|it| it.spec.clone()).collect();
    let responses = server.create_all(&specs).await;
    let absent: Vec<Value> = manifests
        .iter()
        .filter_map(|it| it.absent.clone())
        .collect();
    let mut absent = server.create_all(&absent).await.into_iter();
    let mut absences = 0;
    for (bad, response) in manifests.iter().zip(&responses) {
        let problem = if bad.absent.is_some() {
            absences += 1;
            absence_problem(response, &absent.next().unwrap())
        } else {
            refusal_problem(bad, response, &violations(schema.at(""), &bad.spec))
        };
        problems.extend(problem.map(|problem| format!("{} {problem}", bad.name())));
    }
    let leaves = manifests.iter().map(|it| &it.leaf);
    println!(
        "{}: {} leaves, {} bad manifests, {absences} of them with a null that stands for absence{}",
        K::KIND,
        leaves.collect::<std::collections::BTreeSet<_>>().len(),
        manifests.len(),
        counts(&manifests)
    );
    assert!(
        problems.is_empty(),
        "{}:\n{}",
        problems.len(),
        problems.join("\n")
    );
}

fn checked<K: Kind>() -> LocalBoxFuture<'static, ()> {
    Box::pin(check::<K>())
}

#[tokio::test]
async fn bad_values_of_each_kind_are_refused_with_a_sentence() {
    for check in for_each_kind!(checked) {
        check.await;
    }
}
