//! The reconcile function: a pass, its report, and when to look again.

mod apply;
mod completion;
pub(super) mod error;
mod event;
mod observe;
mod observe_cached;
pub(super) mod reconciliation;
mod recover;
pub(super) mod report;
pub(super) mod requeue;
pub(super) mod summary;
mod tags;
mod unreadable;
mod write_queue;

use crate::{
    cloudfront::ErrorClass,
    engine::{
        api::outcome::Outcome as State,
        cache::cached_object::CachedObject,
        context::Context,
        kind::Kind,
        reconcile::{
            completion::in_words_of,
            error::{Failure, SETTLING},
            reconciliation::{Outcome, Pass},
        },
    },
};
use kube::{
    Resource, ResourceExt,
    runtime::{controller::Action, reflector::ObjectRef},
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tracing::{Instrument, Span, field::Empty};

/// How old the value of a secret may get: Secrets are neither listed nor watched.
const SECRETS: Duration = Duration::from_mins(5);

/// The Kubernetes API failed, so that nothing could be reported. The controller tries again.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub(crate) struct Unreported(Failure);

/// Makes one pass over an object and reports it. All that is logged meanwhile carries the object, its generation and the pass.
pub(crate) async fn reconcile<K: Kind>(
    shown: Arc<CachedObject<K>>,
    context: Arc<Context<K>>,
) -> Result<Action, Unreported> {
    static PASSES: AtomicU64 = AtomicU64::new(1);
    // Of the highest level, so that no setting leaves a warning without it.
    let span = tracing::error_span!(
        "pass",
        kind = K::KIND,
        // Not `name`: in JSON that is the span's own.
        object = format!(
            "{}/{}",
            shown.namespace().unwrap_or_default(),
            shown.name_any()
        ),
        generation = shown.meta().generation,
        pass = PASSES.fetch_add(1, Ordering::Relaxed),
        // Filled in where traces are sent.
        trace_id = Empty,
        // Of traces; a log line tells what it came to in words.
        result = Empty,
    );
    pass_over(shown, context).instrument(span).await
}

async fn pass_over<K: Kind>(
    shown: Arc<CachedObject<K>>,
    context: Arc<Context<K>>,
) -> Result<Action, Unreported> {
    let begun = Instant::now();
    let object = match shown.decode() {
        Ok(object) => object,
        Err(error) => {
            // It will not come when it is called: nobody is to wait behind it.
            context
                .memos
                .give_way(shown.meta().uid.as_deref().unwrap_or_default());
            let told = unreadable::report(&*shown, &error, &context).await;
            return told.map_err(Unreported);
        }
    };
    let uid = object.uid().unwrap_or_default();
    let memo = context.memos.take(&uid);
    let mut pass = Pass::new(&context, object, memo);
    let answer = finish(&mut pass).await;
    let tally = pass.tally(&answer, begun);
    Span::current().record("result", tally.result);
    (context.shared.on_reconcile)(&tally);
    if let Ok(None) = answer {
        pass.unfollow();
        pass.memo.released = true;
    }
    let expires = match &answer {
        Ok(Some(_)) => pass.expire().await,
        _ => Ok(None),
    };
    let again = answer.map(|state| state.and_then(|state| pass.pause(&state)));
    // An object that went during the pass is not remembered, whoever has its name now.
    let present = context.store.get(&ObjectRef::from_obj(&*shown));
    if let Some(shown) = present.filter(|shown| shown.meta().uid.as_ref() == Some(&uid)) {
        pass.memo
            .catch_up(&shown.resource_version().unwrap_or_default());
        context.memos.put(uid, pass.memo);
    } else {
        pass.unfollow();
    }
    let expires = expires.map_err(Unreported)?;
    let pause = again.map_err(Unreported)?;
    let next = pause.into_iter().chain(expires).min();
    Ok(next.map_or_else(Action::await_change, Action::requeue))
}

impl<K: Kind> Pass<'_, K> {
    /// How long until the next pass, if nothing happens before.
    fn pause(&self, state: &State) -> Option<Duration> {
        if self.unfinished {
            return Some(requeue::retry(1));
        }
        let settings = &self.context.shared.config;
        let pause = requeue::next(
            state,
            self.memo.failures,
            self.watch(),
            self.context.queue_recheck_delay(),
            settings,
        );
        let secrets = (!self.object.secrets().is_empty()).then_some(SECRETS);
        pause.into_iter().chain(secrets).min()
    }
}

/// Runs a pass and reports it. `None`: the object needs us no longer.
async fn finish<K: Kind>(pass: &mut Pass<'_, K>) -> Result<Option<State>, Failure> {
    let (state, remote) = match pass.run().await {
        Ok(Outcome::Released) => {
            pass.tell_end().await;
            return Ok(None);
        }
        Ok(Outcome::Is(state, remote)) => {
            pass.memo.refused_since = None;
            pass.remember(remote.as_ref());
            (state, remote)
        }
        Err(failure) => {
            pass.doubt(&failure);
            let fresh = settling(pass, &failure);
            let in_use = matches!(&failure, Failure::CloudFront(error) if error.is_in_use());
            let state = pass.without_secrets(failure.state(fresh).ok_or(failure)?);
            (
                if in_use {
                    pass.with_names(state)
                } else {
                    state
                },
                None,
            )
        }
    };
    let state = in_words_of::<K>(state);
    pass.report(&state, remote.as_ref()).await?;
    if matches!(state, State::Completed) {
        pass.unfollow();
        pass.memo.kept = None;
    }
    pass.memo.failures = match state {
        State::Retrying { .. } | State::InUse(_) => pass.memo.failures.saturating_add(1),
        _ => 0,
    };
    Ok(Some(state))
}

/// Whether CloudFront has only just begun to refuse for a reason that often heals by itself.
fn settling<K: Kind>(pass: &mut Pass<'_, K>, failure: &Failure) -> bool {
    let settles = matches!(failure, Failure::CloudFront(error) if error.class() == ErrorClass::TransientRefusal);
    if !settles {
        pass.memo.refused_since = None;
        return false;
    }
    pass.memo
        .refused_since
        .get_or_insert_with(Instant::now)
        .elapsed()
        < SETTLING
}

/// The Kubernetes API failed: try again, ever more slowly.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the controller calls it like this"
)]
pub(crate) fn error_policy<K: Kind>(
    object: Arc<CachedObject<K>>,
    error: &Unreported,
    context: Arc<Context<K>>,
) -> Action {
    let uid = object.meta().uid.clone().unwrap_or_default();
    let mut memo = context.memos.take(&uid);
    memo.failures = memo.failures.saturating_add(1);
    let failures = memo.failures;
    let present = context.store.get(&ObjectRef::from_obj(&*object));
    if present.is_some_and(|present| present.meta().uid == object.meta().uid) {
        context.memos.put(uid, memo);
    }
    tracing::warn!(
        kind = K::KIND,
        namespace = object.namespace(),
        name = object.name_any(),
        %error,
        "the pass could not be finished; trying again"
    );
    Action::requeue(requeue::retry(failures))
}
