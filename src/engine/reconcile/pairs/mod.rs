//! The pairs of a key-value store whose configuration matches the spec.
//!
//! CloudFront has a version of all pairs, which each write names. So a write of a process that was killed, or of another client, is never
//! undone or repeated by accident: the pairs are read again, and compared.

mod batch;
mod reads;
mod status;

use crate::{
    engine::{
        api::{hash_of, outcome::Outcome, pairs::Pairs, reason::Reason},
        object_state::{KnownPairs, ObjectState},
        reconcile::{
            applied::{Applied, ApplyError, Retry},
            convergence::is_drift_correction,
            event::WriteEvent,
            reconciliation::{Reconciliation, Subject},
            resolve::Inputs,
            status_update_error::StatusUpdateError,
            tags::{tag_max_age, tags_due},
            turn::is_current,
        },
        resource_api::{PairRequests, PairVersion},
    },
    xml::Drift,
};
use batch::{Batch, redacted};
#[cfg(test)]
pub(super) use reads::is_recorded;
use reads::{Found, read, unreadable, version};
pub(super) use status::with_recorded;
use status::with_version;
use std::time::Duration;

/// The message until the first pairs are written.
const WRITING: &str = "The operator is writing the pairs.";

/// Compares the pairs if a check is due, and sends at most one write. The outcome of `base` is the result if they match.
pub(super) async fn sync_pairs(
    rec: &Reconciliation<'_>,
    inputs: &Inputs,
    base: Applied,
    may_write: bool,
    state: &mut ObjectState,
) -> Result<Applied, ApplyError> {
    let Some(desired) = desired_pairs(&rec.subject, inputs) else {
        return Ok(base);
    };
    let Some(arn) = base.arn().map(str::to_owned) else {
        return Ok(base);
    };
    if !pairs_due(rec, inputs, state) {
        return Ok(base);
    }
    if base.outcome != Outcome::InSync {
        return Ok(without_accepted_spec(base));
    }
    if base.event.is_some() {
        // A reconciliation sends one write.
        return Ok(unsettled(base, WRITING));
    }
    let requests = PairRequests { arn: &arn };
    let (found, batches, is_listed) = match read(rec, inputs, requests, state).await? {
        Found::Pairs(found, batches) => (found, batches, false),
        Found::Listed(found) => (found, 0, true),
        Found::Recorded => {
            state.pairs.record_match(match_hash(&rec.subject, &desired));
            return Ok(base);
        }
        Found::Inconsistent => return Ok(without_accepted_spec(base).with_outcome(inconsistent())),
    };
    let drift = difference(&rec.subject, &desired, &found.pairs);
    let sends_write = may_write && !drift.is_empty();
    // Pages have no version: they belong together if it is still the same. CloudFront checks that before a write.
    let is_checked = is_listed && !sends_write;
    if is_checked && version(&rec.cloudfront, requests).await?.etag != found.etag {
        return Ok(without_accepted_spec(base).with_outcome(inconsistent()));
    }
    if drift.is_empty() {
        let result = with_version(base, &found.etag, found.pairs.len(), found.size);
        state.pairs.record(found, 0);
        state.pairs.record_match(match_hash(&rec.subject, &desired));
        return Ok(result);
    }
    if !may_write {
        state.pairs.record(found, 0);
        let drift = drift.iter().map(|key| shown(key)).collect();
        return Ok(without_accepted_spec(base).with_outcome(Outcome::Drifted(drift)));
    }
    if !is_current(rec, &mut state.is_confirmed)
        .await
        .map_err(StatusUpdateError::from)?
    {
        let postponed = without_accepted_spec(base).with_outcome(Outcome::Postponed);
        return Ok(postponed.with_retry(Retry::WithinAMinute));
    }
    let batch = Batch {
        desired: &desired,
        drift: &drift,
        written: batches,
        is_correction: is_drift_correction(&rec.subject, &inputs.hashes),
    };
    write(rec, base, found, batch, state).await
}

/// Whether something beside the configuration has to be compared.
pub(super) fn tags_or_pairs_due(
    rec: &Reconciliation<'_>,
    inputs: &Inputs,
    state: &ObjectState,
) -> bool {
    tags_due(&rec.subject, &state.applied, None, tag_max_age(rec)) || pairs_due(rec, inputs, state)
}

/// Whether the pairs have to be compared: after a change of the spec, once in a resync period, and when a user requests it.
pub(super) fn pairs_due(rec: &Reconciliation<'_>, inputs: &Inputs, state: &ObjectState) -> bool {
    let Some(desired) = desired_pairs(&rec.subject, inputs) else {
        return false;
    };
    let max_age = rec.context.shared.config.resync_period;
    let hash = match_hash(&rec.subject, &desired);
    rec.subject.is_reconcile_requested() || !state.pairs.matches(hash, max_age)
}

/// Returns the time until the next check of the pairs. `None`: the resource has none.
pub(super) fn check_in(rec: &Reconciliation<'_>, state: &ObjectState) -> Option<Duration> {
    let subject = &rec.subject;
    let period = rec.context.shared.config.resync_period;
    (subject.api().has_pairs && !subject.is_deleting()).then(|| state.pairs.check_in(period))
}

/// Returns the pairs of the spec. `None`: they are not managed. Step `plan` has refused a spec whose pairs are not valid.
fn desired_pairs(subject: &Subject, inputs: &Inputs) -> Option<Pairs> {
    if subject.is_deleting() || is_ignored(subject, None) {
        return None;
    }
    subject.object.typed.pairs(&inputs.references).ok()?
}

/// Returns the hash of what a comparison depends on: the pairs, and those that it ignores.
fn match_hash(subject: &Subject, desired: &Pairs) -> u64 {
    let ignored = subject.object.typed.management().drift_ignore.iter();
    let ignored: Vec<&str> = ignored.map(|path| path.0.as_str()).collect();
    hash_of(&(desired, ignored))
}

/// Returns the keys whose values differ, those to remove last: a key that is renamed exists all the time.
fn difference(subject: &Subject, desired: &Pairs, found: &Pairs) -> Vec<String> {
    let changed = desired
        .iter()
        .filter(|(key, value)| found.get(key) != Some(value));
    let removed = found.iter().filter(|(key, _)| desired.get(key).is_none());
    let keys = changed.chain(removed).map(|(key, _)| key.to_owned());
    keys.filter(|key| !is_ignored(subject, Some(key))).collect()
}

/// Writes a batch.
async fn write(
    rec: &Reconciliation<'_>,
    base: Applied,
    mut found: KnownPairs,
    batch: Batch<'_>,
    state: &mut ObjectState,
) -> Result<Applied, ApplyError> {
    let changes = batch.changes();
    let arn = found.arn.clone();
    let request = PairRequests { arn: &arn }.update(&found.etag, &changes);
    // Until the response arrives, the store may have either version.
    state.pairs.forget();
    let sent = rec.cloudfront.send(&request).await;
    let sent = sent.map_err(|error| redacted(error, &changes));
    let written = sent.and_then(|response| {
        let request_id = response.request_id.clone();
        let version = PairVersion::read(response).ok_or_else(|| unreadable(&request))?;
        Ok((version, request_id))
    });
    let (PairVersion { etag, count, size }, request_id) = match written {
        Ok(written) => written,
        Err(error) => {
            state.pairs.record(found, 0);
            return Err(error.into());
        }
    };
    state.pairs.record_replaced(&arn, &found.etag);
    for (key, value) in changes.puts.iter() {
        found.pairs.insert(key, value);
    }
    for key in &changes.deletes {
        found.pairs.remove(key);
    }
    let is_expected = count.is_none_or(|count| count == found.pairs.len());
    let count = found.pairs.len();
    let is_unfinished = batch.drift.len() > batch.keys().len();
    let known = KnownPairs {
        etag: etag.clone(),
        size,
        ..found
    };
    let batches = if is_unfinished { batch.written + 1 } else { 0 };
    if is_expected {
        state.pairs.record(known, batches);
    }
    let fields: Vec<Drift> = batch.keys().iter().map(|key| shown(key)).collect();
    let event = WriteEvent::of_write(
        batch.action(),
        rec.subject.kind(),
        rec.subject.recorded_id.as_deref(),
        &fields,
        request_id.as_deref(),
    );
    if !is_expected {
        let result = without_accepted_spec(base).with_outcome(inconsistent());
        return Ok(result.with_event(Some(event)));
    }
    if is_unfinished {
        let result = unsettled(base, &batch.progress());
        return Ok(result.with_event(Some(event)));
    }
    state
        .pairs
        .record_match(match_hash(&rec.subject, batch.desired));
    Ok(with_version(base, &etag, count, size).with_event(Some(event)))
}

/// Returns the outcome of responses that another client, or an outdated response, may explain. The next reconciliation reads again.
fn inconsistent() -> Outcome {
    Outcome::Retrying {
        reason: Reason::Conflict,
        message: "The pairs are not those that CloudFront has just reported: another client changes them, or a response is outdated. The \
                  operator reads them again."
            .into(),
    }
}

/// Returns the result while the pairs are not in sync. The next reconciliation follows soon.
fn unsettled(base: Applied, message: &str) -> Applied {
    Applied {
        needs_followup_update: true,
        ..without_accepted_spec(base).with_outcome(Outcome::Deploying(message.into()))
    }
}

fn without_accepted_spec(base: Applied) -> Applied {
    Applied {
        accepted_spec: None,
        ..base
    }
}

/// Whether `driftIgnore` names the pairs, or one of them.
fn is_ignored(subject: &Subject, key: Option<&str>) -> bool {
    let paths = &subject.object.typed.management().drift_ignore;
    let own = key.map(|key| format!("items[{key}]"));
    paths
        .iter()
        .any(|path| path.0 == "items" || Some(&path.0) == own.as_ref())
}

/// Returns the difference of a key, without its values.
fn shown(key: &str) -> Drift {
    Drift {
        path: format!("items[{key}]"),
        desired: None,
        observed: None,
    }
}
