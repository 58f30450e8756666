//! One reconciliation of one object. The [pipeline](pipeline::run) has a file for each step.

mod account;
mod applied;
mod apply;
mod code_tests;
mod completion;
mod convergence;
mod create_guard;
mod desired;
mod error;
mod event;
mod explanation;
mod find_by_name;
#[cfg(test)]
mod fixtures;
mod immutable;
mod late_write;
mod listed_users;
mod load;
mod name_record;
mod name_taken;
mod observation;
mod observe;
mod observe_cached;
mod observe_error;
mod pairs;
mod parent;
mod passing;
mod pipeline;
mod preflight;
mod promotion;
mod read_order;
mod reconciliation;
mod recover;
mod report;
mod requeue;
mod resolve;
mod staging_difference;
mod status_update_error;
mod summary;
mod tag_keys;
mod tags;
#[cfg(test)]
mod tests;
mod turn;
mod unique_values;
mod unreadable;
mod users;
mod withheld;
mod write;

use crate::engine::{
    api::{outcome::Outcome, reference::ObjectKey},
    cache::cached_object::CachedObject,
    context::Context,
    object_state::ObjectState,
    panic::catch,
    reconcile::{
        account::lacks_account,
        applied::{Applied, Retry},
        completion::{delete_after_ttl, to_one_shot_outcome},
        error::{Failure, ReconcileError, TRANSIENT_REFUSAL_PERIOD},
        explanation::explanation,
        load::{Load, load, until_leading},
        observation::Source,
        observe_cached::{cache_remote, unsubscribe, wake_up},
        passing::is_passing,
        reconciliation::Reconciliation,
        report::report,
        requeue::{Schedule, WakeUp, backoff, requeue_after},
        status_update_error::StatusUpdateError,
        summary::summarize,
    },
};
use kube::{Resource, ResourceExt, runtime::controller::Action};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::time::Instant;
use tracing::{Instrument, Span, field::Empty};

/// Reconciles an object once this process leads. Every log message in between has the object, its generation and the id of the reconciliation.
pub(crate) async fn reconcile(
    cached: Arc<CachedObject>,
    context: Arc<Context>,
) -> Result<Action, StatusUpdateError> {
    static NEXT_ID: AtomicU64 = AtomicU64::new(1);
    let Some(cached) = until_leading(cached, &context).await else {
        return Ok(Action::await_change());
    };
    // At the highest level, so that no log setting removes its fields from a warning.
    let span = tracing::error_span!(
        "reconcile",
        kind = context.definition.kind,
        namespace = cached.namespace(),
        // Not `name`: in JSON that is the name of the span.
        object_name = cached.name_any(),
        generation = cached.meta().generation,
        reconcile_id = NEXT_ID.fetch_add(1, Ordering::Relaxed),
        // Set if traces are exported.
        trace_id = Empty,
        // For traces; log messages describe the outcome.
        result = Empty,
        reason = Empty,
    );
    let reconciliation = async {
        match catch(Box::pin(reconcile_cached(&cached, &context))).await {
            Ok(result) => result,
            Err(panic) => unreadable::report_panic(&cached, &panic, &context).await,
        }
    };
    reconciliation.instrument(span).await
}

async fn reconcile_cached(
    cached: &Arc<CachedObject>,
    context: &Context,
) -> Result<Action, StatusUpdateError> {
    let started = Instant::now();
    let cached_uid = cached.meta().uid.as_deref().unwrap_or_default();
    let loaded = match load(cached, &context.shared.kube).await? {
        Load::Loaded(loaded) => loaded,
        Load::Deleted => return Ok(Action::await_change()),
        Load::Later(delay) => {
            context.states.release_turns(cached_uid);
            return Ok(Action::requeue(delay));
        }
    };
    let object = match loaded.object {
        Ok(object) => object,
        Err(error) => {
            // The object cannot use its turn, and must not block the requests behind it.
            context.states.release_turns(cached_uid);
            return unreadable::report(cached, &error, context).await;
        }
    };
    let uid = object.uid().unwrap_or_default();
    let term = context.term();
    let mut state = context.states.take(&uid);
    let mut rec = Reconciliation::new(context, object, &state);
    let delay = reconcile_object(&mut rec, &mut state, started).await;
    // The state of an object that was deleted meanwhile is dropped, even if a new object has its name, and that of an earlier term.
    let present = context.find(&ObjectKey::of(&**cached));
    let is_same = |present: &Arc<CachedObject>| present.meta().uid.as_ref() == Some(&uid);
    if let Some(present) = present.filter(|it| is_same(it) && context.term() == term) {
        let before = || rec.subject.prior_status.restorable().cloned();
        let foreign = state.pending.observe(present.shown_status(), before);
        context.states.put(uid, state);
        if let Some(delay) = foreign {
            context.enqueue_after(ObjectKey::of(&*present), delay);
        }
    } else {
        unsubscribe(&rec, &mut state.remote);
        context.stop_waiting_if_deleted(&rec.object_key());
    }
    Ok(delay?.map_or_else(Action::await_change, Action::requeue))
}

/// Runs the pipeline, reports its result, and returns the delay until the next reconciliation.
async fn reconcile_object(
    rec: &mut Reconciliation<'_>,
    state: &mut ObjectState,
    started: Instant,
) -> Result<Option<Duration>, StatusUpdateError> {
    // While it is reconciled, a response to its own request does not enqueue it.
    rec.context.cloudfront_recovery.remove(&rec.object_key());
    state.write_turn.offer();
    state.read_turn.offer();
    let (mut applied, mut reported) = match pipeline::run(rec, state).await {
        Ok(applied) => (record_success(rec, applied, state), Ok(())),
        Err(failure) => record_failure(rec, failure, state),
    };
    if reported.is_ok() {
        reported = report(rec, &applied, &mut state.pending).await;
    }
    match reported {
        Ok(()) => {
            rec.context.kubernetes_recovery.remove(&rec.object_key());
            record_reported(rec, &applied, state);
        }
        Err(_) => applied.outcome = Outcome::Unreported,
    }
    state.write_turn.release_unused();
    state.read_turn.release_unused();
    let summary = summarize(&rec.subject, &applied, started, &mut state.deploy_started);
    Span::current().record("result", <&str>::from(summary.result));
    if let Some(reason) = summary.reason {
        Span::current().record("reason", <&str>::from(reason));
    }
    (rec.context.shared.on_reconcile)(&summary);
    let delay = requeue_after(&applied.outcome, schedule(rec, &applied, state));
    let ttl = match applied.outcome {
        Outcome::Finalized | Outcome::Unreported => None,
        _ => delete_after_ttl(rec, &state.pending).await?,
    };
    reported.map(|()| delay.into_iter().chain(ttl).min())
}

/// Caches what was written.
fn record_success(
    rec: &Reconciliation<'_>,
    mut applied: Applied,
    state: &mut ObjectState,
) -> Applied {
    if applied.outcome == Outcome::Finalized {
        return applied;
    }
    state.failures.end_transient_refusal();
    if !matches!(applied.outcome, Outcome::Postponed | Outcome::Queued(_)) {
        rec.context.cloudfront_recovery.remove(&rec.object_key());
    }
    if let Some(hashes) = &applied.accepted_spec {
        state.applied.mark_applied(hashes.spec, hashes.requested);
    }
    if matches!(applied.outcome, Outcome::Suspended { .. }) {
        unsubscribe(rec, &mut state.remote);
    }
    if let Some(observation) = &applied.observation
        && observation.source == Source::Written
    {
        cache_remote(rec, observation, &mut state.remote);
    }
    applied.outcome = to_one_shot_outcome(rec.subject.api(), applied.outcome);
    applied
}

/// Drops the cached observation if the resource may have changed, and returns the outcome of the failure.
fn record_failure(
    rec: &Reconciliation<'_>,
    failure: Failure,
    state: &mut ObjectState,
) -> (Applied, Result<(), StatusUpdateError>) {
    let progress = failure.progress();
    let Failure { error, secrets, .. } = failure;
    if error.is_conflict() {
        state.creation.record_outdated_view();
    }
    if !error.leaves_remote_unchanged() {
        state.remote.invalidate();
    }
    let is_recent = if error.is_transient_refusal() {
        state
            .failures
            .record_transient_refusal(TRANSIENT_REFUSAL_PERIOD)
    } else {
        state.failures.end_transient_refusal();
        false
    };
    wait_for_recovery(rec, &error);
    state.in_use = error.is_in_use().then(Instant::now).or(state.in_use);
    if is_passing(rec, &error, &state.failures) {
        let error = secrets.redact(&error.to_string());
        tracing::debug!(error, "the reconciliation failed, and is repeated");
        let applied = Applied {
            progress,
            ..Applied::new(Outcome::Postponed).with_retry(Retry::WithBackoff)
        };
        return (applied, Ok(()));
    }
    let event = error.event().cloned();
    let explain = explanation(rec, &error);
    let retry = error.retry();
    let (outcome, result) = match error.outcome(is_recent) {
        Ok(outcome) => (
            outcome.map_message(|message| secrets.redact(message)),
            Ok(()),
        ),
        Err(error) => (Outcome::Unreported, Err(error)),
    };
    let outcome = to_one_shot_outcome(rec.subject.api(), explain(rec, outcome));
    let applied = Applied {
        progress,
        ..Applied::new(outcome).with_event(event).with_retry(retry)
    };
    (applied, result)
}

/// Enqueues the object after an outage if it failed because of one.
fn wait_for_recovery(rec: &Reconciliation<'_>, error: &ReconcileError) {
    let recovery = &rec.context.cloudfront_recovery;
    if error.is_account_wide() {
        recovery.add(rec.object_key());
    } else {
        recovery.remove(&rec.object_key());
    }
}

/// Updates the state after a successful report.
fn record_reported(rec: &Reconciliation<'_>, applied: &Applied, state: &mut ObjectState) {
    match &applied.outcome {
        Outcome::Finalized => {
            unsubscribe(rec, &mut state.remote);
            state.finalized = true;
            return;
        }
        Outcome::Completed => {
            unsubscribe(rec, &mut state.remote);
            state.remote.clear();
        }
        outcome @ Outcome::Failed { .. } => {
            unsubscribe(rec, &mut state.remote);
            state.remote.clear();
            state.failed = Some(Box::new(outcome.clone()));
        }
        _ => {}
    }
    let is_retried = applied.outcome.is_retried() || applied.retry != Retry::ByOutcome;
    if is_retried || applied.outcome != Outcome::Postponed {
        state.failures.record(is_retried);
        let waits = matches!(applied.outcome, Outcome::InUse(_) | Outcome::Waiting(_));
        state.failures.record_request(is_retried && !waits);
    }
}

fn schedule<'a>(
    rec: &'a Reconciliation<'_>,
    applied: &Applied,
    state: &ObjectState,
) -> Schedule<'a> {
    Schedule {
        failures: state.failures.in_a_row(),
        wake_up: if applied.waits_for_list {
            WakeUp::OnList
        } else {
            wake_up(rec, state)
        },
        queue_recheck_delay: rec.context.queue_recheck_delay(),
        config: &rec.context.shared.config,
        retry: applied.retry,
        has_secrets: rec.subject.sources.has_values(),
        pair_check: pairs::check_in(rec, state),
        inconclusive_for: state.creation.inconclusive_for(rec.consistency_window()),
        lacks_account: lacks_account(&rec.subject) && applied.account.is_none(),
        needs_followup_update: applied.needs_followup_update,
        pause: applied.pause,
    }
}

/// Returns the delay after the Kubernetes API failed. It grows with each failure.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the controller calls it like this"
)]
pub(crate) fn error_policy(
    object: Arc<CachedObject>,
    error: &StatusUpdateError,
    context: Arc<Context>,
) -> Action {
    if error.is_outage() {
        let kubernetes = &context.shared.kubernetes;
        kubernetes.record_failure(|| error.to_string());
        let key = ObjectKey::of(&*object);
        context.kubernetes_recovery.add(key.clone());
        context.stop_waiting_if_deleted(&key);
    }
    let uid = object.meta().uid.clone().unwrap_or_default();
    let mut state = context.states.take(&uid);
    state.failures.record_unreported();
    let failures = state.failures.in_a_row();
    let present = context.find(&ObjectKey::of(&*object));
    if present.is_some_and(|present| present.meta().uid == object.meta().uid) {
        context.states.put(uid, state);
    }
    // After a conflict the next reconciliation has the newer object.
    if !error.is_conflict() {
        tracing::warn!(
            kind = context.definition.kind,
            namespace = object.namespace(),
            object_name = object.name_any(),
            %error,
            "the reconciliation failed and is retried"
        );
    }
    Action::requeue(backoff(failures))
}
