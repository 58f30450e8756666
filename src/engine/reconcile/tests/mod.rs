//! The decisions of each step, in tables. None needs an API server, a process or a socket.

mod apply;
mod convergence;
mod error;
mod observe;
mod panic;
mod preflight;
mod report;
mod requeue;
mod resolve;
