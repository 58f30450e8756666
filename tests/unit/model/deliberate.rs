//! Where the types differ from the model on purpose, and why. `*` stands for the name of any kind.

/// Members of the model that are no fields.
pub(super) const OMITTED: [(&str, &str); 5] = [
    (
        "*.spec.callerReference",
        "the engine derives it from the object's uid",
    ),
    ("Distribution.status.distributionConfig", "it is the spec"),
    ("Invalidation.status.invalidationBatch", "it is the spec"),
    (
        "OriginAccessIdentity.status.cloudFrontOriginAccessIdentityConfig",
        "it is the spec",
    ),
    (
        "StreamingDistribution.status.streamingDistributionConfig",
        "it is the spec",
    ),
];

/// Fields that are no members of the model.
pub(super) const ADDED: [(&str, &str); 28] = [
    ("*.spec.adoptId", "the operator's own"),
    ("*.spec.deletionPolicy", "the operator's own"),
    ("*.spec.driftPolicy", "the operator's own"),
    ("*.spec.managementPolicy", "the operator's own"),
    ("*.spec.suspend", "the operator's own"),
    (
        "*.status.acceptedGeneration",
        "the engine's, for every kind",
    ),
    ("*.status.acceptedHash", "the engine's, for every kind"),
    ("*.status.callerReference", "the engine's, for every kind"),
    (
        "*.status.account",
        "the engine's, for what has no ARN that tells it",
    ),
    ("*.status.conditions", "the engine's, for every kind"),
    ("*.status.drift", "the engine's, for every kind"),
    ("*.status.driftCount", "the engine's, for every kind"),
    ("*.status.etag", "the engine's, for every kind"),
    (
        "*.status.lastHandledReconcileAt",
        "the engine's, for every kind",
    ),
    (
        "Distribution.status.managedTags",
        "the engine's, for kinds with tags",
    ),
    (
        "StreamingDistribution.status.managedTags",
        "the engine's, for kinds with tags",
    ),
    (
        "Invalidation.status.pathCount",
        "the length of a list that is too long for a table",
    ),
    (
        "*.status.observedGeneration",
        "the engine's, for every kind",
    ),
    (
        "Distribution.spec.origins[].customHeaders[].headerValueFrom",
        "names a Secret instead of a value",
    ),
    (
        "Distribution.spec.origins[].s3OriginConfig.originAccessIdentityRef",
        "names an object instead of an id",
    ),
    (
        "Distribution.spec.tags",
        "a member of the call that creates, and of calls of its own",
    ),
    (
        "Invalidation.spec.distributionId",
        "a parameter of the calls, not a member of what they carry",
    ),
    (
        "Invalidation.spec.distributionRef",
        "names an object instead of an id",
    ),
    (
        "Invalidation.spec.ttlSecondsAfterFinished",
        "the operator's own",
    ),
    ("OriginAccessIdentity.status.iamArn", "computed from the id"),
    ("OriginAccessIdentity.status.path", "computed from the id"),
    (
        "StreamingDistribution.spec.s3Origin.originAccessIdentityRef",
        "names an object instead of an id",
    ),
    (
        "StreamingDistribution.spec.tags",
        "a member of the call that creates, and of calls of its own",
    ),
];

/// Members that the model requires, and the spec does not, though it has no default for them.
pub(super) const OPTIONAL: [(&str, &str); 4] = [
    (
        "Distribution.spec.origins[].customHeaders[].headerValue",
        "a Secret may hold it",
    ),
    (
        "Distribution.spec.origins[].s3OriginConfig.originAccessIdentity",
        "another field may name it, and empty is its default",
    ),
    (
        "StreamingDistribution.spec.s3Origin.originAccessIdentity",
        "another field may name it, and empty is its default",
    ),
    (
        "StreamingDistribution.spec.trustedSigners",
        "a whole structure, sent switched off when it is absent",
    ),
];

/// Whether a list of deliberate differences has this path.
pub(super) fn lists(deliberate: &[(&str, &str)], path: &str) -> bool {
    let (_, below) = path.split_once('.').unwrap();
    deliberate
        .iter()
        .any(|(listed, _)| *listed == path || listed.strip_prefix("*.") == Some(below))
}
