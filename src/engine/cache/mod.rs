//! Copies of objects and of observed resources in memory. They are hints: no irreversible decision is based on them alone.

pub(super) mod cached_object;
pub(super) mod claims;
mod compressed;
pub(super) mod condition_summary;
mod connected;
pub(super) mod kind_store;
pub(super) mod object_registry;
pub(super) mod object_summary;
pub(super) mod remote_snapshot;
mod undecodable;
pub(super) mod value_index;
