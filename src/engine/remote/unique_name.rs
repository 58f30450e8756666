//! Ownership by a unique name, for kinds whose resources have no caller reference.
//!
//! The default name contains the uid of the object, so it proves that a resource belongs to the object. A name in the spec proves
//! nothing by itself, since another client can choose the same. It is a proof only together with a record: the annotation
//! [`CREATED_AS`] with the uid of the object, which is stored before the create or the rename that the record describes.
//!
//! | id in the status | record | resource with the name | meaning |
//! | --- | --- | --- | --- |
//! | none | none | absent | store the record, then create |
//! | none | none | present | it belongs to another owner |
//! | none | present | absent | create again |
//! | none | present | present, and equal to the spec unless that has changed since | the response to the create was lost |
//! | none | present | present, and different from the same spec | it belongs to another owner |
//! | present | has the name of the resource | – | the resource belongs to the object |
//! | present | none, or without that name | – | the status is forged or restored: nothing is written |
//! | of a resource that does not exist | present | absent | create again |
//! | of a resource that does not exist | of an earlier create | present | it belongs to another owner |
//! | none, or of another resource | has an id | this id has a name of the record | the status was cleared, forged or restored: the resource belongs to the object |
//!
//! A resource that is identified by its parent has the id of the parent as its name, and there is no default: the record is the proof.
//!
//! A record with the uid of another object, which a copy of that object has, counts as none.

use crate::engine::api::CREATED_AS;
use kube::{Resource, ResourceExt};
use serde::{Deserialize, Serialize};

/// The number of characters of the uid at the end of a default name.
const UID_DIGITS: usize = 8;

/// The names that the resource of an object may have, as of the last create or rename, and its id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NameRecord {
    /// The uid of the object.
    pub(crate) uid: String,
    /// The generation of the spec that the create sent.
    pub(crate) generation: i64,
    /// The id of the resource, once it is known. The status has it as well, but other clients can change a status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<String>,
    /// The id of the resource that did not exist any more, if the create replaced one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) replaces: Option<String>,
    /// The name, or the names before and after a rename.
    pub(crate) names: Vec<String>,
}

/// The names by which a resource proves to belong to an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OwnNames {
    /// The name of the resource unless the spec has one. `None`: the name is the id of a parent.
    pub(crate) default: Option<String>,
    /// `None`: no create and no rename with a name of the spec was sent.
    pub(crate) record: Option<NameRecord>,
}

/// A resource that a search by name has found.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NamedResource<'a> {
    pub(crate) name: &'a str,
    /// Whether it equals the present spec.
    pub(crate) is_equal: bool,
}

impl OwnNames {
    /// Returns the names of an object, whose kind accepts names up to this length, or has no names.
    pub(crate) fn of<K: Resource>(object: &K, max_length: Option<usize>) -> Self {
        let record = object.annotations().get(CREATED_AS);
        let record: Option<NameRecord> = record.and_then(|it| serde_json::from_str(it).ok());
        Self {
            default: max_length.map(|it| default_name(object, it)),
            record: record.filter(|it| Some(&it.uid) == object.meta().uid.as_ref()),
        }
    }

    /// Whether this is the default name.
    pub(crate) fn is_default(&self, name: &str) -> bool {
        self.default.as_deref() == Some(name)
    }

    /// Whether a resource with this name, whose id the status has, belongs to the object.
    pub(crate) fn prove(&self, name: &str) -> bool {
        let record = self.record.as_ref();
        self.is_default(name) || record.is_some_and(|it| it.has_name(name))
    }

    /// Returns the id in the record, unless the status has it as well.
    pub(crate) fn lost_id(&self, recorded_id: Option<&str>) -> Option<&str> {
        let id = self.record.as_ref()?.id.as_deref()?;
        (recorded_id != Some(id)).then_some(id)
    }

    /// Returns the record of a create that may have made a resource of which the status does not have the id.
    pub(crate) fn open_record(&self, recorded_id: Option<&str>) -> Option<&NameRecord> {
        let record = self.record.as_ref().filter(|it| it.id.is_none())?;
        let is_open = recorded_id.is_none() || recorded_id == record.replaces.as_deref();
        is_open.then_some(record)
    }

    /// Whether a resource that a search by name has found was created for the object. `open`: the record of a create without a response.
    /// `generation`: that of the present spec.
    pub(crate) fn claim(
        &self,
        found: NamedResource<'_>,
        open: Option<&NameRecord>,
        generation: i64,
    ) -> bool {
        let is_of_create = |record: &NameRecord| {
            record.has_name(found.name) && (found.is_equal || generation > record.generation)
        };
        self.is_default(found.name) || open.is_some_and(is_of_create)
    }
}

impl NameRecord {
    /// Whether this is one of the names.
    pub(crate) fn has_name(&self, name: &str) -> bool {
        self.names.iter().any(|own| own == name)
    }

    /// Returns the annotation.
    pub(crate) fn to_annotation(&self) -> String {
        serde_json::json!(self).to_string()
    }
}

/// Returns `<namespace>-<name>-<digits of the uid>`. What is too long is cut out of the middle. Names of CloudFront have no dots.
fn default_name<K: Resource>(object: &K, max_length: usize) -> String {
    let namespace = object.namespace().unwrap_or_default();
    let start: Vec<char> = format!("{namespace}-{}", object.name_any())
        .replace('.', "-")
        .chars()
        .collect();
    let uid = object.uid().unwrap_or_default();
    let digits: String = uid.chars().take(UID_DIGITS).collect();
    let room = max_length.saturating_sub(UID_DIGITS + 1).min(start.len());
    let head = start[..room.div_ceil(2)].iter();
    let tail = start[start.len() - room / 2..].iter();
    let start: String = head.chain(tail).collect();
    format!("{start}-{digits}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use k8s_openapi::api::core::v1::ConfigMap;

    const UID: &str = "8f3c0a11-1111-2222-3333-444455556666";
    const DEFAULT: &str = "shop-site-8f3c0a11";

    fn object(record: Option<&NameRecord>) -> ConfigMap {
        let mut object = ConfigMap::default();
        let metadata = &mut object.metadata;
        metadata.namespace = Some("shop".into());
        metadata.name = Some("site".into());
        metadata.uid = Some(UID.into());
        let annotation = record.map(|it| (CREATED_AS.to_owned(), it.to_annotation()));
        metadata.annotations = Some(annotation.into_iter().collect());
        object
    }

    fn record(replaces: Option<&str>, names: &[&str]) -> NameRecord {
        NameRecord {
            uid: UID.into(),
            generation: 1,
            id: None,
            replaces: replaces.map(str::to_owned),
            names: names.iter().map(|it| (*it).to_owned()).collect(),
        }
    }

    fn own_names(record: Option<&NameRecord>) -> OwnNames {
        OwnNames::of(&object(record), Some(64))
    }

    #[test]
    fn a_found_resource_belongs_to_the_object_only_if_an_open_record_explains_it() {
        let (first, again) = (record(None, &["a"]), record(Some("E1"), &["a"]));
        for (case, id, record, is_equal, generation, expected) in [
            ("no create was sent", None, None, true, 1, false),
            ("its response was lost", None, Some(&first), true, 1, true),
            ("it was not created so", None, Some(&first), false, 1, false),
            ("the spec has changed", None, Some(&first), false, 2, true),
            (
                "a recreation was sent",
                Some("E1"),
                Some(&again),
                true,
                1,
                true,
            ),
            (
                "it was not made so",
                Some("E1"),
                Some(&again),
                false,
                1,
                false,
            ),
            (
                "no recreation was sent",
                Some("E1"),
                Some(&first),
                true,
                1,
                false,
            ),
            (
                "the same, after an edit",
                Some("E1"),
                Some(&first),
                false,
                2,
                false,
            ),
            ("the status was cleared", None, Some(&again), true, 1, true),
        ] {
            let names = own_names(record);
            let open = names.open_record(id);
            for (name, expected) in [("a", expected), ("b", false), (DEFAULT, true)] {
                let found = NamedResource { name, is_equal };
                assert_eq!(
                    names.claim(found, open, generation),
                    expected,
                    "{case}: {name}"
                );
            }
        }
    }

    #[test]
    fn a_recorded_resource_belongs_to_the_object_if_its_name_is_recorded_or_contains_the_uid() {
        let renamed = record(None, &["a", "b"]);
        for (record, proved) in [
            (None, [DEFAULT].as_slice()),
            (Some(&renamed), &["a", "b", DEFAULT]),
        ] {
            let names = own_names(record);
            for name in ["a", "b", "c", "", DEFAULT, "shop-site-8f3c0a12"] {
                assert_eq!(names.prove(name), proved.contains(&name), "{name}");
            }
        }
    }

    #[test]
    fn a_record_with_an_id_is_of_that_resource_alone() {
        let known = NameRecord {
            id: Some("E1".into()),
            ..record(None, &["a"])
        };
        let names = own_names(Some(&known));
        for (status, lost) in [
            (None, Some("E1")),
            (Some("EFORGED"), Some("E1")),
            (Some("E1"), None),
        ] {
            assert_eq!(names.lost_id(status), lost, "{status:?}");
            assert_eq!(names.open_record(status), None, "{status:?}");
        }
        let unknown = own_names(Some(&record(None, &["a"])));
        assert_eq!(unknown.lost_id(None), None);
    }

    #[test]
    fn a_record_of_another_object_and_a_damaged_one_count_as_none() {
        let copied = NameRecord {
            uid: "other".into(),
            ..record(None, &["a"])
        };
        assert_eq!(own_names(Some(&copied)).record, None);
        let mut damaged = object(None);
        let annotations = damaged.annotations_mut();
        annotations.insert(CREATED_AS.into(), format!("{{\"uid\":\"{UID}\""));
        assert_eq!(OwnNames::of(&damaged, Some(64)).record, None);
    }

    #[test]
    fn a_default_name_is_as_long_as_the_kind_accepts_and_ends_with_the_uid() {
        let mut long = object(None);
        long.metadata.name = Some(format!("first.{}.last", "x".repeat(200)));
        for length in [20, 63, 64, 128] {
            let name = OwnNames::of(&long, Some(length)).default.unwrap();
            assert_eq!(name.len(), length, "{name}");
            assert!(name.starts_with("shop-") && name.ends_with("last-8f3c0a11"));
            assert!(!name.contains('.'), "{name}");
        }
        assert_eq!(own_names(None).default.as_deref(), Some(DEFAULT));
    }
}
