//! Faults: what goes wrong on the way, addressed by operation and call.

mod book;
mod hostile;
mod mode;

pub(crate) use book::FaultBook;
pub use hostile::HostileBody;
pub use mode::FaultMode;

use serde::{Deserialize, Serialize};

/// A fault waiting for its call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fault {
    /// The operation it waits for; `*` is any.
    #[serde(default = "any")]
    pub operation: String,
    /// The account it waits for; none is any.
    #[serde(default)]
    pub account: Option<String>,
    /// It plays from the n-th matching call on, counted from now and from 1.
    #[serde(default = "first")]
    pub nth: u64,
    /// How often it plays: once by default, without end by default if there is a rate.
    #[serde(default)]
    pub count: Option<u64>,
    /// The chance, from 0 to 1, that it plays on a matching call.
    #[serde(default)]
    pub rate: Option<f64>,
    /// What goes wrong.
    #[serde(flatten)]
    pub mode: FaultMode,
}

impl Fault {
    /// A fault on the next call of an operation.
    pub fn on(operation: &str, mode: FaultMode) -> Self {
        Self {
            operation: operation.to_owned(),
            account: None,
            nth: 1,
            count: None,
            rate: None,
            mode,
        }
    }

    /// Waits for the n-th matching call, counted from 1.
    #[must_use]
    pub fn nth(self, nth: u64) -> Self {
        Self { nth, ..self }
    }

    /// Plays on so many calls in a row.
    #[must_use]
    pub fn times(self, count: u64) -> Self {
        Self {
            count: Some(count),
            ..self
        }
    }

    /// Plays by chance, from 0 to 1.
    #[must_use]
    pub fn rate(self, rate: f64) -> Self {
        Self {
            rate: Some(rate),
            ..self
        }
    }

    /// Waits for calls of one account only.
    #[must_use]
    pub fn account(self, account: &str) -> Self {
        Self {
            account: Some(account.to_owned()),
            ..self
        }
    }
}

fn any() -> String {
    "*".to_owned()
}

fn first() -> u64 {
    1
}
