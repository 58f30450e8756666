//! The program: what each command does, and what a failure looks like.

use super::{
    cli::options::{Cli, Command},
    crds, doctor, iam, run,
};
use std::{
    io::{self, Write},
    process::ExitCode,
};

/// Does what the command line asks for. A failure is one sentence on standard error.
pub fn execute(cli: Cli) -> ExitCode {
    let done = match cli.command {
        Command::Run(options) => run::run(&options)
            .map(|()| ExitCode::SUCCESS)
            .map_err(|error| error.to_string()),
        Command::Doctor(options) => {
            doctor::examine(&options).and_then(|(report, code)| print(&report).map(|_| code))
        }
        Command::Crds => crds::all()
            .map_err(|error| error.to_string())
            .and_then(|yaml| print(&yaml)),
        Command::IamPolicy(options) => {
            let policy = iam::policy(&options.kinds, options.read_only, &options.partition);
            print(&format!("{policy:#}\n"))
        }
    };
    match done {
        Ok(code) => code,
        Err(message) => {
            eprintln!("cloudfront-operator: {message}");
            ExitCode::FAILURE
        }
    }
}

fn print(text: &str) -> Result<ExitCode, String> {
    let written = match io::stdout().write_all(text.as_bytes()) {
        // Whoever read has seen enough, as `head` has.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written.map_err(|error| format!("cannot print: {error}")),
    };
    written.map(|()| ExitCode::SUCCESS)
}
