//! Finding the servers.

use std::path::{Path, PathBuf};

use crate::environment::{Environment, executable};
use crate::version::{OLDEST_ETCD, OLDEST_KUBE_APISERVER, complaint};
use crate::{Error, download, go_build, progress};

/// The programs a control plane consists of.
#[derive(Clone, Debug)]
pub struct Binaries {
    /// The directory they were found in.
    pub directory: PathBuf,
    /// The store.
    pub etcd: PathBuf,
    /// The API server.
    pub kube_apiserver: PathBuf,
    /// The command line client, which may come from `PATH`.
    pub kubectl: PathBuf,
    /// The controllers, which the official test archive lacks.
    pub kube_controller_manager: Option<PathBuf>,
}

impl Binaries {
    /// Finds the programs, or builds them. The order is `KUBEBUILDER_ASSETS`, `PATH`, what was built or downloaded
    /// before, and a build with Go, which takes ten minutes once.
    ///
    /// `controller_manager` asks for kube-controller-manager as well. A directory named by `KUBEBUILDER_ASSETS` that
    /// does not do is an error, because somebody chose it; one on `PATH` is passed over with a line on standard error.
    pub fn find_or_build(
        environment: &Environment,
        controller_manager: bool,
    ) -> Result<Self, Error> {
        if let Some(assets) = &environment.assets {
            let unsuitable = |problem| Error::UnsuitableDirectory {
                variable: "KUBEBUILDER_ASSETS",
                directory: assets.clone(),
                problem,
            };
            return Self::checked(assets, environment, controller_manager).map_err(unsuitable);
        }
        let on_path = environment
            .directories()
            .find_map(|directory| Self::on_path(&directory, environment, controller_manager));
        if let Some(binaries) = on_path {
            return Ok(binaries);
        }
        let cached = [
            go_build::directory(environment)?,
            download::directory(environment)?,
        ];
        for directory in &cached {
            match Self::complete(directory, environment, controller_manager) {
                Ok(binaries) => return Ok(binaries),
                Err(problem) if directory.exists() => {
                    progress(&format!("{} {problem}", directory.display()));
                }
                Err(_) => {}
            }
        }
        let built = go_build::build(environment, controller_manager)?;
        Self::complete(&built, environment, controller_manager).map_err(|output| Error::Build {
            output,
            controller_manager,
        })
    }

    fn on_path(
        directory: &Path,
        environment: &Environment,
        controller_manager: bool,
    ) -> Option<Self> {
        executable(directory, "etcd").and(executable(directory, "kube-apiserver"))?;
        match Self::checked(directory, environment, controller_manager) {
            Ok(binaries) => Some(binaries),
            Err(problem) => {
                progress(&format!(
                    "passing over {}, which {problem}",
                    directory.display()
                ));
                None
            }
        }
    }

    /// The programs in a directory that anybody may have filled.
    fn checked(
        directory: &Path,
        environment: &Environment,
        controller_manager: bool,
    ) -> Result<Self, String> {
        let binaries = Self::complete(directory, environment, controller_manager)?;
        complaint(&binaries.etcd, OLDEST_ETCD)
            .or_else(|| complaint(&binaries.kube_apiserver, OLDEST_KUBE_APISERVER))
            .map_or(Ok(binaries), |problem| {
                Err(format!("is too old: {problem}"))
            })
    }

    fn complete(
        directory: &Path,
        environment: &Environment,
        controller_manager: bool,
    ) -> Result<Self, String> {
        let find = |name: &str| executable(directory, name).ok_or_else(|| format!("has no {name}"));
        let binaries = Self {
            directory: directory.to_owned(),
            etcd: find("etcd")?,
            kube_apiserver: find("kube-apiserver")?,
            kubectl: find("kubectl")
                .or_else(|problem| environment.program("kubectl").ok_or(problem))?,
            kube_controller_manager: executable(directory, "kube-controller-manager"),
        };
        if controller_manager && binaries.kube_controller_manager.is_none() {
            return Err("has no kube-controller-manager".to_owned());
        }
        Ok(binaries)
    }

    /// kubectl for an existing cluster, wherever it can be had without building anything.
    pub(crate) fn kubectl(environment: &Environment) -> Result<PathBuf, Error> {
        let cached = [
            go_build::directory(environment),
            download::directory(environment),
        ]
        .into_iter()
        .flatten();
        environment
            .assets
            .iter()
            .find_map(|assets| executable(assets, "kubectl"))
            .or_else(|| environment.program("kubectl"))
            .or_else(|| {
                cached
                    .into_iter()
                    .find_map(|directory| executable(&directory, "kubectl"))
            })
            .ok_or(Error::NoKubectl)
    }
}
