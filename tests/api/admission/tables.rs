//! The tables of cases. Each kind has a folder with a manifest that the cases change.

use crate::kind_folder::folder;
use cloudfront_operator::engine::{Kind, Lifecycle};
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

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/api/admission")
}

/// Returns the manifest that the cases of a kind change: `base.yaml` of its folder, or one with the smallest spec.
pub(super) fn base<K: Kind>() -> Value {
    let file = root().join(folder::<K>()).join("base.yaml");
    if file.exists() {
        return read(&file);
    }
    let spec: Value = serde_json::from_str(K::MINIMAL_SPEC).unwrap();
    json!({
        "apiVersion": K::api_version(&()), "kind": K::KIND, "metadata": {}, "spec": spec,
    })
}

/// All cases of a kind: those of its folder, and those of the operator's own fields.
pub(super) fn cases<K: Kind>() -> Vec<Case> {
    let (folder, base) = (root().join(folder::<K>()), base::<K>());
    let files = fs::read_dir(&folder);
    let files = files.unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<PathBuf> = files.map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| !file.ends_with("base.yaml"));
    files.sort();
    let has_own = files.iter().any(|file| file.ends_with("management.yaml"));
    if K::API.lifecycle == Lifecycle::Managed && !has_own {
        files.push(root().join("management.yaml"));
    }
    let mut cases: Vec<Case> = files
        .iter()
        .flat_map(|file| read::<Vec<Case>>(file))
        .collect();
    for case in &mut cases {
        case.base = base.clone();
    }
    assert!(!cases.is_empty(), "{} has no cases", K::KIND);
    cases
}

fn read<T: DeserializeOwned>(file: &Path) -> T {
    let text = fs::read_to_string(file).unwrap();
    serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}
