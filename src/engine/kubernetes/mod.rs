//! Patches of Kubernetes objects.

pub(super) mod metadata;
