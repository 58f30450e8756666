//! Requests to the Kubernetes API: reads of an object, patches of its metadata and status, and events.

pub(super) mod event_recorder;
pub(super) mod metadata;
pub(super) mod partial_metadata;
pub(super) mod request;
pub(super) mod status_patch;
