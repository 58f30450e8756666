//! Runs the operator's engine in process, with a model of the Kubernetes API server instead of the real one.
//!
//! In one process a plan can stop the engine at any request, and time can be paused. The real API server judges the model:
//! `tests/api_server.rs` sends the same requests to both and compares the responses.

mod api_server;

pub use api_server::{ApiServer, RecordedRequest};
