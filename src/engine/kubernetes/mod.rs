//! Writes to the Kubernetes API: patches of an object's metadata and status.

pub(super) mod metadata;
pub(super) mod partial_metadata;
mod request;
pub(super) mod status_patch;
