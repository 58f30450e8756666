//! Edits of the pairs of a key-value store, by the user and by other clients of CloudFront.

use super::{Builder, Step};
use crate::history::name_of;
use serde_json::{Value, json};
use std::time::Duration;

/// A number of pairs that needs several requests with at most 50 keys.
const SEVERAL_BATCHES: usize = 120;

impl Builder<'_> {
    /// Adds the scenarios with edits of pairs. The object of the example has the field `items` with at least one pair.
    pub(super) fn add_pair_edits(&mut self) {
        let manifest = self.example.manifest.clone();
        let with = |items: Value| {
            let mut changed = manifest.clone();
            changed["spec"]["items"] = items;
            Step::Apply(changed)
        };
        let many: Value = (0..SEVERAL_BATCHES)
            .map(|number| (format!("/old/{number}"), format!("/new/{number}").into()))
            .collect::<serde_json::Map<_, _>>()
            .into();
        let few = with(json!({ "/old/1": "/another", "/first": "" }));
        let many = with(many);
        let restored = [
            changed_by_others(&manifest),
            Step::Restored,
            Step::WaitUntilFinished,
        ];
        self.add("pairs of others", &restored);
        let edits = [
            few.clone(),
            Step::WaitUntilFinished,
            Step::Apply(manifest.clone()),
            Step::WaitUntilFinished,
        ];
        self.add("pairs", &edits);
        // A minute has the requests of one edit.
        let batches = [
            many.clone(),
            Step::WaitUntilFinished,
            Step::Wait(Duration::from_mins(1)),
            few.clone(),
            Step::WaitUntilFinished,
        ];
        self.add("pairs in batches", &batches);
        // Another client writes between two batches.
        let between = [
            Step::WaitForId(name_of(&manifest)),
            many.clone(),
            Step::Wait(super::SECOND),
            changed_by_others(&manifest),
        ];
        self.add_overlapping("pairs of others between batches", &between);
        self.add_overlapping("pairs edited between batches", &[many, few]);
    }
}

/// Returns the step with which another client changes, adds and removes pairs of the object in a manifest.
pub(super) fn changed_by_others(manifest: &Value) -> Step {
    let items = manifest["spec"]["items"].as_object().into_iter().flatten();
    let keys: Vec<&String> = items.map(|(key, _)| key).collect();
    let changed = keys.first().map(|key| (*key).clone());
    let added = changed.iter().cloned().chain(["/theirs".to_owned()]);
    Step::ChangePairs {
        object: name_of(manifest),
        puts: added.map(|key| (key, "canary-pair-51c2".into())).collect(),
        deletes: keys.iter().skip(1).map(|key| (*key).clone()).collect(),
    }
}
