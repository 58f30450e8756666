//! The tables, as they are written.

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// What is said together, by path.
pub(super) type Sayings = Map<String, Value>;

/// Leaves of one context.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Section {
    #[serde(rename = "in")]
    pub(super) context: String,
    #[serde(default = "the_spec")]
    pub(super) below: Vec<String>,
    pub(super) leaves: Vec<Leaf>,
}

/// One leaf: `fields/README.md` explains the keys.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Leaf {
    #[serde(rename = "leaf")]
    pub(super) path: String,
    pub(super) values: [Value; 2],
    pub(super) default: Option<Value>,
    #[serde(default)]
    pub(super) with: With,
    #[serde(default)]
    pub(super) without: Sayings,
    #[serde(default)]
    pub(super) beside: Sayings,
    pub(super) sends: Option<[Vec<String>; 2]>,
    #[serde(rename = "as")]
    pub(super) known_as: Option<String>,
    pub(super) absent: Option<Stays>,
    pub(super) clears: Option<Value>,
    pub(super) costs: Option<Nothing>,
    #[serde(default = "yes")]
    pub(super) created: bool,
    #[serde(default)]
    pub(super) fixed: bool,
    pub(super) clash: Option<String>,
}

/// What is said beside a value: the same beside both, or something else beside each.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum With {
    Both(Sayings),
    Each([Sayings; 2]),
}

impl Default for With {
    fn default() -> Self {
        Self::Both(Sayings::new())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Stays {
    Stays,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Nothing {
    Nothing,
}

/// A list of structures.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct List {
    #[serde(rename = "in")]
    pub(super) context: String,
    #[serde(rename = "list")]
    pub(super) path: String,
    pub(super) item: Option<Value>,
}

fn the_spec() -> Vec<String> {
    vec![String::new()]
}

fn yes() -> bool {
    true
}

/// The folder of a kind.
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn of(kind: &str) -> Self {
        Self(
            Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("tests/unit/fields")
                .join(kind),
        )
    }

    pub(super) fn contexts(&self) -> BTreeMap<String, Value> {
        read(&self.0.join("contexts.yaml"))
    }

    pub(super) fn lists(&self) -> Vec<List> {
        let file = self.0.join("lists.yaml");
        if file.exists() { read(&file) } else { vec![] }
    }

    pub(super) fn sections(&self) -> Vec<Section> {
        let entries = fs::read_dir(&self.0).unwrap();
        let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        files.retain(|file| !file.ends_with("contexts.yaml") && !file.ends_with("lists.yaml"));
        files.sort();
        files
            .iter()
            .flat_map(|file| read::<Vec<Section>>(file))
            .collect()
    }
}

fn read<T: DeserializeOwned>(file: &Path) -> T {
    let text = fs::read_to_string(file).unwrap();
    serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}
