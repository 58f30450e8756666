//! The faults of a plan, and at which requests of its run they occur.

use crate::{
    fault::{CRASHES, Fault, Repetition},
    label::Label,
    plan::PlannedFault,
};
use tokio::time::Instant;

/// The faults of a plan, and the one that a step of its scenario asks for.
pub(super) struct Faults {
    planned: Vec<State>,
    next: Option<NextFault>,
    are_cleared: bool,
}

/// A fault at a request that is not known yet.
pub(super) struct NextFault {
    /// The requests before it.
    pub(super) after: u32,
    /// Selects one of the faults that the request can have.
    pub(super) choice: usize,
}

struct State {
    planned: PlannedFault,
    /// When it occurred for the first time.
    since: Option<Instant>,
}

impl Faults {
    pub(super) fn new(planned: &[PlannedFault]) -> Self {
        let planned = planned.iter().cloned();
        let states = planned.map(|planned| State {
            planned,
            since: None,
        });
        Self {
            planned: states.collect(),
            next: None,
            are_cleared: false,
        }
    }

    /// Returns the fault that occurs at a request, and records that it did.
    pub(super) fn at(&mut self, label: &Label) -> Option<Fault> {
        if self.are_cleared {
            return None;
        }
        let next = self.next_at(label);
        let Some(found) = self.planned.iter_mut().find(|it| it.occurs_at(label)) else {
            return next;
        };
        found.since.get_or_insert_with(Instant::now);
        Some(found.planned.fault)
    }

    /// Clears all faults: none occurs any more.
    pub(super) fn clear(&mut self) {
        self.are_cleared = true;
    }

    /// Sets the next fault, or that there is none.
    pub(super) fn set_next(&mut self, next: Option<NextFault>) {
        self.next = next;
    }

    fn next_at(&mut self, label: &Label) -> Option<Fault> {
        let next = self.next.as_mut()?;
        if next.after > 0 {
            next.after -= 1;
            return None;
        }
        let faults = [&CRASHES[..], &Fault::of(label)].concat();
        let fault = faults[next.choice % faults.len()];
        self.next = None;
        Some(fault)
    }

    /// Returns the requests at which no fault occurred.
    pub(super) fn missed(&self) -> Vec<Label> {
        let missed = self.planned.iter().filter(|it| it.since.is_none());
        missed.map(|it| it.planned.label.clone()).collect()
    }
}

impl State {
    fn occurs_at(&self, label: &Label) -> bool {
        let PlannedFault {
            label: first,
            fault,
            repetition,
        } = &self.planned;
        let is_later = label.ordinal >= first.ordinal && label.is_same_request(first);
        is_later
            && match repetition {
                Repetition::Once => label.ordinal == first.ordinal,
                Repetition::Times(count) => label.ordinal - first.ordinal < *count,
                Repetition::UntilCleared => self
                    .since
                    .is_none_or(|since| since.elapsed() < fault.cleared_after()),
            }
    }
}
