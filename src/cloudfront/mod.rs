//! The REST API of Amazon CloudFront: requests as values, and the client that sends them.
//!
//! [`Request`] describes a request, [`Client::send`] sends it, and the result is a [`Response`] or a [`CloudFrontError`]. The client signs
//! requests (`SigV4`, `SigV4A` for key-value pairs), waits for a [`RateLimiter`], checks before each write that this process leads, bounds every duration and size,
//! and retries only what cannot have been committed. This layer knows HTTP, signatures and XML, but neither Kubernetes nor the resource
//! types. Only this layer names `reqwest` and the `aws_*` crates, apart from the exporter of traces.
//!
//! HTTPS trusts the system's certificate authorities, or those in `SSL_CERT_FILE` and `SSL_CERT_DIR` if set, as read by
//! `rustls-platform-verifier`. `HTTPS_PROXY` and `NO_PROXY` apply to HTTPS only: plain HTTP never uses a proxy.

mod auth;
mod availability;
mod client;
mod clock;
mod error;
mod http;
mod options;
mod rate;

pub use auth::{CallerIdentity, CredentialsSource, StaticCredentials};
pub use availability::{Availability, Outage};
pub use client::Client;
pub use clock::Clock;
pub use error::{CloudFrontError, ErrorClass, error_codes, is_read};
pub(crate) use error::{error_chain, redact_values};
pub(crate) use http::size_of_base64;
pub use http::{
    Endpoint, InProcessServer, Method, Request, Response, Service, TransportError, encode_base64,
    encode_segment,
};
pub use options::{Options, RequestMetrics};
pub use rate::{
    Priority, RateLimiter, RateLimiterSnapshot, RateLimiterSnapshots, Reservation, Turn, WAKE_AHEAD,
};
