//! The one reconcile loop that every kind shares.
//!
//! A pass observes (I/O), [plans](plan()) (pure), makes at most one write (I/O) and reports (I/O). Then it looks again: every
//! decision comes from the whole present state, never from the event that woke it.
//!
//! A kind tells the engine only what is particular to it: see [`Kind`].

mod act;
mod backoff;
mod collection;
mod completion;
mod condition;
mod context;
mod controller;
mod crd;
mod dependents;
mod digest;
mod estate;
mod failure;
mod fingerprint;
mod identity;
mod kept;
mod kind;
mod look;
mod lookout;
mod management;
mod mark;
mod memo;
mod metadata;
mod observer;
mod packed;
mod pass;
mod plan;
mod reason;
mod recall;
mod reconcile;
mod reference;
mod remote;
mod repertoire;
mod report;
mod search;
mod secret;
mod shown;
mod status;
mod tagging;
mod tags;
mod tally;
mod turn;
mod unreadable;
mod written;

pub use condition::{State, conditions};
pub use context::{Settings, Shared};
pub use controller::run;
pub use crd::crd;
pub use digest::{Said, Words};
pub use estate::{Change, Estate, Found, Holder, Unlisted};
pub use identity::{INCARNATION, caller_reference};
pub use kind::{Kind, Lifecycle};
pub use management::{DeletionPolicy, DriftPolicy, Management, ManagementPolicy};
pub use metadata::{FINALIZER, MANAGER};
pub use observer::Observer;
pub use plan::{Plan, Wish, plan};
pub use reason::Reason;
pub use reference::{Dependency, LocalReference, Resolved, Target};
pub use remote::Remote;
pub use repertoire::repertoire;
pub use report::RECONCILE_REQUESTED;
pub use secret::{SecretKey, Secrets, ValueSource};
pub use shown::Shown;
pub use status::{DRIFT_SHOWN, DriftEntry, Status};
pub use tally::Tally;
