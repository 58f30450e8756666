//! What users write in an object, and what they read in its status.

pub(super) mod condition;
pub(super) mod config;
pub(super) mod outcome;
pub(super) mod policy;
pub(super) mod reason;
pub(super) mod reference;
pub(super) mod secret;
pub(super) mod status;
pub(super) mod well_known;
