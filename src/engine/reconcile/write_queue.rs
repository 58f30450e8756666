//! Waiting for a turn to write: outside of a pass, so that whoever waits for long keeps nobody else from a pass.

use crate::{
    cloudfront::Priority,
    engine::{
        api::{outcome::Outcome as State, reason::Reason},
        kind::{Kind, Lifecycle},
        reconcile::reconciliation::Pass,
    },
};
use std::sync::Arc;

impl<K: Kind> Pass<'_, K> {
    /// The state of an object whose turn to write is not near; its place is kept, and it is woken. `None`: it may write now.
    pub(super) fn queue_up(&mut self) -> Option<State> {
        let priority = self.write_priority();
        // Who waited to put right what others changed may have been edited meanwhile.
        let kept = self.booking.take().filter(|it| it.priority() <= priority);
        let booking = kept.unwrap_or_else(|| {
            let (wake, object) = (self.context.wake.clone(), self.reference());
            self.cloudfront.reserve_write(priority, move || {
                // Nobody listens any more only at shutdown.
                let _ = wake.unbounded_send(object);
            })
        });
        if booking.is_ready() {
            self.cloudfront = self.cloudfront.with_reservation(Arc::new(booking));
            return None;
        }
        // Rounded up, so that not every step of the queue is a write to every object in it.
        let ahead = booking.position().next_power_of_two();
        self.memo.booking = Some(booking);
        Some(State::Queued(format!(
            "Waits for its turn: at most {ahead} calls are ahead of it in the account's budget for writes (--writes-per-second)."
        )))
    }

    /// Whose turn this pass is when calls have to wait.
    pub(super) fn priority(&self) -> Priority {
        if self.deleting() {
            return Priority::Deletion;
        }
        let begun = K::LIFECYCLE == Lifecycle::OneShot && self.recorded().is_some();
        if !begun && self.previous.accepted_generation != Some(self.generation()) {
            return Priority::Interactive;
        }
        let ready = self.previous.condition("Ready");
        if ready.is_some_and(|ready| ready.reason == Reason::Deploying.to_string()) {
            Priority::DeploymentPoll
        } else {
            Priority::DriftCheck
        }
    }

    /// The same, of a write: nobody waits for one that only puts right what others changed.
    pub(super) fn write_priority(&self) -> Priority {
        match self.priority() {
            Priority::DeploymentPoll => Priority::DriftCheck,
            priority => priority,
        }
    }
}
