//! The tables of cases. Each kind has a folder with a manifest that the cases change.

use cloudfront_operator::engine::Kind;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// A change of the folder's manifest that the API server accepts, and one that it rejects.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    #[serde(rename = "case")]
    pub(super) name: String,
    /// The existing object. Without it the object is created.
    existing: Option<Value>,
    accepted: Value,
    rejected: Value,
    /// A part of the error message.
    pub(super) message: String,
    #[serde(skip)]
    base: Value,
}

impl Case {
    pub(super) fn existing(&self) -> Option<Value> {
        self.existing.as_ref().map(|patch| self.manifest(patch))
    }

    pub(super) fn accepted(&self) -> Value {
        self.manifest(&self.accepted)
    }

    pub(super) fn rejected(&self) -> Value {
        self.manifest(&self.rejected)
    }

    fn manifest(&self, patch: &Value) -> Value {
        let mut manifest = self.base.clone();
        manifest["metadata"] = json!({ "name": self.name });
        merge(&mut manifest["spec"], patch);
        manifest
    }
}

/// Applies a JSON merge patch (RFC 7386).
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

/// Returns the name of the folder of a kind, such as `origin_access_control`.
pub(super) fn folder<K: Kind>() -> String {
    let mut folder = String::new();
    for character in K::KIND.chars() {
        if character.is_ascii_uppercase() && !folder.is_empty() {
            folder.push('_');
        }
        folder.push(character.to_ascii_lowercase());
    }
    folder
}

/// All cases of a kind.
pub(super) fn cases(kind: &str) -> Vec<Case> {
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
