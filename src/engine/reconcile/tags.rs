//! The tags of a resource whose configuration matches the spec.

use crate::{
    cloudfront::{Client, Request},
    engine::{
        api::outcome::Outcome,
        config::RESYNCS_PER_RECONCILE,
        kind::Kind,
        object_state::{AppliedSpec, ObjectState},
        reconcile::{
            applied::{Applied, ApplyError},
            event::{ResourceAction, WriteEvent},
            reconciliation::{Reconciliation, Subject},
            resolve::Inputs,
            turn::{TurnResult, take_read_turn, take_write_turn},
        },
        remote::resource::incomplete_response,
        tags::{self, TagDiff, Tags},
    },
};
use std::{collections::BTreeSet, time::Duration};

/// Reads the tags if a check is due, and sends at most one write. `outcome` is the result if the tags match.
pub(super) async fn sync_tags<K: Kind>(
    rec: &Reconciliation<'_, K>,
    inputs: &Inputs,
    base: Applied,
    may_write: bool,
    state: &mut ObjectState<K::ObservedFields>,
) -> Result<Applied, ApplyError> {
    let subject = &rec.subject;
    let is_due = tags_due(subject, &state.applied, None, tag_max_age(rec));
    let Some(arn) = base.arn().filter(|_| is_due).map(str::to_owned) else {
        return Ok(base.with_accepted_spec(inputs));
    };
    let client = match take_read_turn(rec, &mut state.read_turn).await {
        TurnResult::Taken(client) => client,
        TurnResult::Queued(outcome) => return Ok(base.with_outcome(outcome)),
        TurnResult::Outdated => return Ok(base.with_outcome(Outcome::Postponed)),
    };
    let found = read_tags(rec, &client, &arn).await?;
    if !found.drift.is_empty() && !may_write {
        return Ok(base.with_outcome(Outcome::Drifted(found.drift)));
    }
    let event = match next_request(&arn, &found) {
        None => None,
        Some(request) => match take_write_turn(rec, &mut state.write_turn).await {
            TurnResult::Taken(client) => Some(write_tags(rec, &client, request, &found).await?),
            TurnResult::Queued(outcome) => return Ok(base.with_outcome(outcome)),
            TurnResult::Outdated => return Ok(base.with_outcome(Outcome::Postponed)),
        },
    };
    let is_done = is_complete(&found);
    state.applied.record_tags(subject.generation(), is_done);
    let result = Applied {
        event,
        managed_tags: Some(managed_keys(subject, is_done)),
        ..base
    };
    Ok(if is_done {
        result.with_accepted_spec(inputs)
    } else {
        result.with_outcome(Outcome::Deploying(
            "The operator is updating the tags.".into(),
        ))
    })
}

/// Reads the tags, and compares them with the spec.
async fn read_tags<K: Kind>(
    rec: &Reconciliation<'_, K>,
    client: &Client,
    arn: &str,
) -> Result<TagDiff, ApplyError> {
    let subject = &rec.subject;
    let request = tags::list(arn).priority(subject.read_priority());
    let response = client.send(&request).await?;
    let document = response
        .document
        .ok_or_else(|| incomplete_response(&request))?;
    let observed = tags::read(&document);
    let (desired, managed) = (desired_tags(subject), managed_tags(subject));
    Ok(tags::compare(&desired, &managed, &observed))
}

/// Returns the tags of the spec that are kept in sync: all but those that `driftIgnore` names.
fn desired_tags<K: Kind>(subject: &Subject<K>) -> Tags {
    let mut tags = subject.object.tags();
    tags.retain(|key, _| !is_ignored(subject, key));
    tags
}

/// Returns the recorded keys that are removed from the resource once the spec does not contain them.
fn managed_tags<K: Kind>(subject: &Subject<K>) -> Vec<String> {
    let mut keys = subject.prior_status.managed_tags.clone();
    keys.retain(|key| !is_ignored(subject, key));
    keys
}

fn is_ignored<K: Kind>(subject: &Subject<K>, key: &str) -> bool {
    let paths = &subject.object.management().drift_ignore;
    paths
        .iter()
        .any(|path| path.0 == "tags" || path.0 == format!("tags[{key}]"))
}

/// Returns the next write. Setting and removing tags are two requests, and a reconciliation sends one.
fn next_request(arn: &str, found: &TagDiff) -> Option<Request> {
    if !found.set.is_empty() {
        Some(tags::set(arn, &found.set))
    } else if !found.remove.is_empty() {
        Some(tags::remove(arn, &found.remove))
    } else {
        None
    }
}

/// Whether one write is enough.
fn is_complete(found: &TagDiff) -> bool {
    found.set.is_empty() || found.remove.is_empty()
}

/// Returns the keys of the tags that the operator manages: those of the spec, those that it still has to remove, and those that it
/// wrote before `driftIgnore` named them.
fn managed_keys<K: Kind>(subject: &Subject<K>, is_done: bool) -> Vec<String> {
    let managed = &subject.prior_status.managed_tags;
    let kept = managed
        .iter()
        .filter(|key| !is_done || is_ignored(subject, key));
    let desired = desired_tags(subject).into_keys();
    let keys: BTreeSet<String> = desired.chain(kept.cloned()).collect();
    keys.into_iter().collect()
}

/// Whether the tags must be read: after an edit, if the user requests it, and at intervals, since no list contains tags.
///
/// `written`: the keys that a write of this reconciliation has set.
pub(super) fn tags_due<K: Kind>(
    subject: &Subject<K>,
    applied: &AppliedSpec,
    written: Option<&[String]>,
    max_age: Duration,
) -> bool {
    let (desired, managed) = (desired_tags(subject), managed_tags(subject));
    let manages_tags = !desired.is_empty() || !managed.is_empty();
    // If a status could not be stored, the keys in it are lost.
    let known = written.unwrap_or(&managed);
    let is_recorded = desired.keys().all(|key| known.contains(key));
    let is_recent = applied.has_recent_tag_check(subject.generation(), max_age);
    K::SUPPORTS_TAGS
        && manages_tags
        && (!is_recent || !is_recorded || subject.is_reconcile_requested())
}

/// Returns the age at which a check of the tags is repeated.
pub(super) fn tag_max_age<K: Kind>(rec: &Reconciliation<'_, K>) -> Duration {
    rec.context.shared.config.resync_period * (RESYNCS_PER_RECONCILE - 1)
}

async fn write_tags<K: Kind>(
    rec: &Reconciliation<'_, K>,
    client: &Client,
    request: Request,
    found: &TagDiff,
) -> Result<WriteEvent, ApplyError> {
    let request = request.priority(rec.subject.write_priority());
    let response = client.send(&request).await?;
    Ok(WriteEvent::of_write(
        ResourceAction::Tag,
        K::KIND,
        rec.subject.recorded_id.as_deref(),
        &found.drift,
        response.request_id.as_deref(),
    ))
}
