//! Building the control plane from the Go module beside this crate.

use std::env::consts::{ARCH, OS};
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use sha2::{Digest, Sha256};

use crate::child_guard::{hold, leashed};
use crate::environment::{Environment, executable};
use crate::{Error, cache, hex, progress};

/// The sources, compiled in so that an installed program can build them too.
const SOURCES: [(&str, &str); 4] = [
    ("etcd.go", include_str!("../control-plane/etcd.go")),
    ("go.mod", include_str!("../control-plane/go.mod")),
    ("go.sum", include_str!("../control-plane/go.sum")),
    ("main.go", include_str!("../control-plane/main.go")),
];

/// Without the version the server calls itself v0.0.0, and clients complain.
const LINKER_FLAGS: &str = "-s -w -X k8s.io/component-base/version.gitVersion=v1.36.2 \
     -X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=36";

/// The names the program goes by.
const PROGRAMS: [&str; 4] = [
    "etcd",
    "kube-apiserver",
    "kube-controller-manager",
    "kubectl",
];

/// A line about every so many packages. There are some 1,600.
const PACKAGES_PER_LINE: usize = 100;

/// How much of the output goes into an error.
const TAIL_LINES: usize = 20;

/// Where the build goes: a directory named by a hash of what it is made from.
pub(crate) fn directory(environment: &Environment) -> Result<PathBuf, Error> {
    let mut hash = Sha256::new();
    for part in
        SOURCES
            .iter()
            .flat_map(|(name, text)| [name, text])
            .chain([&LINKER_FLAGS, &OS, &ARCH])
    {
        hash.update(part.len().to_le_bytes());
        hash.update(part.as_bytes());
    }
    let name = hex(&hash.finalize()[..8]);
    Ok(environment.control_planes()?.join(name))
}

/// Builds the control plane unless that has been done, and returns its directory. `controller_manager` only tells what
/// an error may name as the alternative.
pub(crate) fn build(environment: &Environment, controller_manager: bool) -> Result<PathBuf, Error> {
    let directory = directory(environment)?;
    let is_complete = |directory: &Path| {
        PROGRAMS
            .iter()
            .all(|name| executable(directory, name).is_some())
    };
    cache::fill(&directory, is_complete, |partial| {
        let go = environment
            .program("go")
            .ok_or(Error::NoGo { controller_manager })?;
        progress(
            "building a control plane with Go: ten minutes and 2.5 GB of memory the first time, seconds later",
        );
        go_build(&go, partial).map_err(|output| Error::Build {
            output,
            controller_manager,
        })?;
        link(partial)
    })?;
    Ok(directory)
}

fn go_build(go: &Path, directory: &Path) -> Result<(), String> {
    let sources = directory.join("sources");
    fs::create_dir(&sources).map_err(|error| error.to_string())?;
    for (name, text) in SOURCES {
        fs::write(sources.join(name), text).map_err(|error| error.to_string())?;
    }
    let mut command = leashed(go);
    command
        .args(["build", "-v", "-trimpath", "-ldflags", LINKER_FLAGS, "-o"])
        .arg(directory.join("control-plane"))
        .arg(".")
        .current_dir(&sources)
        .env("CGO_ENABLED", "0")
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let (mut child, leash) = hold(&mut command).map_err(|error| error.to_string())?;
    let tail = child
        .stderr
        .take()
        .map(|output| report(BufReader::new(output)))
        .unwrap_or_default();
    let status = child.wait().map_err(|error| error.to_string())?;
    drop(leash);
    if !status.success() {
        return Err(tail.join("\n"));
    }
    fs::remove_dir_all(&sources).map_err(|error| error.to_string())
}

/// Passes the output on: a package name only now and then, and every other line as it is. Returns the last lines.
pub(crate) fn report(output: impl BufRead) -> Vec<String> {
    let (mut packages, mut tail) = (0, Vec::new());
    for line in output.lines().map_while(Result::ok) {
        if line.contains(' ') {
            progress(&line);
        } else {
            packages += 1;
            if packages % PACKAGES_PER_LINE == 0 {
                progress(&format!("{packages} packages compiled"));
            }
        }
        if tail.len() == TAIL_LINES {
            tail.remove(0);
        }
        tail.push(line);
    }
    tail
}

fn link(directory: &Path) -> Result<(), Error> {
    for name in PROGRAMS {
        let path = directory.join(name);
        symlink("control-plane", &path).map_err(|source| Error::io("link", &path, source))?;
    }
    Ok(())
}
