//! What tells one version of a remote from another, alike in a list and in a full answer.

use crate::{
    engine::{kind::Kind, remote::resource::Remote},
    xml::Element,
};

/// A version of a remote, and whether it has reached every edge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RemoteRevision {
    /// Changes whenever the configuration changes. `None`: this list does not tell, so nothing equals it.
    pub(crate) version: Option<String>,
    /// Whether CloudFront is done with it.
    pub(crate) deployed: bool,
}

impl RemoteRevision {
    /// Of an item in a list.
    pub(crate) fn from_list_item<K: Kind>(item: &Element) -> Self {
        Self {
            version: K::revision(item, item.text_of("ETag")),
            deployed: K::is_deployed(item),
        }
    }

    /// Of a whole remote.
    pub(crate) fn from_remote<K: Kind>(remote: &Remote) -> Self {
        Self {
            version: K::revision(&remote.document, Some(&remote.etag)),
            deployed: K::is_deployed(&remote.document),
        }
    }

    /// Whether both are surely of one version.
    pub(crate) fn is_same_revision(&self, other: &Self) -> bool {
        self.version.is_some() && self.version == other.version
    }
}
