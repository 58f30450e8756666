//! Amazon CloudFront's REST API: calls as values, and the one client that makes them.
//!
//! [`Request`] describes a call, [`Client::send`] makes it, and [`Answer`] or [`Error`] is what came of it. The client signs
//! (`SigV4`), waits for its turn in a [`Budget`], asks whether this process still leads before each write, keeps every
//! deadline and size bounded, and repeats only what surely was not committed. Knows HTTP, signatures and XML; knows nothing
//! of Kubernetes or of any kind of resource. The only place that names `reqwest` and the `aws_*` crates.
//!
//! HTTPS trusts the system's certificate authorities, or those in `SSL_CERT_FILE` and `SSL_CERT_DIR` when they are set; both are read
//! by `rustls-platform-verifier`. `HTTPS_PROXY` and `NO_PROXY` apply to HTTPS only: plain HTTP goes straight to its host.

mod answer;
mod budget;
mod chain;
mod classify;
mod client;
mod clock;
mod codes;
mod credentials;
mod endpoint;
mod error;
mod hush;
mod options;
mod queue;
mod request;
mod retry;
mod signing;
mod sts;
mod transport;
mod wire;

pub use answer::Answer;
pub use budget::{Booking, Budget, Snapshot};
pub use classify::{Class, codes};
pub use client::{Budgets, Client};
pub use credentials::{Keys, Source};
pub use endpoint::Endpoint;
pub use error::Error;
pub use options::{Call, Options};
pub use request::{Method, Priority, Request, segment};
pub use sts::Identity;
pub(crate) use transport::explain;
