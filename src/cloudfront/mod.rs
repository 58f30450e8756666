//! Amazon CloudFront's REST API: calls as values, and the one client that makes them.
//!
//! [`Request`] describes a call, [`Client::send`] makes it, and [`Answer`] or [`Error`] is what came of it. The client signs
//! (`SigV4`), waits for its turn in a [`Budget`], asks whether this process still leads before each write, keeps every
//! deadline and size bounded, and repeats only what surely was not committed. Knows HTTP, signatures and XML; knows nothing
//! of Kubernetes or of any kind of resource. The only place that names `reqwest` and the `aws_*` crates.
//!
//! HTTPS trusts the system's certificate authorities, or those in `SSL_CERT_FILE` and `SSL_CERT_DIR` when they are set; both are read
//! by `rustls-platform-verifier`. `HTTPS_PROXY` and `NO_PROXY` apply to HTTPS only: plain HTTP goes straight to its host.

mod auth;
mod client;
mod error;
mod http;
mod options;
mod rate;

pub use auth::{Identity, Keys, Source};
pub use client::{Budgets, Client};
pub use error::{Class, Error, codes};
pub(crate) use http::explain;
pub use http::{Answer, Endpoint, Method, Priority, Request, segment};
pub use options::{Call, Options};
pub use rate::{Booking, Budget, Snapshot};
