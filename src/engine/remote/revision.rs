//! The revision of a CloudFront resource, as a list and a get response both contain it.

use crate::{
    engine::{kind::Kind, remote::resource::Remote},
    xml::Element,
};

/// The revision of a resource's configuration, and whether it is deployed to all edge locations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RemoteRevision {
    /// Changes with each change of the configuration. `None`: the list does not contain it, so the revision equals no other.
    pub(crate) version: Option<String>,
    /// Whether CloudFront has deployed the configuration.
    pub(crate) is_deployed: bool,
}

impl RemoteRevision {
    /// Returns the revision in a list item.
    pub(crate) fn from_list_item<K: Kind>(item: &Element) -> Self {
        Self {
            version: K::revision(item, item.text_of("ETag")),
            is_deployed: K::is_deployed(item),
        }
    }

    /// Returns the revision of an observed resource.
    pub(crate) fn from_remote<K: Kind>(remote: &Remote) -> Self {
        Self {
            version: K::revision(&remote.document, Some(&remote.etag)),
            is_deployed: K::is_deployed(&remote.document),
        }
    }

    /// Whether both versions are known and equal.
    pub(crate) fn is_same_revision(&self, other: &Self) -> bool {
        self.version.is_some() && self.version == other.version
    }
}
