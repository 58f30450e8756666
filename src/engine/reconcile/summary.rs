//! What a pass came to, for whoever counts.

use crate::engine::{
    api::{outcome::Outcome as State, reason::Reason},
    context::ReconcileSummary,
    kind::Kind,
    reconcile::{error::Failure, reconciliation::Pass},
};
use std::time::Instant;

impl<K: Kind> Pass<'_, K> {
    /// What this pass, begun at that moment, came to.
    pub(super) fn tally(
        &mut self,
        answer: &Result<Option<State>, Failure>,
        begun: Instant,
    ) -> ReconcileSummary {
        let made = |reason| {
            self.written
                .as_ref()
                .is_some_and(|it| it.reason == reason && it.request_id.is_some())
        };
        let (reverted, created) = (made(Reason::Reverted), made(Reason::Created));
        let done = matches!(answer, Ok(Some(State::InSync | State::Completed)));
        let sent = if done { self.memo.sent.take() } else { None };
        ReconcileSummary {
            kind: K::KIND,
            result: result(answer),
            duration: begun.elapsed(),
            deployment_duration: sent.map(|sent| sent.elapsed()),
            is_drift_corrected: reverted,
            invalidation_paths: if created {
                self.object.billable_paths()
            } else {
                0
            },
        }
    }
}

fn result(answer: &Result<Option<State>, Failure>) -> &'static str {
    let outcome = match answer {
        Ok(Some(state)) => state,
        Ok(None) => &State::Finalized,
        Err(_) => &State::Unreported,
    };
    outcome.label()
}
