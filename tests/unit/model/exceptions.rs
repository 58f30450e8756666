//! Deliberate differences from the model, with the reasons. `*` is any kind.

/// Members of the model without a field. The status also lacks the configuration, which is the same as the spec.
pub(super) const OMITTED: [(&str, &str); 1] = [(
    "*.spec.callerReference",
    "the engine derives it from the object's uid",
)];

/// Fields that the model does not have.
pub(super) const ADDED: [(&str, &str); 42] = [
    (
        "Distribution.spec.stagingDistributionId",
        "a parameter of an update",
    ),
    (
        "ContinuousDeploymentPolicy.status.stagingDistributionDomainName",
        "the configuration has it, and it identifies the resource",
    ),
    ("*.spec.adoptId", "a field of the operator"),
    ("*.spec.deletionPolicy", "a field of the operator"),
    ("*.spec.deletionProtection", "a field of the operator"),
    ("*.spec.driftIgnore", "a field of the operator"),
    ("*.spec.driftPolicy", "a field of the operator"),
    ("*.spec.managementPolicy", "a field of the operator"),
    ("*.spec.suspend", "a field of the operator"),
    (
        "*.status.appliedGeneration",
        "set by the engine for every kind",
    ),
    (
        "*.status.appliedSpecHash",
        "set by the engine for every kind",
    ),
    (
        "*.status.callerReference",
        "set by the engine for every kind",
    ),
    (
        "*.status.accountID",
        "set by the engine for kinds without an ARN",
    ),
    ("*.status.conditions", "set by the engine for every kind"),
    ("*.status.drift", "set by the engine for every kind"),
    ("*.status.driftCount", "set by the engine for every kind"),
    (
        "*.status.name",
        "set by the engine for kinds with unique names",
    ),
    ("*.status.etag", "set by the engine for every kind"),
    (
        "*.status.lastHandledReconcileAt",
        "set by the engine for every kind",
    ),
    (
        "Distribution.status.bucketPolicies",
        "computed from the origins",
    ),
    (
        "Distribution.status.bucketPolicyCount",
        "computed from the origins",
    ),
    (
        "Distribution.status.managedTags",
        "set by the engine for kinds with tags",
    ),
    (
        "StreamingDistribution.status.managedTags",
        "set by the engine for kinds with tags",
    ),
    (
        "Invalidation.status.pathCount",
        "the length of a list, for a column",
    ),
    (
        "*.status.observedGeneration",
        "set by the engine for every kind",
    ),
    (
        "Distribution.spec.tags",
        "sent in the create request and in separate requests",
    ),
    ("Function.spec.publish", "a field of the operator"),
    ("Function.spec.tests", "a field of the operator"),
    (
        "Function.spec.tags",
        "sent in the create request and in separate requests",
    ),
    (
        "KeyValueStore.spec.items",
        "written by requests to another service",
    ),
    (
        "KeyValueStore.spec.itemsFrom",
        "written by requests to another service",
    ),
    ("KeyValueStore.status.itemCount", "from another service"),
    ("KeyValueStore.status.itemsETag", "from another service"),
    (
        "KeyValueStore.status.totalSizeInBytes",
        "from another service",
    ),
    (
        "KeyValueStore.spec.tags",
        "sent in the create request and in separate requests",
    ),
    (
        "Invalidation.spec.distributionId",
        "a parameter in the path of the requests",
    ),
    (
        "Invalidation.spec.ttlSecondsAfterFinished",
        "a field of the operator",
    ),
    (
        "MonitoringSubscription.spec.distributionId",
        "a parameter in the path of the requests",
    ),
    ("OriginAccessIdentity.status.iamArn", "computed from the id"),
    (
        "OriginAccessIdentity.status.bucketPolicy",
        "computed from the id",
    ),
    ("OriginAccessIdentity.status.path", "computed from the id"),
    (
        "StreamingDistribution.spec.tags",
        "sent in the create request and in separate requests",
    ),
];

/// Fields that are optional without a default, although the model requires the member.
pub(super) const OPTIONAL: [(&str, &str); 19] = [
    (
        "Distribution.spec.origins[].customHeaders[].headerValue",
        "a Secret can have the value",
    ),
    (
        "Distribution.spec.origins[].domainName",
        "a Secret or a ConfigMap can have the value",
    ),
    (
        "Distribution.spec.origins[].customOriginConfig.originMtlsConfig.clientCertificateArn",
        "a Secret or a ConfigMap can have the value",
    ),
    (
        "Distribution.spec.defaultCacheBehavior.lambdaFunctionAssociations[].lambdaFunctionARN",
        "a Secret or a ConfigMap can have the value",
    ),
    (
        "Distribution.spec.cacheBehaviors[].lambdaFunctionAssociations[].lambdaFunctionARN",
        "a Secret or a ConfigMap can have the value",
    ),
    (
        "Distribution.spec.origins[].s3OriginConfig.originAccessIdentity",
        "another field can replace it, and the default is empty",
    ),
    (
        "FieldLevelEncryptionConfig.spec.queryArgProfileConfig.queryArgProfiles[].profileId",
        "an object can have the value",
    ),
    (
        "FieldLevelEncryptionProfile.spec.encryptionEntities[].publicKeyId",
        "an object can have the value",
    ),
    (
        "Distribution.spec.cacheBehaviors[].functionAssociations[].functionARN",
        "an object can have the value",
    ),
    (
        "Distribution.spec.defaultCacheBehavior.functionAssociations[].functionARN",
        "an object can have the value",
    ),
    (
        "Function.spec.functionCode",
        "a Secret or a ConfigMap can have the value",
    ),
    (
        "Function.spec.functionConfig.keyValueStoreAssociations[].keyValueStoreARN",
        "an object can have the value",
    ),
    (
        "KeyValueStore.spec.importSource.sourceARN",
        "a Secret or a ConfigMap can have the value",
    ),
    (
        "PublicKey.spec.encodedKey",
        "a Secret or a ConfigMap can have the value",
    ),
    (
        "RealtimeLogConfig.spec.endPoints[].kinesisStreamConfig.roleARN",
        "a Secret or a ConfigMap can have the value",
    ),
    (
        "RealtimeLogConfig.spec.endPoints[].kinesisStreamConfig.streamARN",
        "a Secret or a ConfigMap can have the value",
    ),
    (
        "*.spec.name",
        "the operator has a default, which contains the UID of the object",
    ),
    (
        "StreamingDistribution.spec.s3Origin.originAccessIdentity",
        "another field can replace it, and the default is empty",
    ),
    (
        "StreamingDistribution.spec.trustedSigners",
        "sent disabled if it is absent",
    ),
];

/// Fields that are required, although the model has optional members.
pub(super) const REQUIRED: [(&str, &str); 5] = [
    (
        "ContinuousDeploymentPolicy.spec.trafficConfig",
        "what CloudFront does without it is unknown, and the policy would have no purpose",
    ),
    (
        "FieldLevelEncryptionConfig.spec.contentTypeProfileConfig",
        "what CloudFront does without it is unknown; CloudFormation requires it",
    ),
    (
        "FieldLevelEncryptionConfig.spec.queryArgProfileConfig",
        "what CloudFront does without it is unknown; CloudFormation requires it",
    ),
    (
        "MonitoringSubscription.spec.realtimeMetricsSubscriptionConfig",
        "a subscription without it has no meaning; CloudFormation requires it",
    ),
    (
        "RealtimeLogConfig.spec.endPoints[].kinesisStreamConfig",
        "the only type of stream has it",
    ),
];

/// Whether a list of differences has a path.
pub(super) fn contains(exceptions: &[(&str, &str)], path: &str) -> bool {
    let (_, below) = path.split_once('.').unwrap();
    exceptions
        .iter()
        .any(|(listed, _)| *listed == path || listed.strip_prefix("*.") == Some(below))
}
