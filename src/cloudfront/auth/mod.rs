//! Credentials, and the signatures made with them.

mod clock;
mod credentials;
mod credentials_chain;
mod signed_transport;
mod signing;
mod sts;

pub(super) use clock::Clock;
pub(super) use credentials::Cache;
pub use credentials::{Keys, Source};
pub(super) use credentials_chain::chain;
pub(super) use signed_transport::{Failed, Outgoing, Wire};
pub(super) use signing::Scope;
pub use sts::Identity;
pub(super) use sts::caller_identity;
