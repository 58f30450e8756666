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
mod jitter;
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
pub use api::config::EngineConfig;
pub use api::outcome::Outcome;
pub use api::policy::{DeletionPolicy, DriftPolicy, ManagementPolicy, ManagementSpec};
pub use api::reason::Reason;
pub use api::reference::{LocalReference, ReferenceName, ResolvedReferences, TypedLocalReference};
pub use api::secret::{SecretKey, Secrets, ValueSource};
pub use api::status::{DriftEntry, MAX_DRIFT_ENTRIES, Status};
pub use api::well_known::{FIELD_MANAGER, FINALIZER, RECONCILE_REQUESTED_AT, RECREATE_COUNT};
pub use cache::cached_object::CachedObject;
pub use cache::object_registry::{
    NotSynced, ObjectChange, ObjectRegistry, ReferenceTarget, RemoteClaim,
};
pub use cache::object_summary::{ConditionLabels, ConditionSummary};
pub use context::{ReconcileSummary, SharedContext};
pub use controller::run;
pub use crd::crd;
pub use kind::{Kind, Lifecycle};
pub use operations::required_operations;
pub use plan::{Desired, Plan, plan};
pub use remote::ownership::caller_reference;
pub use remote::reader::RemoteReader;
pub use remote::resource::Remote;
