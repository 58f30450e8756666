//! The operator's program. Cargo provides tests with the programs of their own package only.

use clap::Parser;
use cloudfront_operator::operator::{Cli, execute};
use std::process::ExitCode;

fn main() -> ExitCode {
    execute(Cli::parse())
}
