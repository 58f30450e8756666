//! The result of step `observe`.

use crate::engine::{object_state::ReadOrder, remote::resource::Remote};

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
    /// CloudFront's response to a read of this reconciliation.
    Read,
    /// CloudFront's response to a write of this reconciliation.
    Written,
    /// A search by caller reference. Only a deletion needs one; otherwise a resource without a recorded id does not exist.
    Search,
    /// A read that found the resource of another object. This object, which is being deleted, has none.
    Foreign,
}

impl Source {
    /// Returns the source of the result of a search that followed an observation.
    pub(super) fn or_search(self) -> Self {
        match self {
            Self::Read | Self::Written => self,
            Self::Cached | Self::Search | Self::Foreign => Self::Search,
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
    /// Whether a known version of the resource may be later.
    pub(crate) order: ReadOrder,
}

impl Observation {
    /// Whether CloudFront returned it in this reconciliation.
    pub(crate) fn is_fresh(&self) -> bool {
        matches!(self.source, Source::Read | Source::Written)
    }
}

/// What a reconciliation knows of the resource.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Progress {
    /// Whether CloudFront returned the resource in this reconciliation.
    pub(super) is_read: bool,
    /// Whether the resource differs from the spec, so that it is not ready.
    pub(super) is_different: bool,
}

impl Progress {
    /// Returns the progress after an observation.
    pub(super) fn of_read(observation: &Observation) -> Self {
        Self {
            is_read: observation.is_fresh(),
            is_different: false,
        }
    }

    /// Returns what is known after both.
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            is_read: self.is_read || other.is_read,
            is_different: self.is_different || other.is_different,
        }
    }
}
