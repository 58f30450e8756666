//! What the watches have received so far, with the requests to CloudFront.

use campaign::{KindResource, Names, Version, What, add_created_name, learn_names};
use cloudfront_operator::engine::FIELD_MANAGER;
use cloudfront_simulator::Control;
use k8s_openapi::ByteString;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The shortest value of a Secret that is not shown in a message of AWS, in characters.
const MIN_SECRET: usize = 6;

/// The members of an object that the checker reads. The others can have a megabyte, and would slow the scenario.
#[derive(Clone, Deserialize, Serialize)]
pub(super) struct Recorded {
    #[serde(default)]
    pub(super) kind: String,
    pub(super) metadata: Metadata,
    #[serde(default)]
    spec: Management,
    #[serde(default)]
    status: Value,
    /// The values of a Secret.
    #[serde(default, skip_serializing)]
    data: BTreeMap<String, ByteString>,
}

#[derive(Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Metadata {
    name: String,
    namespace: String,
    uid: String,
    pub(super) resource_version: String,
    generation: Option<u64>,
    finalizers: Option<Vec<String>>,
    deletion_timestamp: Option<String>,
    #[serde(default, skip_serializing)]
    managed_fields: Vec<Manager>,
}

#[derive(Clone, Deserialize)]
struct Manager {
    manager: Option<String>,
    subresource: Option<String>,
}

#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Management {
    adopt_id: Option<String>,
    deletion_policy: Option<String>,
    /// The name of the resource, for kinds with unique names.
    name: Option<String>,
    /// The object of the parent, for kinds whose resources their parents identify.
    distribution_ref: Option<Value>,
    /// The object of the staging distribution, for policies that it identifies.
    staging_distribution_refs: Option<Value>,
}

pub(super) struct Recording {
    control: Control,
    /// The versions of objects, with the reads of CloudFront that the operator sent before a version was received.
    events: Vec<What>,
    /// The changes of resources. They follow all versions in the history: a watch can be later than the operator.
    writes: Vec<What>,
    last_sequence: u64,
    pub(super) names: Names,
    /// The last versions of the objects that exist, by uid.
    live: BTreeMap<String, Recorded>,
    /// The last error of a list or a watch.
    pub(super) last_error: Option<String>,
}

impl Recording {
    pub(super) fn new(control: Control) -> Self {
        Self {
            control,
            events: vec![],
            writes: vec![],
            last_sequence: 0,
            names: Names::new(),
            live: BTreeMap::new(),
            last_error: None,
        }
    }

    /// Returns the last versions of the objects that exist, by uid.
    pub(super) fn last_versions(&self) -> BTreeMap<String, String> {
        let live = self.live.iter();
        live.map(|(uid, object)| (uid.clone(), object.metadata.resource_version.clone()))
            .collect()
    }

    /// Takes what was recorded so far.
    pub(super) fn take(&mut self) -> Vec<What> {
        self.observe_requests();
        let mut all = std::mem::take(&mut self.events);
        all.append(&mut self.writes);
        all
    }

    /// Takes the objects of a kind in a namespace from a list. The others of them were removed since the last event.
    pub(super) fn replace(&mut self, kind: &str, namespace: &str, objects: Vec<Recorded>) {
        let existing: BTreeSet<&str> = objects.iter().map(|it| it.metadata.uid.as_str()).collect();
        let is_gone = |it: &&Recorded| {
            let Metadata {
                namespace: own,
                uid,
                ..
            } = &it.metadata;
            it.kind == kind && own == namespace && !existing.contains(uid.as_str())
        };
        let gone: Vec<Recorded> = self.live.values().filter(is_gone).cloned().collect();
        for object in gone {
            self.add(object, true);
        }
        let known = self.last_versions();
        for object in objects {
            let Metadata {
                uid,
                resource_version,
                ..
            } = &object.metadata;
            if known.get(uid) != Some(resource_version) {
                self.add(object, false);
            }
        }
    }

    /// Adds a version of an object.
    pub(super) fn add(&mut self, object: Recorded, is_removed: bool) {
        let uid = object.metadata.uid.clone();
        if is_removed {
            self.live.remove(&uid);
        } else {
            self.live.insert(uid, object.clone());
        }
        self.observe_requests();
        let Some(kind) = KindResource::of_kind(&object.kind) else {
            let values = object.data.into_values();
            let values = values.filter_map(|value| String::from_utf8(value.0).ok());
            let values = values.filter(|value| value.chars().count() >= MIN_SECRET);
            return self.events.extend(values.map(What::Secret));
        };
        let json = serde_json::to_value(&object).expect("an object is JSON");
        learn_names(&mut self.names, &json);
        let version = Version {
            plural: kind.api.plural.clone(),
            is_removed,
            object: json.into(),
        };
        if object.metadata.has_status_of_others() {
            self.events.push(What::StatusForged(version.name()));
        }
        self.events.push(What::Version(version));
    }

    /// Records the requests to CloudFront since the last call.
    fn observe_requests(&mut self) {
        for mut entry in self.control.journal_since(self.last_sequence) {
            self.last_sequence = entry.sequence;
            add_created_name(&self.control, &self.names, &mut entry);
            let is_read = ["Get", "List"]
                .iter()
                .any(|verb| entry.operation.starts_with(verb));
            let what = What::CloudFront(Box::new(entry));
            if is_read {
                self.events.push(what);
            } else {
                self.writes.push(what);
            }
        }
    }
}

impl Metadata {
    /// Whether another client than the operator has written the status.
    fn has_status_of_others(&self) -> bool {
        let mut managers = self.managed_fields.iter();
        managers.any(|it| {
            it.subresource.as_deref() == Some("status")
                && it.manager.as_deref() != Some(FIELD_MANAGER)
        })
    }
}
