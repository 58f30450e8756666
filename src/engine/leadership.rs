//! Whether this process leads. Reconciliations and lists start only while it does.

use crate::cloudfront::Clock;
use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};
use tokio::{sync::watch, time::Instant};

/// Whether this process leads. Clones share their state.
///
/// Leadership is divided into terms. Between two terms another process may have led, so what this process remembers from the earlier
/// term may be outdated. Within a term nothing else can have led, even if the leadership was interrupted.
#[derive(Clone, Debug)]
pub struct Leadership(Arc<watch::Sender<State>>);

/// The number of a term of leadership.
pub type Term = u64;

#[derive(Clone, Copy, Debug, Default)]
struct State {
    /// The number of the last term. Zero: this process has not led yet.
    term: Term,
    /// The time until which this process is certain to lead. `None`: it does not lead.
    until: Option<LeadsUntil>,
    /// Whether the process is about to end, so that nothing waits for the leadership any more.
    is_ending: bool,
}

#[derive(Clone, Copy, Debug)]
enum LeadsUntil {
    /// Leader election is off.
    Always,
    /// Leads until this time, unless the Lease is renewed before.
    At(Moment),
}

/// A moment on two clocks. The monotonic clock stands still while a virtual machine is paused, and the wall clock can be set back: the one
/// that has advanced more counts.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    monotonic: Instant,
    wall: SystemTime,
    clock: Clock,
}

impl Moment {
    /// Returns the present moment.
    pub fn now(clock: Clock) -> Self {
        Self {
            monotonic: Instant::now(),
            wall: clock.now(),
            clock,
        }
    }

    /// Returns the moment after this duration.
    #[must_use]
    pub fn after(self, duration: Duration) -> Self {
        Self {
            monotonic: self.monotonic + duration,
            wall: self.wall + duration,
            clock: self.clock,
        }
    }

    /// Whether the moment is over, according to either clock.
    pub fn is_over(self) -> bool {
        Instant::now() >= self.monotonic || self.clock.now() >= self.wall
    }
}

impl Leadership {
    /// Returns the leadership of a process without leader election, which always leads.
    pub fn always() -> Self {
        Self::with(State {
            term: 1,
            until: Some(LeadsUntil::Always),
            is_ending: false,
        })
    }

    /// Returns the leadership of a process that does not lead yet.
    pub fn standby() -> Self {
        Self::with(State::default())
    }

    fn with(state: State) -> Self {
        Self(Arc::new(watch::Sender::new(state)))
    }

    /// Whether this process leads now.
    pub fn is_leader(&self) -> bool {
        self.term().is_some()
    }

    /// Returns the present term, or `None` if this process does not lead now.
    pub fn term(&self) -> Option<Term> {
        self.0.borrow().term_now()
    }

    /// Returns the number of the last term, which may be over.
    pub fn last_term(&self) -> Term {
        self.0.borrow().term
    }

    /// Waits until this process leads, and returns the term. `None`: the process ends before.
    pub async fn wait_to_lead(&self) -> Option<Term> {
        // Leadership ends without a change of the state, but it begins with one.
        self.wait_for(|state| state.is_ending || state.term_now().is_some())
            .await
            .term_now()
    }

    /// Waits until a term other than this one begins.
    pub async fn wait_for_term_after(&self, term: Term) -> Term {
        self.wait_for(|state| state.term != term).await.term
    }

    /// Begins a new term, which lasts until this time.
    pub fn begin_term(&self, until: Moment) {
        self.0.send_modify(|state| {
            state.term += 1;
            state.until = Some(LeadsUntil::At(until));
        });
    }

    /// Extends the present term, or resumes it if it was interrupted.
    pub fn extend_term(&self, until: Moment) {
        self.0
            .send_modify(|state| state.until = Some(LeadsUntil::At(until)));
    }

    /// Ends the present term: every write is rejected from now on.
    pub fn end_term(&self) {
        self.0.send_modify(|state| state.until = None);
    }

    /// Ends all waits for the leadership: the process is about to end.
    pub fn stop_waiting(&self) {
        self.0.send_modify(|state| state.is_ending = true);
    }

    async fn wait_for(&self, is_reached: impl FnMut(&State) -> bool) -> State {
        let mut states = self.0.subscribe();
        let state = states.wait_for(is_reached).await;
        *state.expect("the sender of the state lives as long as self")
    }
}

impl State {
    fn term_now(&self) -> Option<Term> {
        let leads = match self.until? {
            LeadsUntil::Always => true,
            LeadsUntil::At(until) => !until.is_over(),
        };
        leads.then_some(self.term)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn leadership_ends_by_itself_and_resumes_in_the_same_term() {
        let leadership = Leadership::standby();
        assert_eq!(leadership.term(), None);
        leadership.begin_term(Moment::now(Clock::System).after(SECOND));
        assert_eq!(leadership.wait_to_lead().await, Some(1));
        tokio::time::advance(SECOND).await;
        assert_eq!(leadership.term(), None);
        assert_eq!(leadership.wait_to_lead().now_or_never(), None);
        leadership.extend_term(Moment::now(Clock::System).after(SECOND));
        assert_eq!(leadership.wait_to_lead().await, Some(1));
        leadership.end_term();
        leadership.begin_term(Moment::now(Clock::System).after(SECOND));
        assert_eq!(leadership.wait_for_term_after(1).await, 2);
    }

    #[test]
    fn a_moment_is_over_when_either_clock_has_passed_it() {
        let now = Moment::now(Clock::System);
        let later = now.after(SECOND * 60);
        assert!(now.is_over() && !later.is_over());
        let paused = Moment {
            wall: now.wall,
            ..later
        };
        assert!(paused.is_over(), "the monotonic clock stood still");
        let set_back = Moment {
            monotonic: now.monotonic,
            ..later
        };
        assert!(set_back.is_over(), "the wall clock was set back");
    }

    #[tokio::test]
    async fn a_process_that_ends_waits_no_longer() {
        let leadership = Leadership::standby();
        leadership.stop_waiting();
        assert_eq!(leadership.wait_to_lead().await, None);
    }
}
