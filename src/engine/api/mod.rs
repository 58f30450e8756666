//! The Kubernetes API of the operator: policies, references, Secrets, status, conditions, reasons and well-known names.

pub(super) mod condition;
pub(super) mod outcome;
pub(super) mod policy;
pub(super) mod reason;
pub(super) mod reference;
pub(super) mod secret;
pub(super) mod status;
pub(super) mod well_known;
