//! `cloudfront-operator`: the program.

use clap::Parser;
use cloudfront_operator::operator::{Cli, execute};
use std::process::ExitCode;

fn main() -> ExitCode {
    execute(Cli::parse())
}
