//! Cached observations: when the last read of a resource is still valid, and when a fresh read is required.

use crate::{
    cloudfront::CloudFrontError,
    engine::{
        api::reason::Reason,
        object_state::{CreationHistory, ObjectState, RemoteCache, UpdateHistory},
        plan::Plan,
        poll::{list::InitialRevision, subscription::Subscriber},
        reconcile::{
            account::needs_account,
            convergence::is_not_converging,
            observation::Observation,
            reconciliation::{Reconciliation, Subject},
            requeue::WakeUp,
            resolve::Inputs,
        },
        remote::resource::{Remote, RemoteRevision},
        resource_api::Lifecycle,
    },
};
use std::sync::Arc;

/// Why the list of a collection is not known.
#[derive(Debug)]
pub(crate) enum ListFailure {
    /// It has failed for long.
    Lasting(Arc<CloudFrontError>),
    /// The first one after a start failed.
    Initial(Arc<CloudFrontError>),
}

/// Returns the cached resource, unless the poller has seen a change or the user requests a fresh read.
pub(super) fn cached_remote(
    rec: &Reconciliation<'_>,
    collection: &str,
    id: &str,
    cache: &RemoteCache,
) -> Option<Remote> {
    if rec.subject.is_reconcile_requested() {
        return None;
    }
    let snapshot = cache.snapshot(id)?;
    let subscription = cache.subscription_to(collection, id)?;
    let is_deployed = rec.context.poller.deployed_if_trusted(subscription)?;
    let mut remote = snapshot.decode()?;
    if is_deployed && !rec.subject.api().is_settled(&remote.document) {
        remote
            .document
            .set_text("Status", rec.subject.api().deployed_status);
    }
    Some(remote)
}

/// Whether the plan requires a fresh read. A write does not, since `If-Match` rejects it if the cached ETag is stale. An update in a family
/// without ETags does: it would overwrite what another client has changed meanwhile. A fresh read is also
/// required before a new generation is reported as in sync, unless it changes tags, and before an update is reported as not converging.
pub(super) fn needs_fresh_read(
    subject: &Subject,
    plan: &Plan,
    observation: &Observation,
    updates: &UpdateHistory,
    writes_tags: bool,
) -> bool {
    let Some(remote) = observation
        .remote
        .as_ref()
        .filter(|_| !observation.is_fresh())
    else {
        return false;
    };
    match plan {
        Plan::Update(..) if !subject.api().has_etags() => true,
        Plan::Update(request, drift) => {
            is_not_converging(subject, updates, request, drift, &remote.etag)
        }
        plan if plan.is_write() => false,
        // The spec of a one-shot resource cannot change.
        _ if subject.api().lifecycle == Lifecycle::OneShot => false,
        _ => !writes_tags && !subject.is_deleting() && !subject.is_generation_applied(),
    }
}

/// Returns the error of the list, if the plan relies on a cached observation: it is valid only while the list can be read.
pub(super) fn check_list_error(
    rec: &Reconciliation<'_>,
    plan: &Plan,
    observation: &Observation,
) -> Result<(), ListFailure> {
    if observation.is_fresh() || observation.remote.is_none() || plan.is_write() {
        return Ok(());
    }
    match rec.context.poller.list_error(&observation.collection) {
        Some(error) => Err(ListFailure::Lasting(error)),
        None => Ok(()),
    }
}

/// Caches a fresh observation, and subscribes to changes of the resource.
pub(super) fn cache_remote(
    rec: &Reconciliation<'_>,
    observation: &Observation,
    cache: &mut RemoteCache,
) {
    if !observation.is_fresh() {
        return;
    }
    let remote = observation.remote.as_ref();
    cache.store(remote);
    match remote {
        Some(remote) => {
            let revision = RemoteRevision::from_remote(rec.subject.api(), remote);
            subscribe(rec, cache, &observation.collection, &remote.id, revision);
        }
        None => unsubscribe(rec, cache),
    }
}

/// Whether a list has shown the resource since this process wrote or read it.
pub(super) fn is_listed(rec: &Reconciliation<'_>, cache: &RemoteCache) -> bool {
    let subscription = cache.subscription();
    subscription.is_some_and(|it| rec.context.poller.is_listed(it))
}

/// Returns the event that will reconcile the object before its delay ends.
pub(super) fn wake_up(rec: &Reconciliation<'_>, state: &ObjectState) -> WakeUp {
    if state.write_turn.is_held() || state.read_turn.is_held() {
        return WakeUp::OnTurn;
    }
    let poller = &rec.context.poller;
    let subscription = state.remote.subscription();
    match subscription.and_then(|it| poller.deployed_if_trusted(it)) {
        None => WakeUp::None,
        Some(true) => WakeUp::OnChange,
        Some(false) => WakeUp::OnDeployment,
    }
}

/// Ends the subscription to changes of the resource.
pub(super) fn unsubscribe(rec: &Reconciliation<'_>, cache: &mut RemoteCache) {
    if let Some(subscription) = cache.set_subscription(None) {
        rec.context.poller.unsubscribe(&subscription);
    }
}

fn subscribe(
    rec: &Reconciliation<'_>,
    cache: &mut RemoteCache,
    collection: &str,
    id: &str,
    revision: RemoteRevision,
) {
    let before = cache.subscription();
    if before.is_some_and(|it| it.collection != collection || it.id != id) {
        unsubscribe(rec, cache);
    }
    let poller = &rec.context.poller;
    let subscription = poller.subscribe(collection, id, revision, subscriber(rec));
    cache.set_subscription(Some(subscription));
}

/// Returns what enqueues the object.
pub(super) fn subscriber(rec: &Reconciliation<'_>) -> Subscriber {
    Subscriber {
        object: rec.object_key(),
        wake: rec.context.wake.clone(),
    }
}

/// The comparison of the status with the list, without a read of the resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ListComparison {
    /// The resource is as in the status, which reports this spec as in sync.
    Unchanged,
    /// The resource has to be observed.
    Unknown,
    /// The first list is not read yet. The object is enqueued once it is.
    Pending,
}

impl ListComparison {
    fn of(is_unchanged: bool) -> Self {
        if is_unchanged {
            Self::Unchanged
        } else {
            Self::Unknown
        }
    }
}

/// Returns whether the status reports this spec as in sync, and the list shows the resource with the revision in the status. Then no
/// resource is read, so that a restart costs one list for each collection.
pub(super) async fn compare_with_list(
    rec: &Reconciliation<'_>,
    inputs: &Inputs,
    state: &mut ObjectState,
) -> Result<ListComparison, ListFailure> {
    let subject = &rec.subject;
    let is_first = state.pending.id().is_none() && !state.remote.was_read();
    if needs_account(rec).await {
        return Ok(ListComparison::Unknown);
    }
    let Some(id) = subject
        .recorded_id
        .as_deref()
        .filter(|_| is_first && status_says_in_sync(subject, inputs, &state.creation))
    else {
        return Ok(ListComparison::Unknown);
    };
    let poller = &rec.context.poller;
    if let Some(error) = poller.list_error(&inputs.collection) {
        return Err(ListFailure::Lasting(error));
    }
    let subscription = state.remote.subscription_to(&inputs.collection, id);
    if let Some(is_deployed) = subscription.and_then(|it| poller.deployed_if_trusted(it)) {
        return Ok(ListComparison::of(is_deployed));
    }
    let is_subscribed = state.remote.subscription().is_some();
    let recorded = RemoteRevision {
        is_deployed: true,
        version: subject
            .object
            .recorded_revision()
            .filter(|_| !is_subscribed),
    };
    let listed = poller.initial_revision(&inputs.collection, id, subscriber(rec));
    let InitialRevision::Listed(listed) = listed.map_err(ListFailure::Initial)? else {
        return Ok(ListComparison::Pending);
    };
    let is_unchanged = listed.is_some_and(|it| it.is_deployed && it.is_same_revision(&recorded));
    if is_unchanged {
        state.applied.record_tags(subject.object.typed.tags());
        subscribe(rec, &mut state.remote, &inputs.collection, id, recorded);
    }
    Ok(ListComparison::of(is_unchanged))
}

/// Whether the status reports that the resource matches this very spec.
pub(super) fn status_says_in_sync(
    subject: &Subject,
    inputs: &Inputs,
    creation: &CreationHistory,
) -> bool {
    let status = &subject.prior_status;
    let Some(ready) = status.condition("Ready") else {
        return false;
    };
    subject.api().lifecycle == Lifecycle::Managed
        && subject.has_verified_id()
        && !creation.is_missing()
        && !subject.is_deleting()
        && !subject.is_reconcile_requested()
        && ready.status == "True"
        && ready.reason == Reason::InSync.to_string()
        && ready.observed_generation == Some(subject.generation())
        && status.condition("Stalled").is_none()
        && status.applied_spec_hash.is_some()
        && status.applied_spec_hash == inputs.hashes.recorded
}
