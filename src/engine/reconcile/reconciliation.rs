//! The input of a reconciliation: the object, and the handles that the steps use. No step changes either, apart from the object's
//! metadata, which follow the patches of the finalizer and of the recreate count.

use crate::{
    cloudfront::{Client, Priority},
    engine::{
        api::{
            RECONCILE_REQUESTED_AT,
            outcome::Outcome,
            reason::Reason,
            reference::{ObjectKey, TypedLocalReference},
            sources::Sources,
            status::Status,
        },
        config::RESYNCS_PER_RECONCILE,
        context::Context,
        definition::KindDefinition,
        kubernetes::metadata::{created_tags, has_finalizer},
        object::Object,
        object_state::{CONSISTENCY_WINDOW, ObjectState, PendingStatus, newer},
        remote::{ownership::owns, reader::RemoteReader, resource::Remote, unique_name::OwnNames},
        resource_api::{Identity, Lifecycle, ResourceApi},
    },
};
use kube::{Resource, ResourceExt};
use std::{collections::BTreeSet, time::Duration};

/// How long a request can be on its way that the operator does not wait for any more.
const LATE_CREATE: Duration = Duration::from_mins(1);

/// The object under reconciliation. Decisions that need nothing else are pure.
#[derive(Debug)]
pub(crate) struct Subject {
    pub(super) object: Object,
    /// The objects from which the spec takes values.
    pub(super) sources: Sources,
    /// The latest status of the operator, even if the watch does not show it yet, or shows one of another client.
    pub(super) prior_status: Status,
    /// The version of the object that a status patch changes.
    base_version: Option<String>,
    /// Whether another client has replaced the operator's status.
    pub(super) is_status_replaced: bool,
    /// The id of the resource, if any is recorded.
    pub(super) recorded_id: Option<String>,
    /// Whether the operator runs with `--read-only`.
    pub(super) is_read_only: bool,
}

/// The object under reconciliation, and the handles to Kubernetes and CloudFront.
pub(crate) struct Reconciliation<'a> {
    pub(super) subject: Subject,
    pub(super) context: &'a Context,
    /// Sends requests in the share of the object's namespace.
    pub(super) cloudfront: Client,
    pub(super) reader: RemoteReader,
}

impl<'a> Reconciliation<'a> {
    /// Returns the input of a reconciliation of this object.
    pub(super) fn new(context: &'a Context, object: Object, state: &ObjectState) -> Self {
        let namespace = object.namespace().unwrap_or_default();
        let mut cloudfront = context.shared.cloudfront.for_tenant(&namespace);
        if state.failures.has_failed_request() {
            cloudfront = cloudfront.without_retries();
        }
        Self {
            reader: RemoteReader::new(context.api(), cloudfront.clone()),
            subject: Subject::new(object, &state.pending, context.shared.config.is_read_only),
            cloudfront,
            context,
        }
    }

    /// Returns how long "not found" is inconclusive: reads are eventually consistent, and a create that a killed process sent may
    /// still be in flight.
    ///
    /// It is not longer than the time between two reconciliations. That is shorter only if `--resync-period` is below ten seconds,
    /// as in tests with the simulator, which has no lag: AWS's limits do not allow to list hundreds of resources that often.
    pub(super) fn consistency_window(&self) -> Duration {
        let resync = self.context.shared.config.resync_period;
        CONSISTENCY_WINDOW.min(resync * RESYNCS_PER_RECONCILE)
    }

    /// Returns how long CloudFront may execute a create after the operator no longer waits for its response. It is shorter for a short
    /// `--resync-period`, as the [consistency window](Self::consistency_window).
    pub(super) fn late_create_window(&self) -> Duration {
        let resync = self.context.shared.config.resync_period;
        LATE_CREATE.min(resync * RESYNCS_PER_RECONCILE)
    }

    /// Whether the watch shows a newer version of the spec, or that the object is gone.
    pub(super) fn is_outdated(&self) -> bool {
        let subject = &self.subject;
        let present = self.context.find(&self.object_key());
        present.is_none_or(|present| {
            present.uid() != subject.object.uid()
                || present.meta().generation.unwrap_or(0) > subject.generation()
        })
    }

    /// Returns the key under which the object is enqueued.
    pub(super) fn object_key(&self) -> ObjectKey {
        ObjectKey::of(&self.subject.object)
    }
}

impl Subject {
    /// Returns the kind of the object.
    pub(super) fn definition(&self) -> &'static KindDefinition {
        self.object.definition()
    }

    /// Returns the name of that kind.
    pub(super) fn kind(&self) -> &'static str {
        self.definition().kind
    }

    /// Returns CloudFront's API of the resources of that kind.
    pub(super) fn api(&self) -> &'static ResourceApi {
        self.definition().api
    }

    /// Returns the object with its latest status.
    pub(super) fn new(object: Object, pending: &PendingStatus, is_read_only: bool) -> Self {
        let version = object.meta().resource_version.as_deref();
        let prior_status = pending
            .status_after(version.unwrap_or_default())
            .or(object.status())
            .cloned()
            .unwrap_or_default();
        let pending_id = pending.id().map(str::to_owned);
        Self {
            recorded_id: pending_id.or_else(|| prior_status.id.clone()),
            base_version: pending.written_version().map(str::to_owned),
            is_status_replaced: pending.is_replaced(),
            is_read_only,
            prior_status,
            sources: object.typed.sources(),
            object,
        }
    }

    /// Returns the reference with which another object names this one.
    pub(super) fn own_reference(&self) -> TypedLocalReference {
        TypedLocalReference {
            kind: self.kind(),
            name: self.object.name_any(),
        }
    }

    /// Takes over a status that was stored during the reconciliation.
    pub(super) fn take_stored_status(&mut self, pending: &PendingStatus) {
        if let Some(status) = pending.status() {
            self.prior_status = status.clone();
        }
        self.base_version = pending.written_version().map(str::to_owned);
        self.is_status_replaced = pending.is_replaced();
    }

    /// Returns the latest version of the object that the operator has seen or made. A status patch that names it fails if another
    /// client has changed the object since.
    pub(super) fn latest_version(&self) -> Option<&str> {
        let version = self.object.meta().resource_version.as_deref();
        match (version, self.base_version.as_deref()) {
            (Some(version), Some(written)) => Some(newer(version, written)),
            (version, written) => version.or(written),
        }
    }

    /// Returns the status that a patch changes.
    pub(super) fn stored_status(&self) -> Status {
        match self.object.status() {
            _ if !self.is_status_replaced => self.prior_status.clone(),
            Some(status) => status.clone(),
            None => Status::default(),
        }
    }

    /// Returns the keys of the tags that the operator may have set. Until the status has the id of the resource, these include the tags
    /// that are recorded outside of it: the response to a create was lost, or another client has cleared the status.
    pub(super) fn managed_tags(&self) -> BTreeSet<String> {
        let status = &self.prior_status;
        let mut keys: BTreeSet<String> = status.managed_tags.iter().cloned().collect();
        if !self.has_verified_id() && self.object.typed.management().adopt_id.is_none() {
            keys.extend(created_tags(&self.object));
        }
        keys
    }

    /// Whether the operator may write to CloudFront for this object.
    pub(super) fn may_write(&self) -> bool {
        !self.is_read_only && !self.object.typed.management().is_observe_only()
    }

    /// Returns the object's namespace.
    pub(super) fn namespace(&self) -> String {
        self.object.namespace().unwrap_or_default()
    }

    /// Whether the object is being deleted.
    pub(super) fn is_deleting(&self) -> bool {
        self.object.meta().deletion_timestamp.is_some()
    }

    /// Whether the object has the operator's finalizer.
    pub(super) fn has_finalizer(&self) -> bool {
        has_finalizer(&self.object)
    }

    /// Whether the finalizer has to be added, since the object has a resource or is about to create one. A one-shot resource needs none:
    /// nothing is deleted with its object.
    pub(super) fn needs_finalizer(&self, has_resource: bool) -> bool {
        self.api().lifecycle == Lifecycle::Managed
            && self.may_write()
            && !self.is_deleting()
            && !self.has_finalizer()
            && (has_resource || self.has_verified_id())
    }

    /// Returns the object's generation. The API server counts from 1.
    pub(super) fn generation(&self) -> i64 {
        self.object.meta().generation.unwrap_or(0)
    }

    /// Whether CloudFront accepted all of this generation.
    pub(super) fn is_generation_applied(&self) -> bool {
        self.prior_status.applied_generation == Some(self.generation())
    }

    /// Whether the status has the id of a resource that was verified to belong to this object. A status that was copied from another
    /// object has that object's caller reference or name.
    pub(super) fn has_verified_id(&self) -> bool {
        let identity = self.recorded_identity();
        self.recorded_id.is_some()
            && (self.object.typed.management().adopt_id.is_some()
                || identity.is_some_and(|it| owns(self.api(), &self.object, it)))
    }

    /// Returns the identity of the resource in the status.
    pub(super) fn recorded_identity(&self) -> Option<&str> {
        let status = &self.prior_status;
        match self.api().identity {
            Identity::CallerReference => status.caller_reference.as_deref(),
            Identity::UniqueName { .. } => status.name.as_deref(),
            Identity::UniqueText { field, .. } => status.observed_fields.get(field)?.as_str(),
            Identity::Parent { .. } => status.id.as_deref(),
        }
    }

    /// Whether the resource belongs to this object. The recorded id does not prove it, since a status can be forged or restored from
    /// elsewhere; the caller reference or the recorded name does.
    pub(super) fn owns(&self, remote: &Remote) -> bool {
        self.object.typed.management().adopt_id.as_deref() == Some(&remote.id)
            || remote
                .identity(self.api())
                .is_some_and(|key| owns(self.api(), &self.object, key))
    }

    /// Returns the names that prove the ownership of a resource. `None`: the kind has caller references.
    pub(super) fn own_names(&self) -> Option<OwnNames> {
        let identity = self.api().identity;
        (identity != Identity::CallerReference)
            .then(|| OwnNames::of(&self.object, identity.max_length()))
    }

    /// Returns the final outcome of a one-shot resource, if the status has it.
    pub(super) fn final_outcome(&self) -> Option<Outcome> {
        let status = &self.prior_status;
        let is_true = |type_| {
            let condition = status.condition(type_);
            condition.filter(|it| self.api().lifecycle == Lifecycle::OneShot && it.status == "True")
        };
        if is_true("Complete").is_some() {
            return Some(Outcome::Completed);
        }
        let failed = is_true("Failed")?;
        let synced = status.condition("Synced").map(|synced| &synced.reason);
        Some(Outcome::Failed {
            reason: failed.reason.parse().unwrap_or(Reason::Rejected),
            code: synced.filter(|code| **code != failed.reason).cloned(),
            message: failed.message.clone(),
        })
    }

    /// Whether a one-shot resource was created and has not completed.
    pub(super) fn is_one_shot_started(&self) -> bool {
        self.api().lifecycle == Lifecycle::OneShot && self.recorded_id.is_some()
    }

    /// Whether the user requests a fresh read through the annotation.
    pub(super) fn is_reconcile_requested(&self) -> bool {
        let requested = self.object.annotations().get(RECONCILE_REQUESTED_AT);
        requested.is_some() && requested != self.prior_status.last_handled_reconcile_at.as_ref()
    }

    /// Whether a change that a user made has not reached CloudFront.
    pub(super) fn has_pending_change(&self) -> bool {
        self.is_deleting() || (!self.is_one_shot_started() && !self.is_generation_applied())
    }

    /// Whether this generation was refused. The next attempt only checks whether it still is, and no user waits for it.
    fn is_refused(&self) -> bool {
        let status = &self.prior_status;
        let of_generation = |type_| {
            let condition = status.condition(type_);
            condition.filter(|it| it.observed_generation == Some(self.generation()))
        };
        let has_reason = |type_, reason: Reason| {
            of_generation(type_).is_some_and(|it| it.reason == reason.to_string())
        };
        has_reason("Ready", Reason::Rejected)
            || (of_generation("Stalled").is_some() && !has_reason("Stalled", Reason::ReadOnly))
    }

    /// Returns the priority of a read.
    pub(super) fn read_priority(&self) -> Priority {
        if self.is_deleting() {
            return Priority::Deletion;
        }
        if !self.is_one_shot_started() && !self.is_generation_applied() {
            return if self.is_refused() {
                Priority::DriftCheck
            } else {
                Priority::Interactive
            };
        }
        let ready = self.prior_status.condition("Ready");
        if ready.is_some_and(|ready| ready.reason == Reason::Deploying.to_string()) {
            Priority::DeploymentPoll
        } else {
            Priority::DriftCheck
        }
    }

    /// Returns the priority of a write. A write that only corrects drift is not urgent.
    pub(super) fn write_priority(&self) -> Priority {
        match self.read_priority() {
            Priority::DeploymentPoll => Priority::DriftCheck,
            priority => priority,
        }
    }
}
