//! HTTP: requests and responses as values, and the transport that bounds their time and size.

mod endpoint;
mod request;
mod response;
pub(super) mod retry;
mod transport;

pub use endpoint::Endpoint;
pub use request::{Method, Priority, Request, segment};
pub use response::Answer;
pub(super) use response::{describe, failure, request_id};
pub(crate) use transport::explain;
pub(super) use transport::{Failure, Reply, Transport};
