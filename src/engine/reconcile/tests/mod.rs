//! The decisions of each step in tables, and reconciliations with a model of the API server.

mod apply;
mod convergence;
mod created_tags;
mod creates;
mod deletes;
mod error;
mod functions;
mod key_value_stores;
mod lagging_watch;
mod log_configs;
mod model;
mod names;
mod observe;
mod panic;
mod preflight;
mod public_keys;
mod recover;
mod reference_read;
mod report;
mod requeue;
mod resolve;
mod setup;
mod status_version;
mod subscriptions;
mod undecodable_deletion;
mod updates;
