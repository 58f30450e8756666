//! The environment variables that configure the search for programs.

use std::env;
use std::ffi::OsString;
use std::path::{self, Path, PathBuf};

use crate::error::Error;

/// The variables that select the control plane.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// `CLUSTER_KUBECONFIG`: the kubeconfig of an existing cluster. If it is set, no server is started.
    pub kubeconfig: Option<PathBuf>,
    /// `KUBEBUILDER_ASSETS`: a directory with etcd, kube-apiserver and kubectl.
    pub assets: Option<PathBuf>,
    /// `PATH`: the search path for a directory with etcd and kube-apiserver, for kubectl and for Go.
    pub path: OsString,
    /// `XDG_CACHE_HOME`, or `.cache` in `HOME`.
    pub cache: Option<PathBuf>,
}

impl Environment {
    /// Reads the variables of this process. An empty variable counts as unset.
    pub fn from_process() -> Self {
        let variable = |name| env::var_os(name).filter(|value| !value.is_empty());
        let in_home = variable("HOME").map(|home| Path::new(&home).join(".cache"));
        Self {
            // The path must be absolute because a test may run kubectl in another directory.
            kubeconfig: variable("CLUSTER_KUBECONFIG").and_then(|path| path::absolute(path).ok()),
            assets: variable("KUBEBUILDER_ASSETS").map(PathBuf::from),
            path: variable("PATH").unwrap_or_default(),
            // The XDG Base Directory Specification requires that relative values are ignored.
            cache: variable("XDG_CACHE_HOME")
                .map(PathBuf::from)
                .filter(|path| path.is_absolute())
                .or(in_home),
        }
    }

    /// Returns the directory of the control planes that were built or downloaded.
    pub(crate) fn control_plane_cache(&self) -> Result<PathBuf, Error> {
        let cache = self.cache.as_ref().ok_or(Error::NoCache)?;
        Ok(cache.join("cloudfront-operator").join("control-plane"))
    }

    /// Returns the directory of the other programs that tests need.
    pub(crate) fn tool_cache(&self) -> Result<PathBuf, Error> {
        let cache = self.cache.as_ref().ok_or(Error::NoCache)?;
        Ok(cache.join("cloudfront-operator").join("tools"))
    }

    /// Returns the absolute directories of `PATH`.
    pub(crate) fn path_directories(&self) -> impl Iterator<Item = PathBuf> {
        env::split_paths(&self.path).filter(|directory| directory.is_absolute())
    }

    /// Returns the first program with this name on `PATH`.
    pub(crate) fn find_on_path(&self, name: &str) -> Option<PathBuf> {
        self.path_directories()
            .find_map(|directory| find_executable(&directory, name))
    }
}

/// Returns the path of the program `name` if `directory` contains it.
pub(crate) fn find_executable(directory: &Path, name: &str) -> Option<PathBuf> {
    use std::os::unix::fs::PermissionsExt;

    let path = directory.join(name);
    let metadata = path.metadata().ok()?;
    (metadata.is_file() && metadata.permissions().mode() & 0o111 != 0).then_some(path)
}
