//! Compares the history of a run with what must hold in every run.

mod bounds;
mod content;
mod deletion;
mod end;
mod fairness;
mod monotone;
mod ownership;
mod quiet;
mod reference;
mod repetition;
mod truth;

pub(crate) use end::EndState;
pub use reference::Reference;

use crate::{history::History, scenario::Scenario};

/// The names of all invariants.
pub const INVARIANTS: [&str; 14] = [
    "I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I9", "I10", "I11", "I12", "monotone",
    "fairness",
];

/// Something that must not happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The invariant, such as `I1`.
    pub invariant: &'static str,
    /// What happened.
    pub detail: String,
}

impl Violation {
    fn new(invariant: &'static str, detail: impl Into<String>) -> Self {
        debug_assert!(INVARIANTS.contains(&invariant), "{invariant}");
        Self {
            invariant,
            detail: detail.into(),
        }
    }
}

/// Returns what went wrong in a run. `reference` is from runs without faults.
pub fn check(history: &History, scenario: &Scenario, reference: &Reference) -> Vec<Violation> {
    let mut violations = vec![];
    ownership::check(history, &mut violations);
    deletion::check(history, &mut violations);
    quiet::check(history, &mut violations);
    truth::check(history, reference, &mut violations);
    monotone::check(history, &mut violations);
    content::check(history, &mut violations);
    bounds::check(history, &mut violations);
    fairness::check(history, &mut violations);
    end::check(history, scenario, reference, &mut violations);
    violations
}

/// Returns what went wrong in a scenario on the real servers. It can end before its objects have finished, its times are those of the
/// machine, and there is no run to compare it with: only the invariants that hold for every such history are checked.
pub fn check_scenario(history: &History) -> Vec<Violation> {
    let mut violations = vec![];
    ownership::check_scenario(history, &mut violations);
    monotone::check(history, &mut violations);
    content::check_secrets(history, &mut violations);
    violations
}
