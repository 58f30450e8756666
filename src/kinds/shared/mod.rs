//! Types and rules that distributions and streaming distributions share.

pub mod fields;
pub mod managed_policies;
pub(super) mod rules;
pub mod trusted_signers;
pub(super) mod types;
