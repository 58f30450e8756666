//! Amazon CloudFront's REST API: calls as values, and the one client that makes them.
//!
//! [`Request`] describes a call, [`Client::send`] makes it, and [`Response`] or [`CloudFrontError`] is what came of it. The client signs
//! (`SigV4`), waits for its turn in a [`RateLimiter`], asks whether this process still leads before each write, keeps every
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

pub use auth::{CallerIdentity, CredentialsSource, StaticCredentials};
pub use client::{Client, RateLimiterSnapshots};
pub(crate) use error::error_chain;
pub use error::{CloudFrontError, ErrorClass, error_codes};
pub use http::{Endpoint, Method, Priority, Request, Response, encode_segment};
pub use options::{Options, RequestMetrics};
pub use rate::{RateLimiter, RateLimiterSnapshot, Reservation};
