//! HTTP/1.1 on loopback, with enough control over the connection to inject transport faults.

mod body;
mod connection;
mod delivery;
mod request;
mod reset;
mod response;

pub(crate) use connection::{Handler, serve};
pub use delivery::BrokenConnection;
pub(crate) use delivery::Delivery;
pub(crate) use request::HttpRequest;
pub(crate) use response::HttpResponse;
