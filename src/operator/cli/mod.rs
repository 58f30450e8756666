//! The command line: options, and the parsers of their values.

mod label_selector;
pub mod options;
pub(super) mod value_parsers;
