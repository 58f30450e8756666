//! Credentials, and requests signed with them.

mod clock;
mod credentials;
mod credentials_chain;
mod signed_transport;
mod signing;
mod sts;

pub(super) use clock::SigningClock;
pub(super) use credentials::CredentialsCache;
pub use credentials::{CredentialsSource, StaticCredentials};
pub(super) use credentials_chain::default_chain;
pub(super) use signed_transport::{AttemptError, SignedTransport, UnsignedRequest};
pub(super) use signing::SigningScope;
pub use sts::CallerIdentity;
pub(super) use sts::{AccountCache, caller_identity};
