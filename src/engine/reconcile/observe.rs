//! Step `observe`: the resource that CloudFront has for an object, if it certainly belongs to the object.

use crate::engine::{
    api::outcome::Outcome,
    cache::claims::RemoteClaim,
    object_state::{CreationHistory, HeldReservation, ObjectState, ReadOrder, RemoteCache},
    reconcile::{
        account::{check_account, is_own_deletion, needs_account},
        observation::{Freshness, Observation, Source},
        observe_cached::{cached_remote, is_listed, unsubscribe},
        observe_error::ObserveError,
        read_order::read_order,
        reconciliation::{Reconciliation, Subject},
        recover::{
            Recovery, find_in_present_account, recover_before_create, recover_before_delete,
            recover_before_recreation,
        },
        resolve::Inputs,
        turn::{TurnResult, take_read_turn},
    },
    remote::{ownership::caller_reference, reader::RemoteReader, resource::Remote},
    resource_api::{Identity, Lifecycle},
};
use kube::ResourceExt;
use serde_json::Value;

/// Returns the resource of an object.
pub(super) async fn observe(
    rec: &Reconciliation<'_>,
    inputs: &Inputs,
    freshness: Freshness,
    state: &mut ObjectState,
) -> Result<Observation, ObserveError> {
    let subject = &rec.subject;
    if freshness == Freshness::Required {
        state.remote.invalidate();
    }
    let creation = &mut state.creation;
    let adopt_id = &subject.object.typed.management().adopt_id;
    let observation = |remote, source, order| Observation {
        collection: inputs.collection.clone(),
        remote,
        source,
        order,
    };
    let latest = |remote, source| observation(remote, source, ReadOrder::Latest);
    let Some(id) = subject.recorded_id.as_ref().or(adopt_id.as_ref()) else {
        let recovery = recover_before_create(rec, inputs, creation).await?;
        let remote = conclude(subject, recovery)?;
        let source = match &remote {
            Some(remote) if !subject.is_deleting() => {
                creation.record_found(&remote.id);
                Source::Read
            }
            _ => Source::Search,
        };
        return Ok(latest(remote, source));
    };
    let (cache, read_turn) = (&mut state.remote, &mut state.read_turn);
    let (remote, source) = get_remote(rec, inputs, id, cache, read_turn).await?;
    let read = remote.as_ref().filter(|_| source == Source::Read);
    let order = read_order(rec, id, read, &mut state.versions);
    let lookup = classify(subject, id, remote, order)?;
    match check_exclusive_owner(rec, lookup).await? {
        Lookup::Owned(remote) => {
            if source == Source::Read || is_listed(rec, &state.remote) {
                creation.record_seen();
            }
            creation.record_found(&remote.id);
            Ok(observation(Some(remote), source, order))
        }
        Lookup::Foreign => {
            let remote = recover(rec, inputs, creation).await?;
            let source = if remote.is_some() {
                source.or_search()
            } else {
                Source::Foreign
            };
            Ok(latest(remote, source))
        }
        Lookup::NotFound => {
            let remote = confirm_not_found(rec, inputs, id, creation).await?;
            Ok(latest(remote, source.or_search()))
        }
    }
}

/// Returns the cached resource, or reads it. An id that cannot exist is absent: a client has forged it.
async fn get_remote(
    rec: &Reconciliation<'_>,
    inputs: &Inputs,
    id: &str,
    cache: &mut RemoteCache,
    read_turn: &mut HeldReservation,
) -> Result<(Option<Remote>, Source), ObserveError> {
    if !is_possible_id(id) {
        unsubscribe(rec, cache);
        return Ok((None, Source::Search));
    }
    if !needs_account(rec).await
        && let Some(remote) = cached_remote(rec, &inputs.collection, id, cache)
    {
        return Ok((Some(remote), Source::Cached));
    }
    cache.record_read();
    let client = match take_read_turn(rec, read_turn).await {
        TurnResult::Taken(client) => client,
        TurnResult::Queued(outcome) => return Err(ObserveError::NotSent(outcome)),
        TurnResult::Outdated(_) => return Err(ObserveError::NotSent(Outcome::Postponed)),
    };
    let priority = rec.subject.read_priority();
    let reader = RemoteReader::new(rec.subject.api(), client);
    let document = reader.get_document(&inputs.collection, id, priority);
    let remote = match document.await? {
        // A deletion needs no code.
        Some(remote) if rec.subject.is_deleting() => Some(with_recorded_version(rec, remote)),
        Some(remote) => {
            let is_requested = rec.subject.is_reconcile_requested();
            let code = rec.subject.api().code.filter(|_| !is_requested);
            let known = code.and_then(|_| cache.former(id));
            reader.with_code(remote, known.as_ref(), priority).await?
        }
        None => None,
    };
    if remote.is_none() {
        unsubscribe(rec, cache);
    }
    Ok((remote, Source::Read))
}

/// Returns a resource with the published version that the status has, so that objects that refer to it stay as they are.
fn with_recorded_version(rec: &Reconciliation<'_>, mut remote: Remote) -> Remote {
    let observed = &rec.subject.prior_status.observed_fields;
    if let Some(live) = observed.get("liveETag").and_then(Value::as_str) {
        remote.set_live_etag(live);
    }
    remote
}

/// Whether CloudFront can have assigned this id.
fn is_possible_id(id: &str) -> bool {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    (1..=64).contains(&id.len()) && id.chars().all(is_allowed)
}

/// The meaning of a read by id.
#[derive(Debug, PartialEq)]
pub(super) enum Lookup {
    /// The resource belongs to the object.
    Owned(Remote),
    /// The object is being deleted, and the resource belongs to another object.
    Foreign,
    /// CloudFront does not find the id.
    NotFound,
}

pub(super) fn classify(
    subject: &Subject,
    id: &str,
    remote: Option<Remote>,
    order: ReadOrder,
) -> Result<Lookup, ObserveError> {
    let kind = subject.kind();
    match remote {
        Some(remote) if order == ReadOrder::Outdated => Err(ObserveError::Outdated {
            kind,
            id: remote.id,
        }),
        Some(remote) if subject.owns(&remote) => Ok(Lookup::Owned(remote)),
        Some(_) if subject.is_deleting() => Ok(Lookup::Foreign),
        Some(remote) => Err(ObserveError::NotOwned {
            kind,
            id: remote.id,
        }),
        None if subject.object.typed.management().adopt_id.as_deref() == Some(id)
            && !subject.is_deleting() =>
        {
            Err(ObserveError::AdoptedNotFound {
                kind,
                id: id.to_owned(),
            })
        }
        None => Ok(Lookup::NotFound),
    }
}

/// Confirms that a recorded resource does not exist, or finds it by its caller reference or its name.
///
/// A read can lag behind a write, every id is absent in another account, and a status can be forged. So before the resource is created
/// again, the finalizer is removed or completion is reported, three reads over the consistency window must agree. Then the account is
/// compared, a search must find nothing, unless the absent resource was the last one, and the list must agree.
///
/// A deletion that this process has sent needs none of that: see [`is_own_deletion`].
async fn confirm_not_found(
    rec: &Reconciliation<'_>,
    inputs: &Inputs,
    id: &str,
    creation: &mut CreationHistory,
) -> Result<Option<Remote>, ObserveError> {
    let subject = &rec.subject;
    if is_own_deletion(rec, id, creation).await {
        return Ok(None);
    }
    if !creation.record_not_found(rec.consistency_window()) {
        return Err(not_found_yet(subject, id));
    }
    match check_account(rec, id, creation).await {
        Err(ObserveError::AccountUnknown { kind, id }) => {
            let found = find_in_present_account(rec, inputs, creation).await?;
            let remote = found.ok_or(ObserveError::AccountUnknown { kind, id })?;
            creation.record_found(&remote.id);
            return Ok(Some(remote));
        }
        checked => checked?,
    }
    if !is_absence_of_own_resource(subject, id, creation)
        && let Some(remote) = find_own(rec, inputs, creation).await?
    {
        creation.record_found(&remote.id);
        return Ok(Some(remote));
    }
    let priority = subject.read_priority();
    let is_listed = rec.reader.list_contains(&inputs.collection, id, priority);
    if is_listed.await? {
        return Err(not_found_yet(subject, id));
    }
    match rec.subject.api().lifecycle {
        Lifecycle::Managed => Ok(None),
        Lifecycle::OneShot => Err(ObserveError::OneShotGone {
            kind: rec.subject.kind(),
            id: id.to_owned(),
        }),
    }
}

/// Returns the resource of a deleted object that a search finds.
async fn recover(
    rec: &Reconciliation<'_>,
    inputs: &Inputs,
    creation: &mut CreationHistory,
) -> Result<Option<Remote>, ObserveError> {
    let recovery = recover_before_delete(rec, inputs, creation).await?;
    conclude(&rec.subject, recovery)
}

/// Returns the resource of an object whose recorded id is not found, if a search finds another one.
async fn find_own(
    rec: &Reconciliation<'_>,
    inputs: &Inputs,
    creation: &mut CreationHistory,
) -> Result<Option<Remote>, ObserveError> {
    if rec.subject.is_deleting() {
        return recover(rec, inputs, creation).await;
    }
    let recovery = recover_before_recreation(rec, inputs, creation).await?;
    conclude(&rec.subject, recovery)
}

fn conclude(subject: &Subject, recovery: Recovery) -> Result<Option<Remote>, ObserveError> {
    match recovery {
        Recovery::Found(remote) => Ok(Some(remote)),
        Recovery::NotFound => Ok(None),
        // The object, which is being deleted, has no resource.
        Recovery::NameTaken(_) if subject.is_deleting() => Ok(None),
        Recovery::NameTaken(taken) => Err(ObserveError::NameTaken(taken)),
        Recovery::Inconclusive => Err(create_unresolved(subject)),
    }
}

pub(super) fn create_unresolved(subject: &Subject) -> ObserveError {
    ObserveError::CreateUnresolved {
        kind: subject.kind(),
        next_action: next_action(subject),
    }
}

/// Whether the id that is not found is known to be the last resource of this object, so that no other one can exist.
pub(super) fn is_absence_of_own_resource(
    subject: &Subject,
    id: &str,
    creation: &CreationHistory,
) -> bool {
    let last_key = subject.prior_status.caller_reference.as_ref();
    subject.api().identity == Identity::CallerReference
        && creation.has_verified(id)
        && last_key == Some(&caller_reference(&subject.object))
}

pub(super) fn not_found_yet(subject: &Subject, id: &str) -> ObserveError {
    ObserveError::NotFoundYet {
        kind: subject.kind(),
        id: id.to_owned(),
        next_action: next_action(subject),
    }
}

/// Returns the action that a confirmed absence leads to.
fn next_action(subject: &Subject) -> &'static str {
    match subject.api().lifecycle {
        _ if subject.is_deleting() => "the finalizer is removed",
        Lifecycle::Managed => "another one is created",
        Lifecycle::OneShot => "it is reported as deleted",
    }
}

/// Refuses to manage a resource that another object holds: they would overwrite each other. A deletion leaves it alone. Only one object can
/// have the caller reference of a resource.
async fn check_exclusive_owner(
    rec: &Reconciliation<'_>,
    lookup: Lookup,
) -> Result<Lookup, ObserveError> {
    let subject = &rec.subject;
    let remote = match &lookup {
        Lookup::Owned(remote)
            if subject.object.typed.management().adopt_id.is_some()
                || rec.subject.api().identity != Identity::CallerReference =>
        {
            remote
        }
        _ => return Ok(lookup),
    };
    let key = remote.identity(rec.subject.api()).unwrap_or_default();
    let claims = rec
        .context
        .shared
        .registry
        .claims(rec.subject.kind(), &remote.id, key);
    let claims = claims.await.map_err(|_| ObserveError::HoldersUnknown {
        kind: rec.subject.kind(),
        id: remote.id.clone(),
    })?;
    let uid = subject.object.uid().unwrap_or_default();
    match claims.holder() {
        Some(holder) if holder.uid != uid && subject.is_deleting() => Ok(Lookup::Foreign),
        Some(holder) if holder.uid != uid => {
            let RemoteClaim {
                namespace, name, ..
            } = holder;
            tracing::info!(
                id = remote.id,
                "another object manages it: {namespace}/{name}"
            );
            Err(ObserveError::SharedOwner {
                kind: rec.subject.kind(),
                id: remote.id.clone(),
                owner: holder.describe_to(&subject.namespace()),
            })
        }
        _ => Ok(lookup),
    }
}
