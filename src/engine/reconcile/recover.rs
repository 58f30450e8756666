//! Recovery: finds a resource by its caller reference or its name if the response to its create was lost.

use crate::{
    cloudfront::{CloudFrontError, ErrorClass},
    engine::{
        object_state::CreationHistory,
        reconcile::{
            find_by_name::{NameSearch, find_by_additional_name, find_by_name, open_record},
            name_taken::NameTaken,
            reconciliation::Reconciliation,
            resolve::Inputs,
        },
        remote::{
            ownership::{desired_identity, owns},
            resource::Remote,
            unique_name::OwnNames,
        },
        resource_api::{Lifecycle, UpdatePath},
    },
};
use kube::ResourceExt;
use std::{collections::HashSet, time::Duration};

/// The result of a search by caller reference or by name.
#[derive(Debug, PartialEq)]
pub(super) enum Recovery {
    /// The resource of this object.
    Found(Remote),
    /// It was not found, and it may still appear: CloudFront's reads are eventually consistent.
    Inconclusive,
    /// It was not found during the whole consistency window.
    NotFound,
    /// A resource of another owner has a name that this object needs.
    NameTaken(NameTaken),
}

/// Searches for the resource of an object without a recorded id.
///
/// A create with a caller reference or with the default name returns the resource of an earlier one. A name in the spec, or a parent, is
/// looked up before the first create: otherwise a lost rejection looks like a lost success.
pub(super) async fn recover_before_create(
    rec: &Reconciliation<'_>,
    inputs: &Inputs,
    creation: &mut CreationHistory,
) -> Result<Recovery, CloudFrontError> {
    let subject = &rec.subject;
    if subject.is_deleting() {
        return recover_before_delete(rec, inputs, creation).await;
    }
    let Some(own) = subject.own_names() else {
        return Ok(Recovery::NotFound);
    };
    let open = open_record(subject, &own, creation);
    let is_recorded = open.is_some() || own.lost_id(None).is_some();
    let has_default_name = own.default.is_some() && subject.object.typed.unique_name().is_none();
    // A record precedes each create with a name of the spec, and the finalizer each other one. The API server may have added the finalizer.
    let shows_creates =
        !subject.has_finalizer() || (!has_default_name && subject.generation() == 1);
    if !is_recorded && !creation.may_have_created() && shows_creates {
        creation.record_create_impossible();
    }
    if !is_recorded && has_default_name {
        return Ok(Recovery::NotFound);
    }
    // A repeated create with the same name makes no second resource, and one that cannot have succeeded none at all. That in a parent is
    // not refused, and the earlier one could replace it later.
    let desired = desired_identity(&subject.object, &inputs.references);
    let is_same_name = subject.api().update != UpdatePath::Create
        && open
            .zip(desired)
            .is_some_and(|(open, name)| open.has_name(&name));
    let is_safe = is_same_name || creation.is_create_impossible();
    let max_age = if creation.is_create_impossible() {
        rec.consistency_window()
    } else {
        Duration::ZERO
    };
    match search_by_name(rec, inputs, creation, &own, max_age).await? {
        Recovery::Inconclusive if is_safe => Ok(Recovery::NotFound),
        Recovery::NotFound => {
            creation.record_create_impossible();
            Ok(Recovery::NotFound)
        }
        recovery => Ok(recovery),
    }
}

/// Searches for the resource of a deleted object without a recorded id: the response to its create may be lost. A repeated create
/// would return it; a deletion has to search, unless no create was sent.
pub(super) async fn recover_before_delete(
    rec: &Reconciliation<'_>,
    inputs: &Inputs,
    creation: &mut CreationHistory,
) -> Result<Recovery, CloudFrontError> {
    let adopts = rec.subject.object.typed.management().adopt_id.is_some();
    if !rec.subject.is_deleting() || adopts || creation.is_create_impossible() {
        return Ok(Recovery::NotFound);
    }
    search(rec, inputs, creation).await
}

/// Searches for the resource of an object whose recorded id is not found. The id may be forged, and the resource must not be created
/// again while it exists. The caller has seen the absence over the consistency window.
pub(super) async fn recover_before_recreation(
    rec: &Reconciliation<'_>,
    inputs: &Inputs,
    creation: &mut CreationHistory,
) -> Result<Recovery, CloudFrontError> {
    let adopts = rec.subject.object.typed.management().adopt_id.is_some();
    if rec.subject.api().lifecycle == Lifecycle::OneShot || adopts {
        return Ok(Recovery::NotFound);
    }
    let recovery = search(rec, inputs, creation).await?;
    if recovery == Recovery::NotFound && rec.subject.own_names().is_some() {
        // The name is free, so a create that CloudFront rejects for its name finds a resource of another owner.
        creation.record_create_impossible();
    }
    Ok(recovery)
}

/// Searches for the resource of an object whose recorded id is not found and whose account is not known. What a search finds is in the
/// account of the present credentials.
pub(super) async fn find_in_present_account(
    rec: &Reconciliation<'_>,
    inputs: &Inputs,
    creation: &mut CreationHistory,
) -> Result<Option<Remote>, CloudFrontError> {
    match search(rec, inputs, creation).await? {
        Recovery::Found(remote) => Ok(Some(remote)),
        _ => Ok(None),
    }
}

/// Finds the resource of an earlier create with the same caller reference, whose response was lost.
pub(super) async fn recover_existing(
    rec: &Reconciliation<'_>,
    inputs: &Inputs,
    refusal: &CloudFrontError,
    creation: &mut CreationHistory,
) -> Result<Recovery, CloudFrontError> {
    if let Some(id) = refusal.existing_id() {
        let priority = rec.subject.read_priority();
        let named = rec.reader.get(&inputs.collection, id, priority);
        if let Some(remote) = named.await?.filter(|remote| rec.subject.owns(remote)) {
            return Ok(Recovery::Found(remote));
        }
    }
    let recovery = search(rec, inputs, creation).await?;
    if matches!(recovery, Recovery::Found(_)) {
        return Ok(recovery);
    }
    Ok(match find_by_additional_name(rec, inputs).await? {
        NameSearch::Own(remote) => Recovery::Found(remote),
        NameSearch::Taken(taken) => Recovery::NameTaken(taken),
        NameSearch::OwnerUnknown => Recovery::Inconclusive,
        NameSearch::Absent => recovery,
    })
}

/// Finds the resource of an earlier create whose response was lost, after CloudFront rejected a repeated one. That resource may be the
/// reason of the refusal: it has the alias, or uses up a quota. So the search runs at once, and again after the consistency window.
pub(super) async fn recover_after_refusal(
    rec: &Reconciliation<'_>,
    inputs: &Inputs,
    refusal: &CloudFrontError,
    creation: &mut CreationHistory,
) -> Option<Remote> {
    let is_due = creation.is_search_due(rec.consistency_window());
    if !may_hide_resource(refusal)
        || !is_due
        || creation.is_create_impossible()
        || rec.subject.api().lifecycle == Lifecycle::OneShot
    {
        return None;
    }
    match search(rec, inputs, creation).await {
        Ok(Recovery::Found(remote)) => return Some(remote),
        Ok(Recovery::NotFound | Recovery::NameTaken(_)) => creation.record_create_impossible(),
        // If the search fails, the refusal is still the error to report.
        Ok(Recovery::Inconclusive) | Err(_) => {}
    }
    None
}

/// Whether CloudFront refused the configuration itself, so that a repetition is refused as well.
pub(super) fn may_hide_resource(refusal: &CloudFrontError) -> bool {
    matches!(
        refusal.class(),
        ErrorClass::Terminal | ErrorClass::TransientRefusal | ErrorClass::MissingDependency
    )
}

/// Searches once for a resource with a caller reference or a name of this object.
async fn search(
    rec: &Reconciliation<'_>,
    inputs: &Inputs,
    creation: &mut CreationHistory,
) -> Result<Recovery, CloudFrontError> {
    match rec.subject.own_names() {
        Some(own) => search_by_name(rec, inputs, creation, &own, Duration::ZERO).await,
        None => search_by_caller_reference(rec, inputs, creation).await,
    }
}

/// Whether a search that finds nothing is conclusive: no read can lag any more, and no create can still be executed.
fn is_last_search(rec: &Reconciliation<'_>, creation: &CreationHistory) -> bool {
    let is_late = creation.late_create(rec.late_create_window()).is_some();
    creation.is_not_found_for(rec.consistency_window()) && !is_late
}

async fn search_by_name(
    rec: &Reconciliation<'_>,
    inputs: &Inputs,
    creation: &mut CreationHistory,
    own: &OwnNames,
    max_age: Duration,
) -> Result<Recovery, CloudFrontError> {
    let is_last = is_last_search(rec, creation);
    let found = match find_by_name(rec, inputs, creation, own, max_age).await? {
        NameSearch::Own(remote) => Some(remote),
        NameSearch::Absent => None,
        NameSearch::Taken(taken) => return Ok(Recovery::NameTaken(taken)),
        NameSearch::OwnerUnknown => return Ok(Recovery::Inconclusive),
    };
    creation.record_search(found.is_some());
    Ok(Recovery::of(found, is_last))
}

async fn search_by_caller_reference(
    rec: &Reconciliation<'_>,
    inputs: &Inputs,
    creation: &mut CreationHistory,
) -> Result<Recovery, CloudFrontError> {
    let is_last = is_last_search(rec, creation);
    // A status can be forged, so the last search includes the ids that other objects claim.
    let excluded = if is_last {
        HashSet::new()
    } else {
        let uid = rec.subject.object.uid().unwrap_or_default();
        rec.context
            .shared
            .registry
            .ids_of_others(rec.subject.kind(), &uid)
    };
    let owns = |key: &str| owns(rec.subject.api(), &rec.subject.object, key);
    let keys = &rec.context.poller.caller_references;
    let found = rec
        .reader
        .find(
            &inputs.collection,
            owns,
            &excluded,
            keys,
            rec.subject.read_priority(),
        )
        .await?;
    creation.record_search(found.is_some());
    Ok(Recovery::of(found, is_last))
}

impl Recovery {
    /// Interprets a search. `is_last`: the resource was not found during the whole consistency window before.
    pub(super) fn of(found: Option<Remote>, is_last: bool) -> Self {
        match found {
            Some(remote) => Self::Found(remote),
            None if is_last => Self::NotFound,
            None => Self::Inconclusive,
        }
    }
}
