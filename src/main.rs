//! `cloudfront-operator`: the program.

use clap::Parser;
use cloudfront_operator::operator::{
    self, definitions,
    options::{Cli, Command},
};
use std::{
    io::{self, Write},
    process::ExitCode,
};

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Run(options) => operator::run(&options).map_err(|error| error.to_string()),
        Command::Crds => definitions::all()
            .map_err(|error| error.to_string())
            .and_then(|yaml| {
                io::stdout()
                    .write_all(yaml.as_bytes())
                    .map_err(|error| error.to_string())
            }),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("cloudfront-operator: {message}");
            ExitCode::FAILURE
        }
    }
}
