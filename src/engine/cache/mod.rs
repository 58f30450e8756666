//! Copies of objects and of remote documents in memory: hints, never proof.

pub(super) mod cached_object;
pub(super) mod compressed;
pub(super) mod object_registry;
pub(super) mod object_summary;
pub(super) mod reference_index;
pub(super) mod remote_snapshot;
