//! Executes the command of the command line.

use super::{
    cli::options::{Cli, Command},
    doctor, iam, registry, run, shell_integration,
};
use std::{
    io::{self, Write},
    process::ExitCode,
};

/// Executes the command of the command line. A failure prints one sentence on standard error.
pub fn execute(cli: Cli) -> ExitCode {
    let result = match cli.command {
        Command::Run(options) => run::run(&options)
            .map(|()| ExitCode::SUCCESS)
            .map_err(|error| error.to_string()),
        Command::Doctor(options) => {
            doctor::run(&options).and_then(|(report, code)| print(report.as_bytes()).map(|_| code))
        }
        Command::Crds => registry::crds_as_yaml()
            .map_err(|error| error.to_string())
            .and_then(|yaml| print(yaml.as_bytes())),
        Command::IamPolicy(options) => {
            let policy = iam::policy(&options.kinds, options.read_only);
            print(format!("{policy:#}\n").as_bytes())
        }
        Command::Completions(options) => print(&shell_integration::completions(options.shell)),
        Command::Man(options) => {
            shell_integration::write_man_pages(&options.directory).map(|()| ExitCode::SUCCESS)
        }
    };
    match result {
        Ok(code) => code,
        Err(message) => {
            eprintln!("cloudfront-operator: {message}");
            ExitCode::FAILURE
        }
    }
}

fn print(text: &[u8]) -> Result<ExitCode, String> {
    let written = match io::stdout().write_all(text) {
        // A reader such as `head` may close the pipe early.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written.map_err(|error| format!("cannot print: {error}")),
    };
    written.map(|()| ExitCode::SUCCESS)
}
