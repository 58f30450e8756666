//! A fault and the requests that it applies to.

use serde::{Deserialize, Serialize};

use super::mode::FaultMode;

/// A fault that waits for a matching request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fault {
    /// The operation that the fault applies to. `*` at the end matches any rest, so `*` matches all operations, and
    /// `cloudfront-keyvaluestore:*` those on the pairs of key-value stores.
    #[serde(default = "all_operations")]
    pub operation: String,
    /// The account that the fault applies to; `None` matches all accounts.
    #[serde(default)]
    pub account: Option<String>,
    /// The first matching request that triggers the fault, counted from 1 since the fault was added.
    #[serde(default = "first_request")]
    pub nth: u64,
    /// The number of times that the fault is triggered. Default: 1, or no limit if `rate` is set.
    #[serde(default)]
    pub count: Option<u64>,
    /// The probability, from 0 to 1, that a matching request triggers the fault.
    #[serde(default)]
    pub rate: Option<f64>,
    /// The effect of the fault.
    #[serde(flatten)]
    pub mode: FaultMode,
}

impl Fault {
    /// Creates a fault for the next request of an operation.
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

    /// Sets the first matching request that triggers the fault, counted from 1.
    #[must_use]
    pub fn nth(self, nth: u64) -> Self {
        Self { nth, ..self }
    }

    /// Sets the number of matching requests that trigger the fault.
    #[must_use]
    pub fn times(self, count: u64) -> Self {
        Self {
            count: Some(count),
            ..self
        }
    }

    /// Sets the probability, from 0 to 1, that a matching request triggers the fault.
    #[must_use]
    pub fn rate(self, rate: f64) -> Self {
        Self {
            rate: Some(rate),
            ..self
        }
    }

    /// Restricts the fault to the requests of one account.
    #[must_use]
    pub fn account(self, account: &str) -> Self {
        Self {
            account: Some(account.to_owned()),
            ..self
        }
    }
}

fn all_operations() -> String {
    "*".to_owned()
}

fn first_request() -> u64 {
    1
}
