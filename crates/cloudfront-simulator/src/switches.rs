//! Choices where AWS's behaviour is not established, or where a test wants the other one.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// A behaviour that is off by default. Each says what happens when it is off, and when it is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Switch {
    /// Off: an unknown or misplaced element is `MalformedXML`. On: it is kept and read back.
    TolerateUnknownElements,
    /// Off: a root without the API's namespace is `MalformedXML`. On: any namespace is taken.
    TolerateNamespaces,
    /// Off: a value outside an enum is `MalformedXML`. On: `InvalidArgument`.
    EnumIsInvalidArgument,
    /// Off: an equal invalidation with a used reference answers the first one again (documented). On: it is refused.
    RefuseInvalidationReplay,
    /// Off: a used reference with other paths is `InvalidArgument` (observed). On: `InvalidationBatchAlreadyExists` (documented).
    DocumentedInvalidationConflict,
    /// Off: an equal identity with a used reference answers the first one again (documented). On: it is refused.
    RefuseIdentityReplay,
    /// Off: a used streaming reference is `StreamingDistributionAlreadyExists` (modelled). On: `DistributionAlreadyExists` (documented).
    DocumentedStreamingConflict,
    /// Off: streaming distributions can be created, as modelled. On: creation is `AccessDenied`, as RTMP has ended.
    RefuseStreamingCreate,
    /// Off: an update with an equal configuration makes a new version (observed). On: it changes nothing.
    IgnoreIdenticalUpdates,
    /// Off: a member missing from an update is `IllegalUpdate`. On: `InvalidArgument`.
    MissingOnUpdateIsInvalidArgument,
    /// Off: updates need what the documentation lists. On: also what others observed (associations, signers, key groups, gRPC).
    RequireMoreOnUpdate,
    /// Off: a signature from another time is `SignatureDoesNotMatch`. On: `RequestTimeTooSkewed`.
    SkewIsRequestTimeTooSkewed,
    /// Off: `IsIPV6Enabled` reads false when left out on create. On: true.
    Ipv6ByDefault,
    /// Off: origins come back by domain name. On: by id.
    OriginsById,
    /// Off: a reference to an unknown policy, function, certificate and so on is refused. On: it is taken.
    AcceptUnknownReferences,
    /// Off: `MaxItems` above 100 is `InvalidArgument`. On: it counts as 100.
    ClampMaxItems,
}

/// The switches that are on.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Switches(BTreeSet<Switch>);

impl Switches {
    pub(crate) fn on(&self, switch: Switch) -> bool {
        self.0.contains(&switch)
    }

    pub(crate) fn set(&mut self, switch: Switch, on: bool) {
        if on {
            self.0.insert(switch);
        } else {
            self.0.remove(&switch);
        }
    }
}
