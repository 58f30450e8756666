//! Random walks: what users, other clients of CloudFront and failures do in any order. At the end the last spec must be applied.

use super::{
    Scenario, Step,
    pair_edits::changed_by_others,
    steps::{Fields, text_of},
};
use crate::history::name_of;
use serde_json::{Value, json};
use std::time::Duration;

/// The numbers of random steps.
const LENGTHS: std::ops::RangeInclusive<usize> = 4..=16;

/// The pauses between two steps in seconds.
const PAUSES: [u64; 6] = [0, 1, 5, 20, 70, 400];

/// The time after which the operator has noticed a change by another client. An edit of tags alone reads nothing, so until then it reports
/// the state that the last list showed.
const UNTIL_NOTICED: Duration = Duration::from_secs(70);

/// The time after which the operator has read pairs that another client has changed: its resync period, extended by a fifth, and the time
/// for the correction. Until then it reports the state that it has read before.
const UNTIL_READ: Duration = Duration::from_mins(13);

/// One in this many steps begins when all objects have finished.
const WAITS: u32 = 3;

/// The time until the operator has certainly noticed all changes by other clients: longer than its resync period.
const UNTIL_LISTED: Duration = Duration::from_mins(11);

/// The largest number of requests before a fault.
const MAX_REQUESTS: u32 = 12;

/// What the walks of a kind choose from.
struct Choices {
    name: String,
    /// The manifests of the object in the scenarios of its kind.
    manifests: Vec<Value>,
    can_suspend: bool,
    /// Whether another client of CloudFront changes pairs.
    has_pairs: bool,
    /// The element that another client of CloudFront changes, and the values that it gets.
    element: Option<(String, Vec<String>)>,
}

/// Returns the name of a walk.
pub(crate) fn walk_name(kind: &str, seed: u64) -> String {
    format!("{kind}: walk {seed}")
}

/// Returns the walk with a name of [`walk_name`]. `scenarios` are those of all kinds.
pub(crate) fn walk(scenarios: &[Scenario], name: &str) -> Option<Scenario> {
    let (kind, seed) = name.split_once(": walk ")?;
    let mut random = fastrand::Rng::with_seed(seed.parse().ok()?);
    let create = format!("{kind}: create");
    let create = scenarios.iter().find(|it| it.name == create)?;
    let choices = Choices::of(kind, scenarios, create)?;
    let mut steps = create.steps.clone();
    for _ in 0..random.usize(LENGTHS) {
        let step = choices.step(&mut random);
        let mut pause = Duration::from_secs(PAUSES[random.usize(..PAUSES.len())]);
        match step {
            Step::ChangeResource { .. } => pause = pause.max(UNTIL_NOTICED),
            Step::ChangePairs { .. } => pause = pause.max(UNTIL_READ),
            _ => {}
        }
        steps.extend([step, Step::Wait(pause)]);
        if random.u32(..WAITS) == 0 {
            // A suspended object does not finish.
            steps.extend([
                Step::Apply(choices.manifest(&mut random)),
                Step::WaitUntilFinished,
            ]);
        }
    }
    let last = Step::Apply(choices.manifest(&mut random));
    // The first `Apply` resumes the object and lets a deletion end, after which the second one creates it again.
    let end = [last.clone(), Step::WaitUntilFinished];
    steps.extend([Step::NoMoreFaults, Step::Wait(UNTIL_LISTED)]);
    steps.extend(end.iter().chain(&end).cloned());
    Some(Scenario {
        name: name.into(),
        steps,
        overlaps: true,
        is_walk: true,
        has_tenants: false,
    })
}

impl Choices {
    fn of(kind: &str, scenarios: &[Scenario], create: &Scenario) -> Option<Self> {
        let entry = cloudfront_operator::operator::kind(kind)?;
        let fields = Fields::of(entry);
        let mut applied = create.steps.iter().rev();
        let name = applied.find_map(|it| match it {
            Step::Apply(manifest) => Some(name_of(manifest)),
            _ => None,
        })?;
        let prefix = format!("{kind}: ");
        let own = scenarios.iter().filter(|it| it.name.starts_with(&prefix));
        let mut manifests = vec![];
        for step in own.flat_map(|it| &it.steps) {
            match step {
                Step::Apply(manifest)
                    if name_of(manifest) == name
                        && manifest["spec"]["deletionPolicy"].is_null()
                        && !manifests.contains(manifest) =>
                {
                    manifests.push(manifest.clone());
                }
                _ => {}
            }
        }
        Some(Self {
            name,
            manifests,
            can_suspend: fields.has("suspend"),
            has_pairs: entry.api.has_pairs,
            element: fields.editable().map(|it| {
                let values = (0..4).map(|number| text_of(&it.value(&format!("external {number}"))));
                (it.element(), values.collect())
            }),
        })
    }

    fn manifest(&self, random: &mut fastrand::Rng) -> Value {
        self.manifests[random.usize(..self.manifests.len())].clone()
    }

    fn step(&self, random: &mut fastrand::Rng) -> Step {
        let object = self.name.clone();
        match random.u32(..12) {
            0 => Step::Delete(object),
            1 => Step::Restart,
            2 => Step::DeleteResource(object),
            3 if self.can_suspend => {
                let mut suspended = self.manifest(random);
                suspended["spec"]["suspend"] = json!(true);
                Step::Apply(suspended)
            }
            4 if self.has_pairs && random.bool() => changed_by_others(&self.manifest(random)),
            4 => match &self.element {
                Some((path, values)) => Step::ChangeResource {
                    object,
                    path: path.clone(),
                    value: values[random.usize(..values.len())].clone(),
                },
                None => Step::Restart,
            },
            5 => Step::PatchStatus {
                object,
                status: Value::Null,
            },
            6 => Step::PatchStatus {
                object,
                status: json!({ "id": "EFORGED", "etag": "EFORGED", "conditions": null }),
            },
            7 => Step::RequestReconciliation {
                object,
                value: random.u32(..).to_string(),
            },
            8 | 9 => Step::Fault {
                after: random.u32(..MAX_REQUESTS),
                choice: random.usize(..1_000),
            },
            _ => Step::Apply(self.manifest(random)),
        }
    }
}
