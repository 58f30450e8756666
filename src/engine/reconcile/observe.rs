//! Step `observe`: the resource that CloudFront has for an object, if it certainly belongs to the object.

use crate::engine::{
    api::outcome::Outcome,
    kind::{Kind, Lifecycle},
    object_state::{CreationHistory, HeldReservation, ObjectState, ReadOrder, RemoteCache},
    plan::Plan,
    reconcile::{
        observation::{Freshness, Observation, Source},
        observe_cached::{cached_remote, unsubscribe},
        observe_error::ObserveError,
        read_order::read_order,
        reconciliation::{Reconciliation, Subject},
        recover::{Recovery, recover_before_delete},
        resolve::Inputs,
        turn::{TurnResult, take_read_turn},
    },
    remote::{ownership::caller_reference, reader::RemoteReader, resource::Remote},
};
use kube::ResourceExt;

/// Returns the resource of an object.
pub(super) async fn observe<K: Kind>(
    rec: &Reconciliation<'_, K>,
    inputs: &Inputs,
    freshness: Freshness,
    state: &mut ObjectState<K::ObservedFields>,
) -> Result<Observation, ObserveError> {
    let subject = &rec.subject;
    if freshness == Freshness::Required {
        state.remote.invalidate();
    }
    let creation = &mut state.creation;
    let adopt_id = &subject.object.management().adopt_id;
    let observation = |remote, source, order| Observation {
        collection: inputs.collection.clone(),
        remote,
        source,
        order,
    };
    let latest = |remote, source| observation(remote, source, ReadOrder::Latest);
    let Some(id) = subject.recorded_id.as_ref().or(adopt_id.as_ref()) else {
        let remote = recover(rec, inputs, creation).await?;
        return Ok(latest(remote, Source::Search));
    };
    let (cache, read_turn) = (&mut state.remote, &mut state.read_turn);
    let (remote, source) = get_remote(rec, inputs, id, cache, read_turn).await?;
    let read = remote.as_ref().filter(|_| source == Source::Read);
    let order = read_order(rec, id, read, &mut state.versions);
    match classify(subject, id, remote, order)? {
        Lookup::Owned(remote) => {
            check_exclusive_owner(rec, &remote.id).await?;
            creation.record_found(&remote.id);
            Ok(observation(Some(remote), source, order))
        }
        Lookup::Foreign => {
            let remote = recover(rec, inputs, creation).await?;
            Ok(latest(remote, source.or_search()))
        }
        Lookup::NotFound => {
            let remote = confirm_not_found(rec, inputs, id, creation).await?;
            Ok(latest(remote, source.or_search()))
        }
    }
}

/// Returns the cached resource, or reads it.
async fn get_remote<K: Kind>(
    rec: &Reconciliation<'_, K>,
    inputs: &Inputs,
    id: &str,
    cache: &mut RemoteCache,
    read_turn: &mut HeldReservation,
) -> Result<(Option<Remote>, Source), ObserveError> {
    if let Some(remote) = cached_remote(rec, &inputs.collection, id, cache) {
        return Ok((Some(remote), Source::Cached));
    }
    cache.record_read();
    let client = match take_read_turn(rec, read_turn).await {
        TurnResult::Taken(client) => client,
        TurnResult::Queued(outcome) => return Err(ObserveError::NotSent(outcome)),
        TurnResult::Outdated => return Err(ObserveError::NotSent(Outcome::Postponed)),
    };
    let priority = rec.subject.read_priority();
    let reader = RemoteReader::<K>::new(client);
    let remote = reader.get(&inputs.collection, id, priority).await?;
    if remote.is_none() {
        unsubscribe(rec, cache);
    }
    Ok((remote, Source::Read))
}

/// The meaning of a read by id.
#[derive(Debug, PartialEq)]
pub(super) enum Lookup {
    /// The resource belongs to the object.
    Owned(Remote),
    /// The object is being deleted, and the id in its status belongs to another object.
    Foreign,
    /// CloudFront does not find the id.
    NotFound,
}

pub(super) fn classify<K: Kind>(
    subject: &Subject<K>,
    id: &str,
    remote: Option<Remote>,
    order: ReadOrder,
) -> Result<Lookup, ObserveError> {
    let kind = K::KIND;
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
        None if subject.object.management().adopt_id.as_deref() == Some(id)
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

/// Confirms that a recorded resource does not exist, or finds it by its caller reference.
///
/// A read can lag behind a write, every id is absent in another account, and a status can be forged. So before the resource is created
/// again, the finalizer is removed or completion is reported, three reads over the consistency window must agree. Then the account is
/// compared, a deletion searches by caller reference too, and the list must agree.
async fn confirm_not_found<K: Kind>(
    rec: &Reconciliation<'_, K>,
    inputs: &Inputs,
    id: &str,
    creation: &mut CreationHistory,
) -> Result<Option<Remote>, ObserveError> {
    let subject = &rec.subject;
    if !creation.record_not_found(rec.consistency_window()) {
        return Err(not_found_yet(subject, id));
    }
    check_account(rec, id).await?;
    if subject.is_deleting()
        && !is_absence_of_own_resource(subject, id, creation)
        && let Some(remote) = recover(rec, inputs, creation).await?
    {
        return Ok(Some(remote));
    }
    let priority = subject.read_priority();
    let is_listed = rec.reader.list_contains(&inputs.collection, id, priority);
    if is_listed.await? {
        return Err(not_found_yet(subject, id));
    }
    match K::LIFECYCLE {
        Lifecycle::Managed => Ok(None),
        Lifecycle::OneShot => Err(ObserveError::OneShotGone {
            kind: K::KIND,
            id: id.to_owned(),
        }),
    }
}

/// Returns the resource of a deleted object that a search by caller reference finds.
async fn recover<K: Kind>(
    rec: &Reconciliation<'_, K>,
    inputs: &Inputs,
    creation: &mut CreationHistory,
) -> Result<Option<Remote>, ObserveError> {
    match recover_before_delete(rec, inputs, creation).await? {
        Recovery::Found(remote) => Ok(Some(remote)),
        Recovery::NotFound => Ok(None),
        Recovery::Inconclusive => Err(ObserveError::CreateUnresolved { kind: K::KIND }),
    }
}

/// Whether the id that is not found is known to be the last resource of this object, so that no other one can exist.
pub(super) fn is_absence_of_own_resource<K: Kind>(
    subject: &Subject<K>,
    id: &str,
    creation: &CreationHistory,
) -> bool {
    let last_key = subject.prior_status.caller_reference.as_ref();
    creation.has_verified(id) && last_key == Some(&caller_reference(&subject.object))
}

pub(super) fn not_found_yet<K: Kind>(subject: &Subject<K>, id: &str) -> ObserveError {
    let next_action = match K::LIFECYCLE {
        _ if subject.is_deleting() => "the finalizer is removed",
        Lifecycle::Managed => "another one is created",
        Lifecycle::OneShot => "it is reported as deleted",
    };
    ObserveError::NotFoundYet {
        kind: K::KIND,
        id: id.to_owned(),
        next_action,
    }
}

/// Refuses to believe an absence if the credentials belong to another account than the resource.
async fn check_account<K: Kind>(rec: &Reconciliation<'_, K>, id: &str) -> Result<(), ObserveError> {
    let recorded = rec.subject.prior_status.account_id.as_deref();
    let Some(account) = rec.subject.object.account().or(recorded) else {
        return Ok(());
    };
    let present = rec.cloudfront.caller_account().await?;
    if present == account {
        return Ok(());
    }
    Err(ObserveError::OtherAccount {
        kind: K::KIND,
        id: id.to_owned(),
        account: account.to_owned(),
        present,
    })
}

/// Refuses to manage an adopted resource that another object manages: they would overwrite each other. The older object wins.
async fn check_exclusive_owner<K: Kind>(
    rec: &Reconciliation<'_, K>,
    id: &str,
) -> Result<(), ObserveError> {
    if rec.subject.object.management().adopt_id.is_none() {
        return Ok(());
    }
    let claims = rec.context.shared.registry.claims(K::KIND).await;
    let uid = rec.subject.object.uid().unwrap_or_default();
    match claims.get(id).and_then(|all| all.iter().min()) {
        Some(first) if first.uid != uid => Err(ObserveError::SharedOwner {
            kind: K::KIND,
            id: id.to_owned(),
            owner: first.name.clone(),
        }),
        _ => Ok(()),
    }
}

/// Returns the AWS account of a resource that was read or is about to be created, if no ARN contains it.
pub(super) async fn observed_account<K: Kind>(
    rec: &Reconciliation<'_, K>,
    plan: &Plan,
    observation: &Observation,
) -> Option<String> {
    let is_present = observation.is_fresh() || matches!(plan, Plan::Create(_));
    if !is_present || K::SUPPORTS_TAGS || rec.subject.is_deleting() {
        return None;
    }
    rec.cloudfront.cached_account().await
}
