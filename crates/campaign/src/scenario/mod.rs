//! Scenarios: what a user does with the objects of one kind. They follow from the list of kinds, the schema and the examples.

pub(crate) mod examples;
mod life;
mod pair_edits;
mod steps;
mod tenants;
mod walk;

pub(crate) use life::{Life, lives};
pub(crate) use steps::Step;
pub(crate) use walk::{walk, walk_name};

use crate::history::name_of;
use cloudfront_operator::{
    engine::{Identity, KindDefinition},
    operator::kinds,
};
use examples::{Example, Examples, SecretExample};
use serde_json::{Value, json};
use std::{io, time::Duration};
use steps::{Fields, text_of};

/// What a user does with the objects of one kind.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// The name, such as `Distribution: edit`.
    pub name: String,
    pub(crate) steps: Vec<Step>,
    /// Whether a step follows before the one before it has taken effect, so that the number of writes depends on the time.
    pub(crate) overlaps: bool,
    /// Whether a step may find that its object does not exist.
    pub(crate) is_walk: bool,
    /// Whether tenants compete for the rate limit. A fault would delay one of them, so there is none.
    pub(crate) has_tenants: bool,
}

impl Scenario {
    /// Returns the kinds of its objects. The controllers of other kinds would have nothing to do but to watch.
    pub(crate) fn kinds(&self) -> Vec<&'static KindDefinition> {
        let manifests = self.steps.iter().filter_map(Step::manifest);
        let names: Vec<&Value> = manifests.map(|it| &it["kind"]).collect();
        let mut kinds = kinds();
        kinds.retain(|kind| names.iter().any(|name| **name == kind.kind));
        kinds
    }
}

/// Returns the scenarios of all kinds. Fails if a kind has no example.
pub fn scenarios() -> io::Result<Vec<Scenario>> {
    let examples = Examples::read()?;
    let mut all = vec![];
    for kind in kinds() {
        let example = examples.of(kind)?;
        all.extend(of_kind(kind, &example));
        all.extend(tenants::of_kind(kind, &example));
        for (referenced, example) in examples.by_reference(kind) {
            all.extend(of_references(kind, referenced, &example));
        }
        all.extend(examples.with_secret(kind).as_ref().map(of_secret));
    }
    Ok(all)
}

/// Returns the scenarios of one kind, as far as its fields allow them. The resource of a kind with a field `name` has the default name
/// in half of them.
fn of_kind(kind: &KindDefinition, example: &Example) -> Vec<Scenario> {
    let fields = Fields::of(kind);
    let mut all = of_example(kind.kind, &fields, example);
    if fields.has("name") {
        let mut named = example.clone();
        named.manifest["spec"]["name"] = json!("explicit");
        let subject = format!("{} with a name", kind.kind);
        all.extend(of_example(&subject, &fields, &named));
    }
    all
}

fn of_example(subject: &str, fields: &Fields, example: &Example) -> Vec<Scenario> {
    let mut all = Builder {
        subject,
        example,
        scenarios: vec![],
    };
    let manifest = &example.manifest;
    let name = name_of(manifest);
    all.add("create", &[]);
    all.add("restart", &[Step::Restart, Step::WaitUntilFinished]);
    all.add(
        "delete",
        &[Step::Delete(name.clone()), Step::WaitUntilFinished],
    );
    all.add(
        "delete and create again",
        &[
            Step::Delete(name.clone()),
            Step::WaitUntilFinished,
            Step::Apply(manifest.clone()),
            Step::WaitUntilFinished,
        ],
    );
    all.add_overlapping(
        "delete during create",
        &[Step::Wait(SECOND), Step::Delete(name.clone())],
    );
    all.add_edits(fields);
    if fields.has("items") && manifest["spec"]["items"].is_object() {
        all.add_pair_edits();
    }
    if fields.has("deletionPolicy") {
        all.add_retain(fields);
    }
    all.scenarios
}

/// Returns a scenario in which the objects that an example refers to are created last, and one in which they are deleted first.
fn of_references(kind: &KindDefinition, referenced: &str, example: &Example) -> [Scenario; 2] {
    let manifest = &example.manifest;
    let references = example.referenced.iter();
    let mut late = vec![Step::Apply(manifest.clone()), Step::Wait(30 * SECOND)];
    late.extend(references.clone().cloned().map(Step::Apply));
    late.push(Step::WaitUntilFinished);
    let mut first: Vec<Step> = references.clone().cloned().map(Step::Apply).collect();
    first.extend([Step::Apply(manifest.clone()), Step::WaitUntilFinished]);
    first.extend(references.map(|it| Step::Delete(name_of(it))));
    first.extend([
        Step::Wait(SECOND),
        Step::Delete(name_of(manifest)),
        Step::WaitUntilFinished,
    ]);
    // A resource that is part of another one can disappear with it before its own deletion.
    let overlaps = matches!(kind.api.identity, Identity::Parent { .. });
    [
        ("references come late", late, false),
        ("references are deleted first", first, overlaps),
    ]
    .map(|(name, steps, overlaps)| Scenario {
        name: format!("{} with {referenced}: {name}", kind.kind),
        steps,
        overlaps,
        is_walk: false,
        has_tenants: false,
    })
}

/// Returns a scenario in which a secret value arrives late and changes.
fn of_secret(example: &SecretExample) -> Scenario {
    let store = |value: &str| Step::StoreSecret {
        name: example.secret.clone(),
        key: example.key.clone(),
        value: value.into(),
    };
    let name = format!(
        "{}: secret",
        example.manifest["kind"].as_str().unwrap_or_default()
    );
    Scenario {
        name,
        steps: vec![
            Step::Apply(example.manifest.clone()),
            Step::Wait(SECOND),
            store("canary-7d1f-first"),
            Step::WaitUntilFinished,
            store("canary-7d1f-second"),
            // The operator reads Secrets once a minute, and after failures at the latest five minutes later.
            Step::Wait(Duration::from_mins(10)),
            Step::WaitUntilFinished,
        ],
        overlaps: false,
        is_walk: false,
        has_tenants: false,
    }
}

const SECOND: Duration = Duration::from_secs(1);

/// Builds the scenarios of one kind.
struct Builder<'a> {
    subject: &'a str,
    example: &'a Example,
    scenarios: Vec<Scenario>,
}

impl Builder<'_> {
    /// Adds a scenario that begins with the object as it was created.
    fn add(&mut self, name: &str, steps: &[Step]) {
        let created = [
            Step::Apply(self.example.manifest.clone()),
            Step::WaitUntilFinished,
        ];
        self.push(name, [&created[..], steps].concat(), false);
    }

    /// Adds a scenario that goes on while the object is created.
    fn add_overlapping(&mut self, name: &str, steps: &[Step]) {
        let created = [Step::Apply(self.example.manifest.clone())];
        let steps = [&created[..], steps, &[Step::WaitUntilFinished]].concat();
        self.push(name, steps, true);
    }

    fn push(&mut self, name: &str, steps: Vec<Step>, overlaps: bool) {
        let referenced = self.example.referenced.iter().cloned().map(Step::Apply);
        let mut all: Vec<Step> = referenced.collect();
        if !all.is_empty() {
            all.push(Step::WaitUntilFinished);
        }
        all.extend(steps);
        self.scenarios.push(Scenario {
            name: format!("{}: {name}", self.subject),
            steps: all,
            overlaps,
            is_walk: false,
            has_tenants: false,
        });
    }

    fn add_edits(&mut self, fields: &Fields) {
        let manifest = self.example.manifest.clone();
        let name = name_of(&manifest);
        let with = |field: &str, value: Value| {
            let mut changed = manifest.clone();
            changed["spec"][field] = value;
            Step::Apply(changed)
        };
        if let Some(field) = fields.editable() {
            let edited = |text: &str| {
                let mut changed = manifest.clone();
                field.set(&mut changed, text);
                Step::Apply(changed)
            };
            let (first, second) = (edited("first"), edited("second"));
            let back = Step::Apply(manifest.clone());
            self.add("edit", &[first.clone(), Step::WaitUntilFinished]);
            let there_and_back = [
                first.clone(),
                Step::WaitUntilFinished,
                back,
                Step::WaitUntilFinished,
            ];
            self.add("edit back", &there_and_back);
            let restarted = [
                first.clone(),
                Step::WaitUntilFinished,
                Step::Restart,
                Step::Apply(manifest.clone()),
                Step::WaitUntilFinished,
            ];
            self.add("edit back across a restart", &restarted);
            let twice = [
                first.clone(),
                Step::WaitUntilFinished,
                second.clone(),
                Step::WaitUntilFinished,
            ];
            self.add("edit twice", &twice);
            let edit_early = [Step::WaitForId(name.clone()), first.clone()];
            self.add_overlapping("edit while it is deployed", &edit_early);
            let quick = [Step::WaitForId(name.clone()), first, second];
            self.add_overlapping("edit twice at once", &quick);
            let changed = Step::ChangeResource {
                object: name.clone(),
                path: field.element(),
                value: text_of(&field.value("external")),
            };
            self.add("drift", &[changed, Step::Restored, Step::WaitUntilFinished]);
            let added = Step::AddElement {
                object: name.clone(),
                element: "<FromTheFuture><Deep>stays</Deep></FromTheFuture>".into(),
            };
            self.add(
                "unknown element",
                &[added, edited("first"), Step::WaitUntilFinished],
            );
            let removed = Step::DeleteResource(name);
            self.add(
                "deleted externally",
                &[removed, Step::Restored, Step::WaitUntilFinished],
            );
        }
        if fields.can_rename() {
            let renamed = with("name", json!("renamed"));
            let deleted = Step::Delete(name_of(&manifest));
            self.add(
                "rename",
                &[
                    renamed,
                    Step::WaitUntilFinished,
                    deleted,
                    Step::WaitUntilFinished,
                ],
            );
        }
        if fields.has("tags") {
            let tagged = with("tags", json!({ "team": "first", "stage": "test" }));
            let removed = with("tags", json!({ "team": "second" }));
            self.add(
                "tags",
                &[
                    tagged,
                    Step::WaitUntilFinished,
                    removed,
                    Step::WaitUntilFinished,
                ],
            );
        }
        if fields.has("enabled") {
            self.add(
                "disable",
                &[with("enabled", json!(false)), Step::WaitUntilFinished],
            );
        }
    }

    /// Adds a scenario in which the resource outlives its object, and one in which another object adopts it.
    fn add_retain(&mut self, fields: &Fields) {
        let mut retained = self.example.manifest.clone();
        retained["spec"]["deletionPolicy"] = json!("Retain");
        let name = name_of(&retained);
        let retain = vec![
            Step::Apply(retained),
            Step::WaitUntilFinished,
            Step::Delete(name.clone()),
            Step::WaitUntilFinished,
        ];
        self.add("retain", &retain);
        if fields.has("adoptId") {
            let mut adopting = self.example.manifest.clone();
            adopting["metadata"]["name"] = json!("adopting");
            let adopt = Step::Adopt {
                manifest: adopting,
                from: name,
            };
            self.add(
                "adopt",
                &[retain, vec![adopt, Step::WaitUntilFinished]].concat(),
            );
        }
    }
}
