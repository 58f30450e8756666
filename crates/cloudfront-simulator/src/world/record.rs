//! One resource and what its writes left behind.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{clock::Millis, xml::Element};

/// A resource and its versions, oldest first.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) id: String,
    /// The domain name, or an identity's canonical user.
    pub(crate) name: String,
    pub(crate) reference: String,
    pub(crate) tags: BTreeMap<String, String>,
    /// With the number of the write that made it.
    pub(super) versions: Vec<(u64, Version)>,
    /// The number of the write that deleted it.
    pub(super) deleted: Option<u64>,
}

/// What one write left behind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Version {
    pub(crate) etag: String,
    pub(crate) modified: Millis,
    pub(crate) config: Element,
}

/// A resource as a read sees it.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) record: &'a Record,
    pub(crate) version: &'a Version,
}

impl Record {
    pub(crate) fn new(
        id: String,
        name: String,
        reference: &str,
        tags: BTreeMap<String, String>,
    ) -> Self {
        let reference = reference.to_owned();
        Self {
            id,
            name,
            reference,
            tags,
            versions: Vec::new(),
            deleted: None,
        }
    }

    pub(super) fn as_of(&self, write: u64) -> Option<View<'_>> {
        if self.deleted.is_some_and(|deleted| deleted <= write) {
            return None;
        }
        let (_, version) = self
            .versions
            .iter()
            .rev()
            .find(|(written, _)| *written <= write)?;
        Some(View {
            record: self,
            version,
        })
    }
}
