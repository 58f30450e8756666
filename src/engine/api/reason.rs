//! The reasons of conditions and events.

/// The reason of a condition or an event, and the value of a metric's label: the variant's name.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    strum::Display,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantNames,
)]
pub enum Reason {
    /// The object was not reconciled yet.
    Pending,
    /// Event: the resource was created.
    Created,
    /// Event: the resource's configuration was updated.
    Updated,
    /// Event: drift was corrected.
    DriftCorrected,
    /// Event: the code of the resource was published.
    Published,
    /// Event: the resource got the configuration of its staging resource.
    Promoted,
    /// Event: the resource's tags were changed.
    Tagged,
    /// The resource is being disabled before its deletion.
    Disabling,
    /// Event: the resource was deleted.
    Deleted,
    /// The object is being deleted, and `spec.deletionProtection` is true.
    DeletionProtected,
    /// Event: the object is deleted and its resource is retained.
    Retained,
    /// CloudFront is deploying the last change.
    Deploying,
    /// The resource matches the spec and is deployed.
    InSync,
    /// The resource differs from the spec, and a policy forbids the correction.
    Drifted,
    /// `spec.suspend` is set.
    Suspended,
    /// A referenced object does not exist or has no id yet.
    ReferenceNotReady,
    /// The object waits for the rate limiter, for a limit of CloudFront's on concurrent operations, or for an alias of another object.
    Queued,
    /// The one-shot resource has completed.
    Completed,
    /// Something else in CloudFront still uses the resource.
    InUse,
    /// CloudFront accepted the same update twice, and the resource still differs.
    NotConverging,
    /// CloudFront rejected the configuration.
    Rejected,
    /// CloudFront throttled the request.
    Throttled,
    /// AWS rejected the credentials, or they lack a permission.
    AccessDenied,
    /// CloudFront is unreachable, or its response is invalid.
    Unreachable,
    /// This version of the operator cannot decode the object or encode its spec, or a bug of it ended the reconciliation.
    Invalid,
    /// The spec differs in a member that CloudFront cannot change.
    Immutable,
    /// CloudFront could not deploy the resource.
    ResourceFailed,
    /// A test of the code failed, so that its last version is not published.
    TestsFailed,
    /// Another client changes the resource at the same time.
    Conflict,
    /// The resource belongs to another object.
    OwnershipConflict,
    /// The resource of `spec.adoptId` does not exist.
    NotFound,
    /// The operator runs with `--read-only`, and a write is necessary.
    ReadOnly,
    /// A policy waits for changes of its triggers.
    Watching,
    /// A change needs more paths than the budget of the month has.
    BudgetExceeded,
    /// Event: a change created Invalidations.
    InvalidationCreated,
}
