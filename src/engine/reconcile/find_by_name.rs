//! The search for the resource of an object by the names that it can have, of a kind with unique names.

use crate::{
    cloudfront::CloudFrontError,
    engine::{
        cache::claims::RemoteClaim,
        object_state::CreationHistory,
        plan::differs,
        reconcile::{
            desired::present,
            name_taken::{NAME, NameTaken, noun_of},
            reconciliation::{Reconciliation, Subject},
            resolve::Inputs,
        },
        remote::{
            ownership::{desired_identity, desired_name},
            resource::Remote,
            unique_name::{NameRecord, NamedResource, OwnNames},
        },
    },
};
use kube::ResourceExt;
use std::time::Duration;
use tokio::time::Instant;

/// The result of a search by name.
#[derive(Debug)]
pub(super) enum NameSearch {
    /// The resource of this object.
    Own(Remote),
    /// A resource of another owner has a name that this object needs.
    Taken(NameTaken),
    /// No resource has one of the names.
    Absent,
    /// Not all objects that can have the resource are listed.
    OwnerUnknown,
}

/// Returns the record of a create that may have made a resource.
pub(super) fn open_record<'a>(
    subject: &Subject,
    names: &'a OwnNames,
    creation: &CreationHistory,
) -> Option<&'a NameRecord> {
    let record = names.open_record(subject.recorded_id.as_deref())?;
    (!creation.is_create_impossible()).then_some(record)
}

/// Searches for the resource, in a list that is not older than `max_age`.
pub(super) async fn find_by_name(
    rec: &Reconciliation<'_>,
    inputs: &Inputs,
    creation: &CreationHistory,
    own: &OwnNames,
    max_age: Duration,
) -> Result<NameSearch, CloudFrontError> {
    let subject = &rec.subject;
    if let Some(found) = find_recorded(rec, inputs, own).await? {
        return Ok(found);
    }
    let open = open_record(subject, own, creation);
    let mut names: Vec<String> = own.default.iter().cloned().collect();
    names.extend(open.iter().flat_map(|it| it.names.iter().cloned()));
    if !subject.is_deleting() {
        names.extend(desired_identity(&subject.object, &inputs.references));
    }
    names.dedup();
    let (collection, priority) = (&inputs.collection, subject.read_priority());
    let mut taken = None;
    for id in ids_of(rec, inputs, &names, max_age).await? {
        let Some(remote) = rec.reader.get(collection, &id, priority).await? else {
            continue;
        };
        // A list can be older than the last change of a name.
        let identity = remote.identity(rec.subject.api()).unwrap_or_default();
        let Some(name) = names.iter().find(|it| *it == identity) else {
            continue;
        };
        let Some(owner) = other_owner(rec, &remote, name).await else {
            return Ok(NameSearch::OwnerUnknown);
        };
        let is_equal = is_as_specified(subject, inputs, &remote);
        let found = NamedResource { name, is_equal };
        if owner.is_none() && own.claim(found, open, spec_generation(subject)) {
            return Ok(NameSearch::Own(remote));
        }
        taken = Some(NameTaken {
            kind: rec.subject.kind(),
            text: noun_of(subject.api()).map(|noun| (noun, name.clone())),
            id,
            owner: owner.map(|it| it.describe_to(&subject.namespace())),
        });
    }
    Ok(taken.map_or(NameSearch::Absent, NameSearch::Taken))
}

/// Returns the ids of the resources with these names. Those that are identified by their parents have them as ids, and no list.
async fn ids_of(
    rec: &Reconciliation<'_>,
    inputs: &Inputs,
    names: &[String],
    max_age: Duration,
) -> Result<Vec<String>, CloudFrontError> {
    if rec.subject.api().parent_requests().is_some() {
        return Ok(names.to_vec());
    }
    let now = Instant::now();
    let since = now.checked_sub(max_age).unwrap_or(now);
    let (list, priority) = (&rec.context.poller.names, rec.subject.read_priority());
    let listed = list.ids_of(names, since, &rec.reader, &inputs.collection, priority);
    listed.await
}

/// Reads the resource whose id the record has, if the status does not have it: another client has changed the status. `None`: it does not
/// exist any more, or is not the object's any more.
async fn find_recorded(
    rec: &Reconciliation<'_>,
    inputs: &Inputs,
    own: &OwnNames,
) -> Result<Option<NameSearch>, CloudFrontError> {
    let Some(id) = own.lost_id(rec.subject.recorded_id.as_deref()) else {
        return Ok(None);
    };
    let priority = rec.subject.read_priority();
    let read = rec.reader.get(&inputs.collection, id, priority);
    let Some(remote) = read.await?.filter(|remote| rec.subject.owns(remote)) else {
        return Ok(None);
    };
    let name = remote.identity(rec.subject.api()).unwrap_or_default();
    Ok(match other_owner(rec, &remote, name).await {
        Some(None) => Some(NameSearch::Own(remote)),
        Some(Some(_)) => None,
        None => Some(NameSearch::OwnerUnknown),
    })
}

/// Finds the resource because of whose name CloudFront refused a create, of a kind that has names beside its caller references. The list can
/// show the resource of this object only now.
pub(super) async fn find_by_additional_name(
    rec: &Reconciliation<'_>,
    inputs: &Inputs,
) -> Result<NameSearch, CloudFrontError> {
    let object = &rec.subject.object;
    let Some(name) = desired_name(object).filter(|_| object.api().additional_name.is_some()) else {
        return Ok(NameSearch::Absent);
    };
    let (names, priority) = ([name], rec.subject.read_priority());
    let (collection, list) = (&inputs.collection, &rec.context.poller.names);
    let listed = list.ids_of(&names, Instant::now(), &rec.reader, collection, priority);
    for id in listed.await? {
        let Some(remote) = rec.reader.get(collection, &id, priority).await? else {
            continue;
        };
        if rec.subject.owns(&remote) {
            return Ok(NameSearch::Own(remote));
        }
        let identity = remote.identity(object.api()).unwrap_or_default();
        let Some(owner) = other_owner(rec, &remote, identity).await else {
            return Ok(NameSearch::OwnerUnknown);
        };
        let [name] = names;
        return Ok(NameSearch::Taken(NameTaken {
            kind: rec.subject.kind(),
            text: Some((NAME, name)),
            id,
            owner: owner.map(|it| it.describe_to(&rec.subject.namespace())),
        }));
    }
    Ok(NameSearch::Absent)
}

/// Returns the other object that has the resource. `None`: not all objects are listed.
async fn other_owner(
    rec: &Reconciliation<'_>,
    remote: &Remote,
    name: &str,
) -> Option<Option<RemoteClaim>> {
    let registry = &rec.context.shared.registry;
    let claims = registry
        .claims(rec.subject.kind(), &remote.id, name)
        .await
        .ok()?;
    let uid = rec.subject.object.uid().unwrap_or_default();
    Some(claims.holder().filter(|it| it.uid != uid).cloned())
}

/// Returns the generation of the spec. A deletion increases that of the object.
fn spec_generation(subject: &Subject) -> i64 {
    subject.generation() - i64::from(subject.is_deleting())
}

/// Whether the configuration of a resource equals the spec. Code that a create has sent may be unpublished. While the object is being
/// deleted, its references are not resolved, and nothing can be compared.
fn is_as_specified(subject: &Subject, inputs: &Inputs, remote: &Remote) -> bool {
    if subject.is_deleting() && !subject.sources.objects.is_empty() {
        return true;
    }
    let desired = present(subject, inputs, true);
    desired.is_ok_and(|desired| !differs(subject.definition(), &desired, remote))
}
