//! A model of the Kubernetes API server, in process.
//!
//! A test can stop a controller at any of its requests, and time can be paused. The real API server judges the model:
//! `tests/api_server.rs` sends the same requests to both and compares the responses.

mod api_server;
mod proxy;

pub use api_server::{ApiServer, RecordedRequest};
pub use proxy::{ApiProxy, Disturbance, RequestLabel, Rule};
