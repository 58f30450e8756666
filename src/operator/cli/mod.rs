//! The command line: its options, and the parsers of their values.

mod label_selector;
pub(super) mod options;
pub(super) mod value_parsers;
