//! Switches for behaviour of CloudFront that is not established, or that differs between sources.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// A switch between two behaviours. All switches are off by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Switch {
    /// Off: an unknown or misplaced element returns `MalformedXML`. On: the element is stored and returned.
    TolerateUnknownElements,
    /// Off: a root element without the API's namespace returns `MalformedXML`. On: any namespace is accepted.
    TolerateNamespaces,
    /// Off: a value outside an enum returns `MalformedXML`. On: `InvalidArgument`.
    EnumIsInvalidArgument,
    /// Off: an equal invalidation with a used caller reference returns the first one (documented). On: an error.
    RefuseInvalidationReplay,
    /// Off: a used caller reference with other paths returns `InvalidArgument` (observed). On:
    /// `InvalidationBatchAlreadyExists` (documented).
    DocumentedInvalidationConflict,
    /// Off: an equal origin access identity with a used caller reference returns the first one (documented). On: an
    /// error.
    RefuseIdentityReplay,
    /// Off: a used caller reference of a streaming distribution returns `StreamingDistributionAlreadyExists` (service
    /// model). On: `DistributionAlreadyExists` (documented).
    DocumentedStreamingConflict,
    /// Off: streaming distributions can be created (service model). On: creation returns `AccessDenied`, because RTMP
    /// support has ended.
    RefuseStreamingCreate,
    /// Off: an update with an equal configuration creates a new version (observed). On: it changes nothing.
    IgnoreIdenticalUpdates,
    /// Off: an update without a required member returns `IllegalUpdate`. On: `InvalidArgument`.
    MissingOnUpdateIsInvalidArgument,
    /// Off: updates require the documented members. On: also members that others observed (associations, signers, key
    /// groups, gRPC).
    RequireMoreOnUpdate,
    /// Off: the default of `MinTTL` beside `ForwardedValues` is 0. On: a creation without it returns
    /// `InvalidArgument`.
    RequireMinTtl,
    /// Off: a signature with a skewed time returns `SignatureDoesNotMatch`. On: `RequestTimeTooSkewed`.
    SkewIsRequestTimeTooSkewed,
    /// Off: the default of `IsIPV6Enabled` on create is false. On: true.
    Ipv6ByDefault,
    /// Off: responses list origins by domain name. On: by ID.
    OriginsById,
    /// Off: a reference to an unknown resource, such as a policy or a certificate, returns an error. On: it is
    /// accepted.
    AcceptUnknownReferences,
    /// Off: the update of a policy creates a new version of each distribution that uses it (observed). On: it does not.
    PoliciesKeepDistributions,
    /// Off: the publication of a function creates a new version of each distribution that uses it (observed). On: it does
    /// not.
    FunctionsKeepDistributions,
    /// Off: a request without a stage is about `DEVELOPMENT`. On: about `LIVE`.
    LiveStageByDefault,
    /// Off: the version of a function that is in `LIVE` can be published again. On: `PreconditionFailed` (observed once).
    RefuseRepeatedPublication,
    /// Off: a test with an outdated entity tag returns `PreconditionFailed`. On: `InvalidIfMatchVersion`, the only one of the
    /// two codes in the service model.
    OutdatedTestIsInvalidIfMatch,
    /// Off: an origin request policy can forward `Authorization` (documented). On: it is rejected (observed for years).
    RefuseAuthorizationHeader,
    /// Off: an equal public key with a used caller reference returns the first one. On: an error.
    RefuseKeyReplay,
    /// Off: an equal field-level encryption configuration or profile with a used caller reference returns the first
    /// one. On: an error.
    RefuseEncryptionReplay,
    /// Off: the names of field-level encryption profiles are unique. On: two profiles can have the same name.
    RepeatEncryptionProfileNames,
    /// Off: an unknown public key in a key group returns `InvalidArgument`. On: `NoSuchResource`.
    UnknownKeyIsNoSuchResource,
    /// Off: a field of a real-time log configuration that is not in the documentation returns `InvalidArgument`. On: it is
    /// accepted, and after all others in responses.
    AcceptUnknownLogFields,
    /// Off: the list of the distributions of an unknown real-time log configuration is empty. On: `InvalidArgument`.
    UnknownLogConfigIsInvalidArgument,
    /// Off: a second creation of a monitoring subscription replaces the first (terraform-provider-aws). On:
    /// `MonitoringSubscriptionAlreadyExists` (service model).
    RefuseRepeatedSubscription,
    /// Off: a request for the pairs of a deleted key-value store returns `ConflictException` (terraform-provider-aws). On:
    /// `ResourceNotFoundException`.
    DeletedStoreIsNotFound,
    /// Off: the description of the pairs of a key-value store that is not ready has its status. On: `ConflictException`.
    UnreadyStoreIsConflict,
    /// Off: a batch with one key twice returns `ValidationException`. On: deletions precede, and the last value is stored.
    AcceptRepeatedKeys,
    /// Off: the deletion of a key that does not exist returns `ResourceNotFoundException`. On: it changes nothing.
    AcceptAbsentKeys,
    /// Off: a change of pairs keeps the time of modification of the key-value store in `CloudFront`. On: it changes it.
    PairsChangeStores,
    /// Off: an attached continuous deployment policy cannot be deleted (API Reference). On: a disabled one can, which detaches
    /// it (terraform-provider-aws#34511).
    DeleteAttachedPolicies,
    /// Off: an enabled continuous deployment policy can be detached. On: `IllegalUpdate`.
    DetachOnlyDisabledPolicies,
    /// Off: a staging distribution has the ID of the policy that connects it to a primary distribution
    /// (terraform-provider-aws). On: it has none.
    StagingHasNoPolicyId,
    /// Off: an absent `Comment` or `Description` of a family with a table is absent in responses. On: it is empty.
    EmptyTextsForAbsent,
    /// Off: an empty `Comment` or `Description` of a family with a table is returned. On: it is absent in responses.
    OmitEmptyTexts,
    /// Off: `MaxItems` above 100 returns `InvalidArgument`. On: it is treated as 100.
    ClampMaxItems,
}

/// The switches that are on.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Switches(BTreeSet<Switch>);

impl Switches {
    pub(crate) fn is_on(&self, switch: Switch) -> bool {
        self.0.contains(&switch)
    }

    pub(crate) fn set(&mut self, switch: Switch, is_on: bool) {
        if is_on {
            self.0.insert(switch);
        } else {
            self.0.remove(&switch);
        }
    }
}
