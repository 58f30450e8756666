//! Fault injection: faults are addressed by operation, account and request number.

mod fault;
mod hostile;
mod injector;
mod mode;

pub use fault::Fault;
pub use hostile::HostileBody;
pub(crate) use injector::FaultInjector;
pub use mode::FaultMode;
