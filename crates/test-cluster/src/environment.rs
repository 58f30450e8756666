//! What the environment says about where to look.

use std::env;
use std::ffi::OsString;
use std::path::{self, Path, PathBuf};

use crate::Error;

/// The variables that decide which control plane is used.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// `CLUSTER_KUBECONFIG`: an existing cluster to use; nothing is started.
    pub kubeconfig: Option<PathBuf>,
    /// `KUBEBUILDER_ASSETS`: a directory with etcd, kube-apiserver and kubectl.
    pub assets: Option<PathBuf>,
    /// `PATH`: searched for a directory with etcd and kube-apiserver, and for kubectl and Go.
    pub path: OsString,
    /// `XDG_CACHE_HOME`, or `.cache` in `HOME`.
    pub cache: Option<PathBuf>,
}

impl Environment {
    /// Reads the variables of this process. An empty one counts as unset.
    pub fn from_process() -> Self {
        let variable = |name| env::var_os(name).filter(|value| !value.is_empty());
        let in_home = variable("HOME").map(|home| Path::new(&home).join(".cache"));
        Self {
            // A test may run kubectl in another directory.
            kubeconfig: variable("CLUSTER_KUBECONFIG").and_then(|path| path::absolute(path).ok()),
            assets: variable("KUBEBUILDER_ASSETS").map(PathBuf::from),
            path: variable("PATH").unwrap_or_default(),
            // The base directory specification has relative values ignored.
            cache: variable("XDG_CACHE_HOME")
                .map(PathBuf::from)
                .filter(|path| path.is_absolute())
                .or(in_home),
        }
    }

    /// The directory that holds what was built or downloaded.
    pub(crate) fn control_planes(&self) -> Result<PathBuf, Error> {
        let cache = self.cache.as_ref().ok_or(Error::NoCache)?;
        Ok(cache.join("cloudfront-operator").join("control-plane"))
    }

    /// The directory that holds the other programs that tests need.
    pub(crate) fn tools(&self) -> Result<PathBuf, Error> {
        let cache = self.cache.as_ref().ok_or(Error::NoCache)?;
        Ok(cache.join("cloudfront-operator").join("tools"))
    }

    /// The directories of `PATH`.
    pub(crate) fn directories(&self) -> impl Iterator<Item = PathBuf> {
        env::split_paths(&self.path).filter(|directory| directory.is_absolute())
    }

    /// The first program of this name on `PATH`.
    pub(crate) fn program(&self, name: &str) -> Option<PathBuf> {
        self.directories()
            .find_map(|directory| executable(&directory, name))
    }
}

/// The program `name` in `directory`, if there is one.
pub(crate) fn executable(directory: &Path, name: &str) -> Option<PathBuf> {
    use std::os::unix::fs::PermissionsExt;

    let path = directory.join(name);
    let metadata = path.metadata().ok()?;
    (metadata.is_file() && metadata.permissions().mode() & 0o111 != 0).then_some(path)
}
