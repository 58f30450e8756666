//! What a pass came to, for whoever counts.

use crate::engine::{
    api::{outcome::Outcome as State, reason::Reason},
    kind::Kind,
    reconcile::{error::Failure, reconciliation::Pass},
};
use std::time::{Duration, Instant};

/// What one pass came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// The object's kind.
    pub kind: &'static str,
    /// The state that the object was left in, one word of a closed set; `Released` once it needs us no longer, `Unreported` when the
    /// Kubernetes API failed.
    pub result: &'static str,
    /// How long the pass took.
    pub duration: Duration,
    /// From CloudFront's acceptance of a creation or an update until it was seen to be deployed, where this pass saw it.
    pub propagation: Option<Duration>,
    /// Whether a change that somebody had made behind our back was undone.
    pub reverted: bool,
    /// The paths of the invalidation that was created: CloudFront bills them.
    pub paths: usize,
}

impl<K: Kind> Pass<'_, K> {
    /// What this pass, begun at that moment, came to.
    pub(super) fn tally(
        &mut self,
        answer: &Result<Option<State>, Failure>,
        begun: Instant,
    ) -> Tally {
        let made = |reason| {
            self.written
                .as_ref()
                .is_some_and(|it| it.reason == reason && it.request_id.is_some())
        };
        let (reverted, created) = (made(Reason::Reverted), made(Reason::Created));
        let done = matches!(answer, Ok(Some(State::InSync | State::Completed)));
        let sent = if done { self.memo.sent.take() } else { None };
        Tally {
            kind: K::KIND,
            result: result(answer),
            duration: begun.elapsed(),
            propagation: sent.map(|sent| sent.elapsed()),
            reverted,
            paths: if created {
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
