//! The tables in the YAML files.

use crate::kind_folder::folder;
use cloudfront_operator::engine::{Kind, Lifecycle};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// Values by path.
pub(super) type FieldValues = Map<String, Value>;

/// Leaves of one context.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Section {
    pub(super) context: String,
    #[serde(default = "spec_path")]
    pub(super) below: Vec<String>,
    pub(super) leaves: Vec<Leaf>,
}

/// One leaf. `fields/README.md` explains the keys.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the keys of the tables are independent of each other"
)]
pub(super) struct Leaf {
    #[serde(rename = "leaf")]
    pub(super) path: String,
    pub(super) values: [Value; 2],
    pub(super) default: Option<Value>,
    #[serde(default)]
    pub(super) with: With,
    #[serde(default)]
    pub(super) without: FieldValues,
    #[serde(default)]
    pub(super) always: FieldValues,
    pub(super) sent_texts: Option<[Vec<String>; 2]>,
    pub(super) sent_as: Option<String>,
    #[serde(default)]
    pub(super) unmanaged: bool,
    pub(super) clear_value: Option<Value>,
    #[serde(default)]
    pub(super) no_update: bool,
    #[serde(default = "default_true")]
    pub(super) on_create: bool,
    #[serde(default)]
    pub(super) immutable: bool,
    pub(super) exclusive_group: Option<String>,
}

/// Fields that are set together with a value: the same for both values, or different ones.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum With {
    Both(FieldValues),
    Each([FieldValues; 2]),
}

impl Default for With {
    fn default() -> Self {
        Self::Both(FieldValues::new())
    }
}

/// A list of structures.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct List {
    pub(super) context: String,
    #[serde(rename = "list")]
    pub(super) path: String,
    pub(super) item: Option<Value>,
    #[serde(default)]
    pub(super) unordered: bool,
    /// Whether the list never changes the configuration.
    #[serde(default)]
    pub(super) no_update: bool,
}

fn spec_path() -> Vec<String> {
    vec![String::new()]
}

fn default_true() -> bool {
    true
}

/// The tables of a kind: the files of its folder, and those that kinds share.
pub(super) struct KindTables {
    folder: PathBuf,
    minimal: &'static str,
    lifecycle: Lifecycle,
}

impl KindTables {
    pub(super) fn of<K: Kind>() -> Self {
        Self {
            folder: root().join(folder::<K>()),
            minimal: K::MINIMAL_SPEC,
            lifecycle: K::API.lifecycle,
        }
    }

    /// The specs in which leaves are tested: those of `contexts.yaml`, or the smallest one.
    pub(super) fn contexts(&self) -> BTreeMap<String, Value> {
        let file = self.folder.join("contexts.yaml");
        if file.exists() {
            return read(&file);
        }
        let minimal = serde_json::from_str(self.minimal).unwrap();
        BTreeMap::from([("minimal".to_owned(), minimal)])
    }

    pub(super) fn lists(&self) -> Vec<List> {
        let file = self.folder.join("lists.yaml");
        if file.exists() { read(&file) } else { vec![] }
    }

    pub(super) fn sections(&self) -> Vec<Section> {
        let cases = fs::read_dir(&self.folder);
        let cases = cases.unwrap_or_else(|error| panic!("{}: {error}", self.folder.display()));
        let mut files: Vec<PathBuf> = cases.map(|case| case.unwrap().path()).collect();
        files.retain(|file| !file.ends_with("contexts.yaml") && !file.ends_with("lists.yaml"));
        files.sort();
        let own = files.iter().flat_map(|file| read::<Vec<Section>>(file));
        let mut sections: Vec<Section> = own.collect();
        let has_own = |it: &Section| it.leaves.iter().any(|leaf| leaf.path == "deletionPolicy");
        if self.lifecycle == Lifecycle::Managed && !sections.iter().any(has_own) {
            sections.extend(read::<Vec<Section>>(&root().join("management.yaml")));
        }
        sections
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/unit/fields")
}

fn read<T: DeserializeOwned>(file: &Path) -> T {
    let text = fs::read_to_string(file).unwrap();
    serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}
