//! Writes to the Kubernetes API: patches of an object's metadata and status, and events.

pub(super) mod event_recorder;
pub(super) mod metadata;
pub(super) mod partial_metadata;
mod request;
pub(super) mod status_patch;
