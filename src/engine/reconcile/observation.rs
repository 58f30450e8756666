//! The result of step `observe`.

use crate::engine::remote::resource::Remote;

/// Whether a cached observation is acceptable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Freshness {
    /// A cached observation is acceptable.
    Cached,
    /// CloudFront must be asked.
    Required,
}

/// Where an observation comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// The last read, which the list has not contradicted since.
    Cached,
    /// CloudFront's response to a read or write of this reconciliation.
    Fresh,
    /// A search by caller reference. Only a deletion needs one; otherwise a resource without a recorded id does not exist.
    Search,
}

impl Source {
    /// Returns the source of the result of a search that followed an observation.
    pub(super) fn or_search(self) -> Self {
        match self {
            Self::Fresh => Self::Fresh,
            Self::Cached | Self::Search => Self::Search,
        }
    }
}

/// The resource as far as it is known.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Observation {
    /// The collection that the resource is in.
    pub(crate) collection: String,
    /// The resource. `None`: it does not exist.
    pub(crate) remote: Option<Remote>,
    pub(crate) source: Source,
}

impl Observation {
    /// Whether CloudFront returned it in this reconciliation.
    pub(crate) fn is_fresh(&self) -> bool {
        self.source == Source::Fresh
    }
}
