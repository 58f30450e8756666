//! The tables of cases: one folder a kind, with a manifest that each case changes.

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// A change of the folder's manifest that is fine, and one that is not.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    #[serde(rename = "case")]
    pub(super) name: String,
    /// The object that is edited; without it the object is new.
    before: Option<Value>,
    accepted: Value,
    refused: Value,
    /// What the refusal has to contain.
    pub(super) message: String,
    #[serde(skip)]
    base: Value,
}

impl Case {
    pub(super) fn before(&self) -> Option<Value> {
        self.before.as_ref().map(|patch| self.manifest(patch))
    }

    pub(super) fn accepted(&self) -> Value {
        self.manifest(&self.accepted)
    }

    pub(super) fn refused(&self) -> Value {
        self.manifest(&self.refused)
    }

    fn manifest(&self, patch: &Value) -> Value {
        let mut manifest = self.base.clone();
        manifest["metadata"] = json!({ "name": self.name });
        merge(&mut manifest["spec"], patch);
        manifest
    }
}

/// A JSON merge patch (RFC 7386).
fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(changes) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = json!({});
    }
    for (key, change) in changes {
        if change.is_null() {
            target.as_object_mut().unwrap().remove(key);
        } else {
            merge(&mut target[key], change);
        }
    }
}

/// All cases of a kind.
pub(super) fn of(kind: &str) -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/api/admission")
        .join(kind);
    let base: Value = read(&folder.join("base.yaml"));
    let mut files: Vec<PathBuf> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.retain(|file| !file.ends_with("base.yaml"));
    files.sort();
    let mut cases: Vec<Case> = files
        .iter()
        .flat_map(|file| read::<Vec<Case>>(file))
        .collect();
    for case in &mut cases {
        case.base = base.clone();
    }
    assert!(!cases.is_empty(), "{kind} has no cases");
    cases
}

fn read<T: DeserializeOwned>(file: &Path) -> T {
    let text = fs::read_to_string(file).unwrap();
    serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}
