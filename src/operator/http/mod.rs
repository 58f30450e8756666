//! The HTTP endpoints of the operator, and the watchdog over its connection to the API server.

pub(super) mod probes;
pub(super) mod server;
pub(super) mod watchdog;
