//! Invalidations take objects out of CloudFront's caches before they expire.

use super::validation::Rule;
use crate::{
    cloudfront::encode_segment,
    engine::{
        DriftPolicy, Kind, Lifecycle, LocalReference, ManagementPolicy, ManagementSpec,
        ResolvedReferences, Status, TypedLocalReference,
    },
    xml::{self, Element},
};
use k8s_openapi::jiff::Timestamp;
use kube::{CustomResource, ResourceExt};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::time::Duration;

const DISTRIBUTION: &str = "Distribution";

/// What CloudFront takes in progress for one distribution. Source: AWS's documentation of quotas.
const MOST: Load = Load {
    paths: 3_000,
    wildcards: 15,
};

/// How many invalidations of one distribution go out side by side.
const ABREAST: usize = 15;

/// There is nothing to manage: an invalidation can neither be changed nor deleted.
static UNMANAGED: ManagementSpec = ManagementSpec {
    deletion_policy: None,
    drift_policy: DriftPolicy::Revert,
    management_policy: ManagementPolicy::Manage,
    adopt_id: None,
    suspend: false,
};

/// Takes objects out of a distribution's caches, once. It waits until the distribution is deployed, queues behind earlier ones of the
/// same distribution, and is `Complete` when CloudFront says so. Deleting it never takes an invalidation back.
#[derive(Clone, Debug, CustomResource, Serialize, Deserialize, JsonSchema)]
#[kube(
    group = "cloudfront-operator.dev",
    version = "v1alpha1",
    kind = "Invalidation",
    shortname = "cfinv",
    category = "cloudfront",
    namespaced,
    status = "Status<ObservedInvalidation>",
    printcolumn(
        name = "Distribution",
        type_ = "string",
        json_path = ".spec.distributionRef.name"
    ),
    printcolumn(
        name = "Status",
        type_ = "string",
        json_path = ".status.conditions[?(@.type=='Ready')].reason",
        description = "How far it is, in the word of condition Ready: ReferenceNotReady, Queued, Deploying, Completed and so on."
    ),
    printcolumn(
        name = "Paths",
        type_ = "integer",
        json_path = ".status.pathCount",
        description = "How many paths, wildcards and tags CloudFront has taken."
    ),
    printcolumn(
        name = "Age",
        type_ = "date",
        json_path = ".metadata.creationTimestamp"
    ),
    printcolumn(name = "ID", type_ = "string", json_path = ".status.id", priority = 1),
    printcolumn(
        name = "DistributionID",
        type_ = "string",
        json_path = ".spec.distributionId",
        priority = 1
    ),
    printcolumn(
        name = "First Path",
        type_ = "string",
        json_path = ".spec.paths[0]",
        priority = 1
    )
)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = RULES))]
pub struct InvalidationSpec {
    /// The Distribution object, in the same namespace, whose caches are cleared. Exactly one of this and `distributionId` is set.
    pub distribution_ref: Option<LocalReference>,

    /// CloudFront's id of a distribution that no object of this cluster stands for.
    #[schemars(length(min = 1, max = 64), regex(pattern = r"^[A-Z0-9]+$"))]
    pub distribution_id: Option<String>,

    /// What is taken out of the caches, at most 3,000 items: a path such as `/index.html`; a path with a `*` at its end, which stands
    /// for all that begin like it, at most 15 of them; or a cache tag such as `#release-7`, where the distribution has a
    /// `cacheTagConfig`. AWS charges for each item beyond 1,000 a month; a wildcard or a tag is one item.
    pub paths: Paths,

    /// Seconds after which the object deletes itself, once the invalidation is complete or has failed. Default: never.
    #[schemars(range(min = 0, max = 31_536_000))]
    pub ttl_seconds_after_finished: Option<i32>,
}

/// Paths, wildcard paths and cache tags.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/Path")]
#[schemars(extend("minItems" = 1, "maxItems" = 3000, "x-kubernetes-list-type" = "set"))]
pub struct Paths(pub Vec<Path>);

/// A path or wildcard path as a URL has it, percent-encoded where needed, or a cache tag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(extend("minLength" = 1, "maxLength" = 2048, "x-kubernetes-validations" = PATH_RULES))]
pub struct Path(pub String);

/// What CloudFront says of an invalidation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ObservedInvalidation {
    /// CloudFront's own word: `InProgress` or `Completed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,

    /// When CloudFront took the invalidation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub create_time: Option<String>,

    /// How many paths, wildcards and tags CloudFront has taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path_count: Option<i64>,
}

const RULES: [Rule; 3] = [
    Rule::text(
        "has(self.distributionRef) != has(self.distributionId)",
        "set exactly one of distributionRef (the name of a Distribution object here) and distributionId (CloudFront's id)",
    ),
    Rule::text(
        "self == oldSelf",
        "an Invalidation cannot be changed, since CloudFront has begun it: create another one, with metadata.generateName for a new name",
    ),
    Rule::expression(
        "self.paths.filter(p, p.endsWith('*')).size() <= 15",
        "'%d of the paths are wildcards, and CloudFront takes 15: use fewer or broader ones, such as \"/*\", or several Invalidations'.format([self.paths.filter(p, p.endsWith('*')).size()])",
    ),
];

/// AWS's documentation of `InvalidationBatch` wants percent-encoded what RFC 1738 does. A `~` is refused, and `%7E` taken without an
/// effect. Source: aws-sdk#525. Sixteen characters are what the API server affords of an expression for 3,000 paths.
const PATH_RULES: [Rule; 5] = [
    Rule::expression(
        "self.startsWith('#') || !self.matches('[^!$-;=?-Z_a-z~]')",
        "'path \"%s\" has a character that a URL cannot have as it is, such as a space, a bracket or one that is not ASCII: percent-encode it'.format([self])",
    ),
    Rule::expression(
        "self.startsWith('#') || !self.contains('~')",
        "'path \"%s\" has a ~, which CloudFront does not take: end the path before it with a *, such as \"/js/vendors*\"'.format([self])",
    ),
    Rule::expression(
        "self.startsWith('/') || self.startsWith('#')",
        "'path \"%s\" begins with neither / nor #: write \"/%s\" for a path, or \"#%s\" for a cache tag'.format([self, self, self])",
    ),
    Rule::expression(
        "self.startsWith('#') || self.indexOf('*') < 0 || self.indexOf('*') == size(self) - 1",
        "'path \"%s\" has a * that is not its last character: CloudFront takes wildcards only at the end of a path, such as \"/images/*\"'.format([self])",
    ),
    Rule::expression(
        "!self.startsWith('#') || !self.contains('*')",
        "'cache tag \"%s\" has a *: CloudFront takes wildcards in paths only, so name each tag in full'.format([self])",
    ),
];

#[derive(Serialize)]
struct Batch<'a> {
    paths: &'a Paths,
}

/// How much of what CloudFront takes in progress something uses up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Load {
    paths: usize,
    wildcards: usize,
}

/// What tells an invalidation's place in the queue of its distribution.
#[derive(Clone, Debug, Default)]
pub struct QueueEntry {
    /// Its namespace, and how it names its distribution there.
    distribution: (Option<String>, Option<String>, Option<String>),
    /// Creation times are whole seconds, so names decide between equals.
    place: (Option<Timestamp>, String),
    load: Load,
    sent: bool,
    finished: bool,
}

impl Kind for Invalidation {
    const KIND: &'static str = "Invalidation";
    const API_NAME: &'static str = "Invalidation";
    const API_LIST_NAME: &'static str = "Invalidations";
    const COLLECTION: &'static str = "distribution/*/invalidation";
    const CONFIG: &'static str = "InvalidationBatch";
    const LIFECYCLE: Lifecycle = Lifecycle::OneShot;
    const DEPLOYED_STATUS: &'static str = "Completed";
    const REQUIRES_DEPLOYED_REFERENCES: bool = true;

    type QueueEntry = QueueEntry;
    type ObservedFields = ObservedInvalidation;

    fn management(&self) -> &ManagementSpec {
        &UNMANAGED
    }

    fn status(&self) -> Option<&Status<ObservedInvalidation>> {
        self.status.as_ref()
    }

    fn references(&self) -> Vec<TypedLocalReference> {
        let named = self
            .spec
            .distribution_ref
            .iter()
            .map(|reference| TypedLocalReference {
                kind: DISTRIBUTION,
                name: reference.0.name.clone(),
            });
        named.collect()
    }

    fn config(&self, _: &ResolvedReferences) -> Result<Element, xml::XmlError> {
        let paths = &self.spec.paths;
        xml::to_element(Self::CONFIG, &Batch { paths })
    }

    fn observed_fields(document: &Element) -> Result<ObservedInvalidation, xml::XmlError> {
        let facts: ObservedInvalidation = xml::from_element(document)?;
        let batch = document.child(Self::CONFIG);
        let paths = batch.and_then(|batch| batch.child("Paths"));
        let count = paths.and_then(|paths| paths.text_of("Quantity"));
        Ok(ObservedInvalidation {
            path_count: count.and_then(|count| count.parse().ok()),
            ..facts
        })
    }

    /// Nobody can change one.
    fn revision(_document: &Element, _etag: Option<&str>) -> Option<String> {
        Some(String::new())
    }

    fn collection(&self, ids: &ResolvedReferences) -> String {
        let named = self.spec.distribution_ref.as_ref();
        let id = named.and_then(|reference| ids.id(DISTRIBUTION, &reference.0.name));
        let id = id
            .or(self.spec.distribution_id.as_deref())
            .unwrap_or_default();
        format!("distribution/{}/invalidation", encode_segment(id))
    }

    fn queue_entry(&self) -> QueueEntry {
        let reference = self.spec.distribution_ref.as_ref();
        let status = self.status.as_ref();
        let over = |type_| status.is_some_and(|status| status.condition(type_).is_some());
        QueueEntry {
            distribution: (
                self.namespace(),
                reference.map(|reference| reference.0.name.clone()),
                self.spec.distribution_id.clone(),
            ),
            place: (
                self.creation_timestamp().map(|time| time.0),
                self.name_any(),
            ),
            load: self.load(),
            sent: status.is_some_and(|status| status.id.is_some()),
            finished: self.metadata.deletion_timestamp.is_some()
                || over("Complete")
                || over("Failed"),
        }
    }

    /// In the order of their creation, for as long as all of them together are within what CloudFront takes, so that CloudFront never
    /// has to refuse. Few go out side by side: whoever is held up is overtaken by no more than these.
    fn queue_blocker(own: &QueueEntry, all: &[&QueueEntry]) -> Option<String> {
        let earlier = all.iter().filter(|other| other.is_before(own));
        let earlier: Vec<&QueueEntry> = earlier.copied().collect();
        let ahead: Vec<&QueueEntry> = earlier.iter().copied().filter(|it| !it.finished).collect();
        let load = ahead
            .iter()
            .fold(own.load, |load, other| load.and(other.load));
        let unsent = ahead.iter().filter(|other| !other.sent);
        let abreast = unsent.map(|other| &other.place).min().map_or(0, |first| {
            earlier.iter().filter(|it| it.place >= *first).count()
        });
        if ahead.is_empty() || (load.fits() && abreast < ABREAST) {
            return None;
        }
        // Rounded up, so that not every step of the queue is a write to every object in it.
        let behind = ahead.len().next_power_of_two();
        Some(format!(
            "Waits for its turn behind at most {behind} earlier invalidations of this distribution: CloudFront takes 3,000 paths and 15 wildcards at once."
        ))
    }

    fn billable_paths(&self) -> usize {
        self.spec.paths.0.len()
    }

    fn ttl_after_finished(&self) -> Option<Duration> {
        let seconds = self.spec.ttl_seconds_after_finished?;
        u64::try_from(seconds).ok().map(Duration::from_secs)
    }
}

impl Invalidation {
    fn load(&self) -> Load {
        let paths = &self.spec.paths.0;
        Load {
            paths: paths.len(),
            wildcards: paths.iter().filter(|path| path.0.ends_with('*')).count(),
        }
    }
}

impl QueueEntry {
    fn is_before(&self, other: &Self) -> bool {
        self.distribution == other.distribution && self.place < other.place
    }
}

impl Load {
    fn and(self, other: Self) -> Self {
        Self {
            paths: self.paths + other.paths,
            wildcards: self.wildcards + other.wildcards,
        }
    }

    fn fits(self) -> bool {
        self.paths <= MOST.paths && self.wildcards <= MOST.wildcards
    }
}
