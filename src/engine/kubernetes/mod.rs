//! Writes to the Kubernetes API: patches of an object's metadata and status.

pub(super) mod metadata;
mod request;
pub(super) mod status_patch;
