//! The reconciliation of one object with its CloudFront resource, which all kinds share.
//!
//! A reconciliation observes the resource (I/O), [plans](plan()) (pure), makes at most one write (I/O) and reports the result (I/O).
//! Then it runs again: each decision depends on the complete present state, never on the event that started the reconciliation.
//!
//! A kind implements the trait [`Kind`]; everything else is the same for all kinds, and is compiled once: the engine sees a kind as a
//! [`KindDefinition`], and an object as an `Object`, whose types only the functions of its kind know.
//!
//! The modules import each other only in this order: `controller`, `reconcile`, `context` and `object_state`, `poll`, `cache`, the pure
//! functions (`plan`, `spec_hash`, `crd`, `field_path`), `remote`, `kubernetes`, `object`, `kind` and `typed_object`, `definition`,
//! `resource_api`, `api`, `columns`, `config`, `leadership`, `panic`, `recovery` and `tags`.

mod api;
mod cache;
mod columns;
mod config;
mod context;
mod controller;
mod crd;
mod definition;
mod field_path;
mod kind;
mod kubernetes;
mod leadership;
mod object;
mod object_state;
mod panic;
mod plan;
mod poll;
mod reconcile;
mod recovery;
mod remote;
mod resource_api;
mod spec_hash;
mod tags;
mod typed_object;

pub use api::condition::conditions;
pub use api::input::{Attribute, InputField, InputSource, ReadyWhen, ValueCheck, ValueFormat};
pub use api::outcome::{Outcome, ReconcileResult};
pub use api::pair_source::PairSource;
pub use api::pairs::Pairs;
pub use api::policy::{DeletionPolicy, DriftPolicy, ManagementPolicy, ManagementSpec};
pub use api::publication::{CodeTest, Publication};
pub use api::reason::Reason;
pub use api::reference::{
    LocalReference, LocalReferences, ParentResource, ReferenceName, ResolvedReferences,
    TypedLocalReference,
};
pub use api::secret::{SecretKey, Secrets};
pub use api::sources::{ObjectReference, Sources};
pub use api::status::{DriftEntry, MAX_DRIFT_ENTRIES, Status, UntypedFields};
pub use api::value_source::{ConfigMapKey, ConfigMapValues, ValueSource};
pub use api::{FIELD_MANAGER, FINALIZER, RECONCILE_REQUESTED_AT, RECREATE_COUNT};
pub use cache::cached_object::CachedObject;
pub use cache::claims::{RemoteClaim, RemoteClaims};
pub use cache::condition_summary::{ConditionState, ConditionSummary};
pub use cache::kind_store::{NamedConditions, ReferenceTarget};
pub use cache::object_registry::{NotSynced, ObjectChange, ObjectRegistry};
pub use config::EngineConfig;
pub(crate) use config::with_jitter;
pub use context::{ReconcileSummary, SharedContext};
pub use controller::run;
pub(crate) use controller::{WatchBackoff, buffer_initial_list, change_stream, watch_config};
pub(crate) use crd::cluster_crd;
pub use crd::crd;
pub use definition::{Hooks, KindDefinition, OneShot, QueueEntry};
pub use field_path::{UnknownField, check_field_paths};
pub use kind::Kind;
pub use kubernetes::event_recorder::EventRecorder;
pub(crate) use kubernetes::status_patch::merge_patch;
pub use leadership::{Leadership, Moment, Term};
pub use panic::log_panics;
pub use plan::{Desired, Plan, plan};
pub use remote::ownership::caller_reference;
pub use remote::reader::RemoteReader;
pub use remote::resource::Remote;
pub use resource_api::{
    Addressing, DocumentForm, FlatDocuments, Identity, Lifecycle, ListItem, ListRevision,
    NameMember, ResourceApi, TagSupport, UpdatePath, UsersList,
};

#[cfg(test)]
mod in_process;
