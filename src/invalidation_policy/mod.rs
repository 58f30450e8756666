//! InvalidationPolicies, which create Invalidations when other objects change.
//!
//! A policy has no resource in CloudFront, so it is not a kind of the engine. Its controller creates objects of kind `Invalidation`, which do the
//! work. Each reconciliation compares the present versions of the triggers with those in the status:
//!
//! ```text
//! policy, triggers ─► plan ─► begin: the change and its paths are in the status
//!                      ▲      create: Invalidations with names that derive from the change
//!                      │      finish: the versions are in the status
//!                      └──────┘ until nothing is left to do
//! ```

mod budget;
mod change;
mod context;
mod controller;
mod create;
mod invalidations;
mod plan;
mod reconcile;
mod report;
mod spec;
mod status;
mod target;
mod watch;

pub use controller::run;
pub use spec::{InvalidationPolicy, InvalidationPolicySpec, Trigger, crd};
pub use status::{InvalidationPolicyStatus, PendingChange, TriggerVersion};

/// The name of the kind.
pub const KIND: &str = "InvalidationPolicy";
