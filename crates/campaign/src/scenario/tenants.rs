//! Scenarios of several tenants, each with a namespace. All share the rate limit of the account.

use super::{
    Scenario, Step,
    examples::Example,
    steps::{Editable, Fields},
};
use crate::history::name_of;
use cloudfront_operator::engine::{Identity, KindDefinition};
use serde_json::{Value, json};
use std::time::Duration;

/// The numbers of tenants that edit many objects at once.
const BUSY_TENANTS: [usize; 2] = [1, 3];

/// The objects of all of them. The harness raises the quotas below this number.
const OBJECTS: usize = 18;

/// The time after which the changes of the busy tenants wait for their turns.
const UNTIL_QUEUED: Duration = Duration::from_secs(1);

/// Returns the scenarios in which one tenant creates, edits and deletes an object while others create and edit many. There is none if
/// objects of the kind cannot be edited, or another resource can have only one of the kind.
pub(super) fn of_kind(kind: &KindDefinition, example: &Example) -> Vec<Scenario> {
    let fields = Fields::of(kind);
    let is_single = matches!(
        kind.api.identity,
        Identity::Parent { .. } | Identity::UniqueText { .. }
    );
    let scenarios = fields.editable().filter(|_| !is_single).map(|field| {
        BUSY_TENANTS.map(|busy| Scenario {
            name: format!("{}: {busy} busy tenants", kind.kind),
            steps: steps(example, &field, busy),
            overlaps: false,
            is_walk: false,
            has_tenants: true,
        })
    });
    scenarios.into_iter().flatten().collect()
}

fn steps(example: &Example, field: &Editable<'_>, busy: usize) -> Vec<Step> {
    let tenants = (1..=busy).map(|number| format!("busy-{number}"));
    let tenants: Vec<String> = tenants.collect();
    let many = |value: Option<&str>| -> Vec<Step> {
        let copies = (0..OBJECTS / busy).flat_map(|number| {
            let copies = tenants.iter();
            copies.map(move |tenant| copy(&example.manifest, tenant, number))
        });
        copies.map(|it| with(it, field, value)).collect()
    };
    let single = copy(&example.manifest, "quiet", 0);
    let name = name_of(&single);
    let changes = [
        (many(None), with(single.clone(), field, None)),
        (many(Some("first")), with(single, field, Some("first"))),
        (many(Some("second")), Step::Delete(name)),
    ];
    let namespaces = tenants.iter().map(String::as_str).chain(["quiet"]);
    let references = namespaces.flat_map(|tenant| {
        let referenced = example.referenced.iter();
        referenced.map(move |it| Step::Apply(in_namespace(it, tenant)))
    });
    let mut steps: Vec<Step> = references.collect();
    steps.push(Step::WaitUntilFinished);
    for (of_many, of_single) in changes {
        steps.extend(of_many);
        steps.extend([Step::Wait(UNTIL_QUEUED), of_single, Step::WaitUntilFinished]);
    }
    steps
}

/// Returns the step that applies a manifest, with another value of a field.
fn with(mut manifest: Value, field: &Editable<'_>, text: Option<&str>) -> Step {
    if let Some(text) = text {
        field.set(&mut manifest, text);
    }
    Step::Apply(manifest)
}

/// Returns a copy of a manifest for a tenant. Only one distribution can have an alias.
fn copy(manifest: &Value, tenant: &str, number: usize) -> Value {
    let mut copy = in_namespace(manifest, tenant);
    let name = copy["metadata"]["name"].as_str().unwrap_or_default();
    copy["metadata"]["name"] = json!(format!("{name}-{number}"));
    if let Value::Object(fields) = &mut copy["spec"] {
        fields.remove("aliases");
    }
    copy
}

/// Returns a manifest in the namespace of a tenant. No other tenant has an object of this name.
fn in_namespace(manifest: &Value, tenant: &str) -> Value {
    let mut manifest = manifest.clone();
    manifest["metadata"]["namespace"] = json!(tenant);
    add_prefix(&mut manifest["metadata"]["name"], tenant);
    rename_references(&mut manifest["spec"], tenant);
    manifest
}

fn rename_references(value: &mut Value, tenant: &str) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if name.ends_with("Ref") {
                    add_prefix(&mut member["name"], tenant);
                } else if name.ends_with("Refs") {
                    for reference in member.as_array_mut().into_iter().flatten() {
                        add_prefix(&mut reference["name"], tenant);
                    }
                } else {
                    rename_references(member, tenant);
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                rename_references(item, tenant);
            }
        }
        _ => {}
    }
}

fn add_prefix(name: &mut Value, tenant: &str) {
    let text = name.as_str().unwrap_or_default();
    *name = json!(format!("{tenant}-{text}"));
}
