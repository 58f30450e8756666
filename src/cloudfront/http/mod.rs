//! HTTP: requests and responses as values, and the transport that bounds their time and size.

mod endpoint;
mod guarded_body;
mod in_process;
mod request;
mod resolver;
mod response;
mod retry;
mod service;
mod transport;

pub use endpoint::Endpoint;
pub(super) use guarded_body::MaySend;
pub use in_process::{InProcessServer, TransportError};
pub(crate) use request::size_of_base64;
pub use request::{Method, Request, encode_base64, encode_segment};
pub use response::Response;
pub(super) use response::{describe, read_error, request_id};
pub(super) use retry::with_retries;
pub(super) use service::Endpoints;
pub use service::Service;
pub(super) use transport::{RawResponse, Transport};
