//! A CloudFront on loopback that says no when CloudFront would.
//!
//! The simulator speaks the rest-xml API of CloudFront 2020-05-31 and three calls of STS, verifies signatures, checks
//! requests against the service model, and keeps resources in memory. Its clock, faults and out-of-band edits are
//! under the control of a second port, or of [`Control`] in process.
//!
//! ```
//! # tokio::runtime::Runtime::new().unwrap().block_on(async {
//! use cloudfront_simulator::{Fault, FaultMode, Options, Simulator};
//!
//! let simulator = Simulator::start(Options::default()).await.unwrap();
//! let control = simulator.control();
//! control.inject(Fault::on("CreateDistribution", FaultMode::ResetAfterCommit));
//! control.advance(std::time::Duration::from_secs(300));
//! assert!(simulator.endpoint().starts_with("http://127.0.0.1:"));
//! # });
//! ```
//!
//! It shares no code with the operator it tests.

mod api;
mod clock;
mod control;
mod error;
mod faults;
mod ids;
mod journal;
mod model;
mod options;
mod quotas;
mod seeds;
mod server;
mod settings;
mod shared;
mod sigv4;
mod simulator;
mod sts;
mod switches;
mod validate;
mod world;
mod xml;

pub use clock::{DurationError, parse_duration};
pub use control::{CONTROL_HELP, Control, ControlError, Edit};
pub use faults::{Fault, FaultMode, HostileBody};
pub use journal::JournalEntry;
pub use options::{Credential, CredentialError, DEFAULT_ACCOUNT, Options};
pub use seeds::Family;
pub use settings::Settings;
pub use simulator::{Simulator, StartError};
pub use sts::Role;
pub use switches::Switch;
pub use world::StateError;
