//! The tags of a resource whose configuration matches the spec.

use crate::{
    cloudfront::{Client, Request},
    engine::{
        api::{outcome::Outcome, reason::Reason},
        config::RESYNCS_PER_RECONCILE,
        object_state::{AppliedSpec, ObjectState},
        reconcile::{
            applied::{Applied, ApplyError},
            event::{ResourceAction, WriteEvent},
            reconciliation::{Reconciliation, Subject},
            resolve::Inputs,
            status_update_error::StatusUpdateError,
            tag_keys::store_keys_of,
            turn::{TurnResult, take_read_turn, take_write_turn},
        },
        remote::resource::incomplete_response,
        tags::{self, TagDiff, Tags},
    },
};
use std::{collections::BTreeSet, time::Duration};

/// Compares the tags if a check is due, and sends at most one write. `outcome` is the result if the tags match.
pub(super) async fn sync_tags(
    rec: &mut Reconciliation<'_>,
    inputs: &Inputs,
    base: Applied,
    may_write: bool,
    state: &mut ObjectState,
) -> Result<Applied, ApplyError> {
    let is_due = tags_due(&rec.subject, &state.applied, None, tag_max_age(rec));
    let Some(arn) = base.arn().filter(|_| is_due).map(str::to_owned) else {
        return Ok(base.with_accepted_spec(inputs));
    };
    if state.applied.awaits_late_tag_write() {
        return Ok(base.with_outcome(late_write()));
    }
    let max_age = tag_max_age(rec);
    let found = match known_difference(&rec.subject, &state.applied, may_write, max_age) {
        Some(found) => found,
        None => match take_read_turn(rec, &mut state.read_turn).await {
            TurnResult::Taken(client) => read_tags(rec, &client, &arn, &mut state.applied).await?,
            TurnResult::Queued(outcome) => return Ok(base.with_outcome(outcome)),
            TurnResult::Outdated(_) => return Ok(base.with_outcome(Outcome::Postponed)),
        },
    };
    if !found.drift.is_empty() && !may_write {
        return Ok(base.with_outcome(Outcome::Drifted(found.drift)));
    }
    let event = match next_request(&arn, &found) {
        None => None,
        Some(request) => match take_write_turn(rec, state)
            .await
            .map_err(StatusUpdateError::from)?
        {
            TurnResult::Taken(client) => {
                store_keys_of(rec, &found.set, &mut state.pending).await?;
                let applied = &mut state.applied;
                Some(write_tags(rec, &client, request, &found, applied).await?)
            }
            TurnResult::Queued(outcome) => return Ok(base.with_outcome(outcome)),
            TurnResult::Outdated(retry) => {
                let applied = base.with_outcome(Outcome::Postponed);
                return Ok(applied.with_retry(retry));
            }
        },
    };
    let is_done = is_complete(&found);
    Ok(synced(&rec.subject, inputs, base, event, is_done))
}

fn late_write() -> Outcome {
    Outcome::Retrying {
        reason: Reason::Unreachable,
        message: "CloudFront did not respond to a change of the tags, and may still make it. The operator reads the tags within two minutes."
            .into(),
    }
}

/// Returns the result of a check of the tags. `is_done`: one write was enough.
fn synced(
    subject: &Subject,
    inputs: &Inputs,
    base: Applied,
    event: Option<WriteEvent>,
    is_done: bool,
) -> Applied {
    let result = Applied {
        event,
        managed_tags: Some(managed_keys(subject, is_done)),
        needs_followup_update: !is_done,
        ..base
    };
    if is_done {
        result.with_accepted_spec(inputs)
    } else {
        result.with_outcome(Outcome::Deploying(
            "The operator is updating the tags.".into(),
        ))
    }
}

/// Returns the difference between the spec and the tags that the resource is known to have. `None`: they have to be read. A difference
/// that may only be reported is read, as is one that a user requests.
fn known_difference(
    subject: &Subject,
    applied: &AppliedSpec,
    may_write: bool,
    max_age: Duration,
) -> Option<TagDiff> {
    let known = applied.known_tags(max_age)?;
    let is_enough = may_write && !subject.is_reconcile_requested();
    is_enough.then(|| difference(subject, known))
}

/// Whether the next write of an edit changes tags that are known, or repeats a failed one. Then no read of the resource has to come before it.
pub(super) fn writes_known_tags(
    subject: &Subject,
    applied: &AppliedSpec,
    may_write: bool,
    max_age: Duration,
) -> bool {
    let differs = || {
        known_difference(subject, applied, may_write, max_age)
            .is_some_and(|found| !found.drift.is_empty())
    };
    subject.api().supports_tags() && (applied.repeats_tag_write() || differs())
}

fn difference(subject: &Subject, observed: &Tags) -> TagDiff {
    tags::compare(&desired_tags(subject), &managed_tags(subject), observed)
}

/// Reads the tags, and compares them with the spec.
async fn read_tags(
    rec: &Reconciliation<'_>,
    client: &Client,
    arn: &str,
    applied: &mut AppliedSpec,
) -> Result<TagDiff, ApplyError> {
    let subject = &rec.subject;
    let request = tags::list(arn).priority(subject.read_priority());
    let response = client.send(&request).await?;
    let read = response.document.as_ref().and_then(tags::read);
    let mut observed = read.ok_or_else(|| incomplete_response(&request))?;
    let (desired, managed) = (desired_tags(subject), managed_tags(subject));
    observed.retain(|key, _| desired.contains_key(key) || managed.contains(key));
    let found = difference(subject, &observed);
    applied.record_tags(observed);
    Ok(found)
}

/// Returns the tags of the spec that are kept in sync: all but those that `driftIgnore` names.
fn desired_tags(subject: &Subject) -> Tags {
    let mut tags = subject.object.typed.tags();
    tags.retain(|key, _| !is_ignored(subject, key));
    tags
}

/// Returns the recorded keys that are removed from the resource once the spec does not contain them.
fn managed_tags(subject: &Subject) -> Vec<String> {
    let keys = subject.managed_tags().into_iter();
    keys.filter(|key| !is_ignored(subject, key)).collect()
}

fn is_ignored(subject: &Subject, key: &str) -> bool {
    let paths = &subject.object.typed.management().drift_ignore;
    paths
        .iter()
        .any(|path| path.0 == "tags" || path.0 == format!("tags[{key}]"))
}

/// Returns the tags that the next write sets, and the keys that it removes. Setting and removing tags are two requests.
fn next_write(found: &TagDiff) -> (&Tags, &[String]) {
    const NOTHING: &Tags = &Tags::new();
    if found.set.is_empty() {
        (NOTHING, &found.remove)
    } else {
        (&found.set, &[])
    }
}

/// Returns the next write. Setting and removing tags are two requests, and a reconciliation sends one.
fn next_request(arn: &str, found: &TagDiff) -> Option<Request> {
    match next_write(found) {
        (set, _) if !set.is_empty() => Some(tags::set(arn, set)),
        (_, []) => None,
        (_, remove) => Some(tags::remove(arn, remove)),
    }
}

/// Whether one write is enough.
fn is_complete(found: &TagDiff) -> bool {
    found.set.is_empty() || found.remove.is_empty()
}

/// Returns the keys of the tags that the operator manages: those of the spec, those that it still has to remove, and those that it
/// wrote before `driftIgnore` named them.
fn managed_keys(subject: &Subject, is_done: bool) -> Vec<String> {
    let kept = subject.managed_tags().into_iter();
    let kept = kept.filter(|key| !is_done || is_ignored(subject, key));
    let desired = desired_tags(subject).into_keys();
    let keys: BTreeSet<String> = desired.chain(kept).collect();
    keys.into_iter().collect()
}

/// Whether the tags must be compared: after an edit of them, if the user requests it, and at intervals, since no list contains tags.
///
/// `written`: the keys that a write of this reconciliation has set.
pub(super) fn tags_due(
    subject: &Subject,
    applied: &AppliedSpec,
    written: Option<&[String]>,
    max_age: Duration,
) -> bool {
    let (desired, managed) = (desired_tags(subject), managed_tags(subject));
    let manages_tags = !desired.is_empty() || !managed.is_empty();
    // If a status could not be stored, the keys in it are lost.
    let known = written.unwrap_or(&managed);
    let is_recorded = desired.keys().all(|key| known.contains(key));
    let known_tags = applied.known_tags(max_age);
    let is_equal = known_tags.is_some_and(|tags| difference(subject, tags).drift.is_empty());
    subject.api().supports_tags()
        && manages_tags
        && (!is_equal || !is_recorded || subject.is_reconcile_requested())
}

/// Returns the age at which a check of the tags is repeated.
pub(super) fn tag_max_age(rec: &Reconciliation<'_>) -> Duration {
    rec.context.shared.config.resync_period * (RESYNCS_PER_RECONCILE - 1)
}

async fn write_tags(
    rec: &Reconciliation<'_>,
    client: &Client,
    request: Request,
    found: &TagDiff,
    applied: &mut AppliedSpec,
) -> Result<WriteEvent, ApplyError> {
    let request = request.priority(rec.subject.write_priority());
    let sent = client.send(&request).await;
    let response = sent.inspect_err(|error| applied.forget_tags(error.is_unanswered()))?;
    let (set, removed) = next_write(found);
    applied.record_tag_write(set, removed);
    Ok(WriteEvent::of_write(
        ResourceAction::Tag,
        rec.subject.kind(),
        rec.subject.recorded_id.as_deref(),
        &found.drift,
        response.request_id.as_deref(),
    ))
}
