//! The one reconcile loop that every kind shares.
//!
//! A pass observes (I/O), [plans](plan()) (pure), makes at most one write (I/O) and reports (I/O). Then it looks again: every
//! decision comes from the whole present state, never from the event that woke it.
//!
//! A kind tells the engine only what is particular to it: see [`Kind`].

mod api;
mod cache;
mod context;
mod controller;
mod crd;
mod kind;
mod kubernetes;
mod object_state;
mod operations;
mod plan;
mod poll;
mod reconcile;
mod remote;
mod spec_hash;
mod tags;

pub use api::condition::conditions;
pub use api::outcome::Outcome;
pub use api::policy::{DeletionPolicy, DriftPolicy, Management, ManagementPolicy};
pub use api::reason::Reason;
pub use api::reference::{Dependency, LocalReference, Resolved, Target};
pub use api::secret::{SecretKey, Secrets, ValueSource};
pub use api::status::{DRIFT_SHOWN, DriftEntry, Status};
pub use cache::cached_object::Shown;
pub use cache::object_registry::{Change, Estate, Found, Holder, Unlisted};
pub use cache::object_summary::{Said, Words};
pub use context::{Settings, Shared};
pub use controller::run;
pub use crd::crd;
pub use kind::{Kind, Lifecycle};
pub use kubernetes::metadata::{FINALIZER, MANAGER};
pub use operations::repertoire;
pub use plan::{Plan, Wish, plan};
pub use reconcile::report::RECONCILE_REQUESTED;
pub use reconcile::summary::Tally;
pub use remote::ownership::{INCARNATION, caller_reference};
pub use remote::reader::Observer;
pub use remote::resource::Remote;
