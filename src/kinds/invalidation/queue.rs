//! The queue of the invalidations of one distribution.

use super::Invalidation;
use k8s_openapi::jiff::Timestamp;
use kube::ResourceExt;

/// CloudFront's quotas of invalidations in progress for one distribution. Source: AWS's documentation of quotas.
const LIMITS: PathUsage = PathUsage {
    paths: 3_000,
    wildcards: 15,
};

/// How many invalidations of one distribution the operator creates in parallel.
const MAX_PARALLEL: usize = 15;

/// An invalidation in the queue of its distribution.
#[derive(Clone, Debug, Default)]
pub(super) struct Waiting {
    distribution: DistributionKey,
    position: Position,
    usage: PathUsage,
    /// Whether CloudFront has accepted the invalidation.
    is_created: bool,
    /// Whether the invalidation is complete, has failed, or is being deleted.
    is_finished: bool,
}

/// Identifies a distribution in the way that its invalidations name it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct DistributionKey {
    namespace: Option<String>,
    reference: Option<String>,
    id: Option<String>,
}

/// The order in the queue. Creation times have whole seconds, so the name decides between equal ones.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Position {
    created: Option<Timestamp>,
    name: String,
}

/// The share of CloudFront's quotas that invalidations use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct PathUsage {
    paths: usize,
    wildcards: usize,
}

impl Waiting {
    pub(super) fn new(object: &Invalidation) -> Self {
        let reference = object.spec.distribution_ref.as_ref();
        let status = object.status.as_ref();
        let has_condition = |type_| status.is_some_and(|status| status.condition(type_).is_some());
        Self {
            distribution: DistributionKey {
                namespace: object.namespace(),
                reference: reference.map(|reference| reference.0.name.clone()),
                id: object.spec.distribution_id.clone(),
            },
            position: Position {
                created: object.creation_timestamp().map(|time| time.0),
                name: object.name_any(),
            },
            usage: PathUsage::of(object),
            is_created: status.is_some_and(|status| status.id.is_some()),
            is_finished: object.metadata.deletion_timestamp.is_some()
                || has_condition("Complete")
                || has_condition("Failed"),
        }
    }

    /// The number of unfinished invalidations ahead of this one, if it has to wait for them.
    ///
    /// Invalidations start in the order of their creation, as long as all unfinished ones together are within CloudFront's quotas, so that
    /// CloudFront does not reject any. At most [`MAX_PARALLEL`] start in parallel, which bounds how many overtake a delayed one.
    pub(super) fn invalidations_ahead(&self, all: &[&Self]) -> Option<usize> {
        let earlier = all.iter().filter(|other| other.is_ahead_of(self));
        let earlier: Vec<&Self> = earlier.copied().collect();
        let unfinished = || earlier.iter().filter(|other| !other.is_finished);
        let usage = unfinished().fold(self.usage, |sum, other| sum.plus(other.usage));
        let not_created = unfinished().filter(|other| !other.is_created);
        let first = not_created.map(|other| &other.position).min();
        let parallel = first.map_or(0, |first| {
            let since_first = earlier.iter().filter(|other| other.position >= *first);
            since_first.count()
        });
        let ahead = unfinished().count();
        let may_start = ahead == 0 || (usage.is_within_limits() && parallel < MAX_PARALLEL);
        (!may_start).then_some(ahead)
    }

    fn is_ahead_of(&self, other: &Self) -> bool {
        self.distribution == other.distribution && self.position < other.position
    }
}

impl PathUsage {
    fn of(object: &Invalidation) -> Self {
        let paths = &object.spec.paths.0;
        let wildcards = paths.iter().filter(|path| path.0.ends_with('*'));
        Self {
            paths: paths.len(),
            wildcards: wildcards.count(),
        }
    }

    fn plus(self, other: Self) -> Self {
        Self {
            paths: self.paths + other.paths,
            wildcards: self.wildcards + other.wildcards,
        }
    }

    fn is_within_limits(self) -> bool {
        self.paths <= LIMITS.paths && self.wildcards <= LIMITS.wildcards
    }
}
