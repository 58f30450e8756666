//! A CloudFront simulator on loopback that rejects the requests that CloudFront rejects.
//!
//! The simulator implements the rest-xml API of CloudFront 2020-05-31, the API of key-value pairs and three operations of STS. It verifies
//! signatures, validates requests against the service model, and stores resources in memory. A second port, or
//! [`Control`] in process, controls its clock, its faults and out-of-band edits.
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
//! # Architecture
//!
//! * [`Simulator`] starts one server for the API port and one for the control port. [`InProcessSimulator`] has no ports.
//! * The API port authenticates a request, selects a fault, executes the operation and adds a journal entry.
//! * An operation validates the request body against the service model, then against CloudFront's rules.
//! * The pairs of key-value stores are a service of their own, with JSON and Signature Version 4A.
//! * A family of plain resources is a table. One engine executes its operations, which it finds in the service model.
//! * The service is the shared state: accounts with versioned resources, quotas, faults and the journal.
//!
//! The simulator shares no code with the operator that it tests, so that one mistake cannot affect both.

mod api;
mod api_port;
mod clock;
mod control;
mod control_port;
mod error;
mod faults;
mod function_tests;
mod http;
mod ids;
mod in_process;
mod journal;
mod model;
mod options;
mod pairs;
mod quotas;
mod schema;
mod seeds;
mod service;
mod settings;
mod sigv4;
mod simulator;
mod sts;
mod switches;
mod xml;

pub use clock::{DurationError, parse_duration};
pub use control::{Control, ControlError, Edit};
pub use control_port::CONTROL_HELP;
pub use faults::{Fault, FaultMode, HostileBody};
pub use function_tests::FunctionTest;
pub use http::BrokenConnection;
pub use in_process::InProcessSimulator;
pub use journal::JournalEntry;
pub use options::{Credential, CredentialError, DEFAULT_ACCOUNT, Options};
pub use seeds::ResourceType;
pub use service::{RoleTrust, StateError};
pub use settings::Settings;
pub use simulator::{Simulator, StartError};
pub use switches::Switch;
