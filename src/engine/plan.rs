//! The decision of a reconciliation: made without I/O, and applied without decisions.

use crate::{
    cloudfront::Request,
    engine::{
        definition::KindDefinition,
        field_path::without_labels,
        remote::{resource::Remote, staged_code::shorten_code},
        resource_api::Lifecycle,
    },
    xml::{Drift, Element},
};

/// The desired state of a resource.
#[derive(Clone, Debug)]
pub enum Desired {
    /// The resource exists with this configuration.
    Present {
        /// The desired configuration. Elements that are not in it are not managed.
        config: Element,
        /// The caller reference or the name of a create.
        identity: String,
        /// Whether a difference may be written.
        write: bool,
        /// The paths of fields that keep their observed values, in the notation of [`Drift::path`]. A create sends them.
        ignored: Vec<String>,
        /// Whether the code of the resource is published.
        publish: bool,
    },
    /// The resource does not exist.
    Absent,
}

impl Desired {
    /// Whether a difference may be written.
    pub fn may_write(&self) -> bool {
        !matches!(self, Self::Present { write: false, .. })
    }

    /// Replaces the caller reference of a create.
    pub(crate) fn with_caller_reference(mut self, replacement: String) -> Self {
        if let Self::Present { identity, .. } = &mut self {
            *identity = replacement;
        }
        self
    }
}

/// The next action for a resource.
#[derive(Clone, Debug, PartialEq)]
pub enum Plan {
    /// The resource does not exist: create it with this configuration.
    Create(Element),
    /// The resource differs: update it.
    Update(Request, Vec<Drift>),
    /// The resource matches the spec, and its code is not published yet.
    Publish(Request),
    /// The resource must be disabled before it can be deleted.
    Disable(Request),
    /// The resource can be deleted.
    Delete(Request),
    /// CloudFront is deploying the last change, or reports that it could not.
    WaitForDeployment,
    /// The resource matches the spec.
    UpToDate,
    /// The resource differs, and a policy forbids the update.
    Drifted(Vec<Drift>),
    /// The resource does not exist, and a policy forbids the create.
    Missing,
    /// The resource does not exist any more: remove the finalizer.
    RemoveFinalizer,
}

impl Plan {
    /// Whether the resource lacks something of the spec that the action adds.
    pub(crate) fn is_change(&self) -> bool {
        matches!(self, Self::Create(_) | Self::Update(..) | Self::Publish(_))
    }

    /// Whether the action writes to CloudFront.
    pub fn is_write(&self) -> bool {
        self.is_change() || matches!(self, Self::Disable(_) | Self::Delete(_))
    }
}

/// Returns the next action for a resource.
///
/// | desired | remote | deployed | equal | disabled | plan |
/// |---|---|---|---|---|---|
/// | present | absent | – | – | – | `Create`, or `Missing` if writes are forbidden |
/// | present | present | any | no | – | `Update`, or `Drifted` if writes are forbidden |
/// | present | present | no | yes | – | `WaitForDeployment` |
/// | present | present | yes | yes | – | `UpToDate`, or `Publish` if its code has to be published, or `Drifted` if writes are forbidden then |
/// | absent | present | any | – | no | `Disable`, from the observed configuration |
/// | absent | present | no | – | yes | `WaitForDeployment` |
/// | absent | present | yes, or failed | – | yes | `Delete` |
/// | absent | absent | – | – | – | `RemoveFinalizer` |
///
/// A [one-shot](Lifecycle::OneShot) resource is never updated, disabled or deleted.
pub fn plan(kind: &KindDefinition, desired: &Desired, remote: Option<&Remote>) -> Plan {
    match (desired, remote) {
        (Desired::Absent, Some(remote)) if kind.api.lifecycle == Lifecycle::Managed => {
            plan_removal(kind, remote)
        }
        (Desired::Absent, _) => Plan::RemoveFinalizer,
        (Desired::Present { write: false, .. }, None) => Plan::Missing,
        (
            Desired::Present {
                config, identity, ..
            },
            None,
        ) => {
            let mut config = config.clone();
            if let Some(member) = kind.api.identity.member() {
                config.set_text(member, identity);
            }
            (kind.hooks.prune_for_create)(&mut config);
            Plan::Create(config)
        }
        (
            Desired::Present {
                config,
                write,
                ignored,
                publish,
                ..
            },
            Some(remote),
        ) => {
            let (updated, drift) = overlay(kind, config, ignored, remote);
            match (drift.is_empty(), kind.api.is_deployed(&remote.document)) {
                (true, true) if *publish && !remote.is_published() => {
                    plan_publication(kind, remote, *write)
                }
                (true, true) => Plan::UpToDate,
                (true, false) => Plan::WaitForDeployment,
                (false, _) if *write => Plan::Update(update_request(kind, remote, updated), drift),
                (false, _) => Plan::Drifted(drift),
            }
        }
    }
}

fn plan_publication(kind: &KindDefinition, remote: &Remote, may_write: bool) -> Plan {
    if may_write {
        return Plan::Publish(kind.api.code_requests().publish(&remote.id, &remote.etag));
    }
    Plan::Drifted(vec![Drift {
        path: "publish".into(),
        desired: Some("true".into()),
        observed: Some("false".into()),
    }])
}

/// Returns the request that replaces the configuration of an observed resource.
fn update_request(kind: &KindDefinition, remote: &Remote, mut config: Element) -> Request {
    (kind.hooks.complete_update)(&mut config);
    kind.api.update_request(&remote.id, &remote.etag, config)
}

/// Whether the resource that CloudFront returned for a write still differs from the desired state, as it does after a create that
/// [omitted](crate::engine::Hooks::prune_for_create) fields, or whether its code is not published.
pub(crate) fn needs_followup_update(
    kind: &KindDefinition,
    desired: &Desired,
    remote: &Remote,
) -> bool {
    match desired {
        Desired::Present { publish, .. } => {
            differs(kind, desired, remote) || (*publish && !remote.is_published())
        }
        Desired::Absent => false,
    }
}

/// Whether the configuration of a resource differs from the desired one.
pub(crate) fn differs(kind: &KindDefinition, desired: &Desired, remote: &Remote) -> bool {
    match desired {
        Desired::Present {
            config, ignored, ..
        } => !overlay(kind, config, ignored, remote).1.is_empty(),
        Desired::Absent => false,
    }
}

/// Returns where a whole configuration differs from that of another resource.
pub(crate) fn differences(kind: &KindDefinition, config: &Element, remote: &Remote) -> Vec<Drift> {
    overlay(kind, config, &[], remote).1
}

/// Lays the desired configuration over the observed one, apart from the ignored fields, and returns the result and the differences. A
/// one-shot resource has none.
fn overlay(
    kind: &KindDefinition,
    config: &Element,
    ignored: &[String],
    remote: &Remote,
) -> (Element, Vec<Drift>) {
    let mut updated = remote.config(kind.api);
    (kind.hooks.prune_observed)(&mut updated);
    if kind.api.lifecycle == Lifecycle::OneShot {
        return (updated, vec![]);
    }
    let mut config = config.clone();
    for member in kind.api.create_only {
        config.remove(member);
    }
    (kind.hooks.prune_for_update)(&mut config, &updated);
    config.keep_observed(&updated, ignored);
    let mut drift = updated.overlay(&config);
    drift.retain(|entry| !is_absent_default(kind, entry));
    shorten_code(kind.api, &mut drift);
    (updated, drift)
}

/// Whether CloudFront has no value where the spec has the default. An update for another reason sends the default.
fn is_absent_default(kind: &KindDefinition, drift: &Drift) -> bool {
    let Some(desired) = drift
        .desired
        .as_deref()
        .filter(|_| drift.observed.is_none())
    else {
        return false;
    };
    let path = without_labels(&drift.path);
    kind.hooks
        .absent_defaults
        .contains(&(path.as_str(), desired))
}

/// Plans from the observed configuration, so that an invalid spec cannot prevent the deletion. CloudFront accepts the update while it
/// deploys an earlier one, so a deletion waits for one deployment only.
fn plan_removal(kind: &KindDefinition, remote: &Remote) -> Plan {
    let mut config = remote.config(kind.api);
    match (
        (kind.hooks.disable)(&mut config),
        kind.api.is_settled(&remote.document),
    ) {
        (true, _) => Plan::Disable(update_request(kind, remote, config)),
        (false, false) => Plan::WaitForDeployment,
        (false, true) => Plan::Delete(kind.api.delete_request(&remote.id, &remote.etag)),
    }
}
