//! Builds the control plane from the Go module in this crate's directory `control-plane`.

use std::env::consts::{ARCH, OS};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::cache;
use crate::child_guard::guarded_command;
use crate::environment::{Environment, find_executable};
use crate::error::Error;
use crate::progress::{progress, run_with_progress};

/// The source files of the Go module. They are embedded so that an installed `cluster` program can build them.
const SOURCES: [(&str, &str); 4] = [
    ("etcd.go", include_str!("../control-plane/etcd.go")),
    ("go.mod", include_str!("../control-plane/go.mod")),
    ("go.sum", include_str!("../control-plane/go.sum")),
    ("main.go", include_str!("../control-plane/main.go")),
];

/// The flags that set the version. Without them, the API server reports v0.0.0, and clients report a problem with that
/// version.
const LINKER_FLAGS: &str = "-s -w -X k8s.io/component-base/version.gitVersion=v1.36.2 \
     -X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=36";

/// The names of the symbolic links to the executable file.
const PROGRAMS: [&str; 4] = [
    "etcd",
    "kube-apiserver",
    "kube-controller-manager",
    "kubectl",
];

/// Returns the directory of the build. Its name is a hash of the sources, the linker flags and the platform.
pub(crate) fn directory(environment: &Environment) -> Result<PathBuf, Error> {
    let mut hash = Sha256::new();
    let sources = SOURCES.iter().flat_map(|(name, text)| [name, text]);
    for input in sources.chain([&LINKER_FLAGS, &OS, &ARCH]) {
        hash.update(input.len().to_le_bytes());
        hash.update(input.as_bytes());
    }
    let first_bytes = hash.finalize().into_iter().take(8);
    let name = first_bytes.fold(0_u64, |name, byte| name << 8 | u64::from(byte));
    Ok(environment
        .control_plane_cache()?
        .join(format!("{name:016x}")))
}

/// Builds the control plane unless the cache contains it, and returns its directory. `needs_controller_manager` only
/// selects the alternative that an error suggests.
pub(crate) fn build(
    environment: &Environment,
    needs_controller_manager: bool,
) -> Result<PathBuf, Error> {
    let directory = directory(environment)?;
    let is_complete = |directory: &Path| {
        PROGRAMS
            .iter()
            .all(|name| find_executable(directory, name).is_some())
    };
    cache::fill_once(&directory, is_complete, |partial| {
        let go = environment.find_on_path("go").ok_or(Error::NoGo {
            needs_controller_manager,
        })?;
        progress(
            "building a control plane with Go, once: about ten minutes on two cores, and 2.5 GB of memory",
        );
        go_build(&go, partial).map_err(|output| Error::Build {
            output,
            needs_controller_manager,
        })?;
        create_links(partial)?;
        progress(&format!("keeping it in {}", directory.display()));
        Ok(())
    })?;
    Ok(directory)
}

fn go_build(go: &Path, directory: &Path) -> Result<(), String> {
    let sources = directory.join("sources");
    fs::create_dir(&sources).map_err(|error| error.to_string())?;
    for (name, text) in SOURCES {
        fs::write(sources.join(name), text).map_err(|error| error.to_string())?;
    }
    let mut command = guarded_command(go);
    command
        .args(["build", "-v", "-trimpath", "-ldflags", LINKER_FLAGS, "-o"])
        .arg(directory.join("control-plane"))
        .arg(".")
        .current_dir(&sources)
        .env("CGO_ENABLED", "0");
    run_with_progress(command)?;
    fs::remove_dir_all(&sources).map_err(|error| error.to_string())
}

fn create_links(directory: &Path) -> Result<(), Error> {
    for name in PROGRAMS {
        let path = directory.join(name);
        symlink("control-plane", &path).map_err(|source| Error::io("link", &path, source))?;
    }
    Ok(())
}
