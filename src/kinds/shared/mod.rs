//! Types and rules that several kinds share.

pub mod fields;
pub mod managed_policies;
pub(super) mod parent;
pub(super) mod pem;
pub mod policies;
pub(super) mod rules;
pub mod trusted_signers;
pub(super) mod types;
