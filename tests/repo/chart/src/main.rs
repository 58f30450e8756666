//! The operator, as its own program starts it.

use clap::Parser;
use cloudfront_operator::operator::{execute, options::Cli};
use std::process::ExitCode;

fn main() -> ExitCode {
    execute(Cli::parse())
}
