//! A resource and its versions.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::pair_store::PairStore;
use crate::{clock::Millis, xml::Element};

/// A resource and its versions, oldest first.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Resource {
    pub(crate) id: String,
    /// The domain name of a distribution, or the attribute of a resource of another type.
    pub(crate) name: String,
    #[serde(rename = "reference")]
    pub(crate) caller_reference: String,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) created: Millis,
    /// The pairs of a key-value store, after the first write.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) pairs: Option<Box<PairStore>>,
    /// Each version with the number of the write that created it.
    pub(super) versions: Vec<(u64, ResourceVersion)>,
    /// The number of the write that deleted the resource.
    pub(super) deleted: Option<u64>,
}

/// The configuration of a resource after one write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ResourceVersion {
    pub(crate) etag: String,
    pub(crate) modified: Millis,
    pub(crate) config: Element,
    /// The published version, for a resource with stages. Its time of modification is that of the publication.
    #[serde(default)]
    pub(crate) live: Option<Box<ResourceVersion>>,
}

/// A resource at one version.
#[derive(Clone, Copy)]
pub(crate) struct ResourceView<'a> {
    pub(crate) resource: &'a Resource,
    pub(crate) version: &'a ResourceVersion,
}

impl Resource {
    pub(crate) fn new(
        id: String,
        name: String,
        caller_reference: &str,
        tags: BTreeMap<String, String>,
    ) -> Self {
        Self {
            id,
            name,
            caller_reference: caller_reference.to_owned(),
            tags,
            created: 0,
            pairs: None,
            versions: Vec::new(),
            deleted: None,
        }
    }

    /// Returns the resource as it was after the write with this number, if it existed then.
    pub(super) fn as_of(&self, write: u64) -> Option<ResourceView<'_>> {
        if self.deleted.is_some_and(|deleted| deleted <= write) {
            return None;
        }
        let (_, version) = self
            .versions
            .iter()
            .rev()
            .find(|(written, _)| *written <= write)?;
        Some(ResourceView {
            resource: self,
            version,
        })
    }
}
