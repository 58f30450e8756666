//! HTTP: requests and responses as values, and the transport that bounds their time and size.

mod endpoint;
mod request;
mod response;
pub(super) mod retry;
mod transport;

pub use endpoint::Endpoint;
pub use request::{Method, Priority, Request, encode_segment};
pub use response::Response;
pub(super) use response::{describe, failure, request_id};
pub(super) use transport::{Failure, RawResponse, Transport};
