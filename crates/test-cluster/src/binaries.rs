//! Finds the programs of a control plane.

use std::path::{Path, PathBuf};

use crate::download::DownloadOptions;
use crate::environment::{Environment, find_executable};
use crate::error::Error;
use crate::progress::progress;
use crate::version::{OLDEST_ETCD, OLDEST_KUBE_APISERVER, version_problem};
use crate::{download, go_build};

/// The programs of a control plane.
#[derive(Clone, Debug)]
pub struct Binaries {
    /// The directory that contains etcd and kube-apiserver.
    pub directory: PathBuf,
    /// The path of etcd.
    pub etcd: PathBuf,
    /// The path of kube-apiserver.
    pub kube_apiserver: PathBuf,
    /// The path of kubectl, which may be in another directory of `PATH`.
    pub kubectl: PathBuf,
    /// The path of kube-controller-manager, which the official test archive does not contain.
    pub kube_controller_manager: Option<PathBuf>,
}

impl Binaries {
    /// Finds the programs or builds them. The order is: `KUBEBUILDER_ASSETS`, `PATH`, an earlier build or download, and
    /// a build with Go, which takes ten minutes once. Never downloads a control plane.
    ///
    /// With `needs_controller_manager`, kube-controller-manager is required as well. An unsuitable directory in
    /// `KUBEBUILDER_ASSETS` is an error, because the user selected it. An unsuitable directory on `PATH` is skipped with
    /// a line on standard error.
    pub fn find_or_build(
        environment: &Environment,
        needs_controller_manager: bool,
    ) -> Result<Self, Error> {
        Self::find(environment, needs_controller_manager)?
            .map_or_else(|| Self::build(environment, needs_controller_manager), Ok)
    }

    /// Finds the programs like [`Self::find_or_build`], or else downloads them, or else builds them. They may lack
    /// kube-controller-manager.
    ///
    /// If no archive can be downloaded, a line on standard error says so and the build begins. An archive with a wrong
    /// checksum or without one of the programs is an error.
    pub fn find_download_or_build(
        environment: &Environment,
        options: &DownloadOptions,
    ) -> Result<Self, Error> {
        if let Some(binaries) = Self::find(environment, false)? {
            return Ok(binaries);
        }
        match options.download(environment) {
            Ok(_) => {}
            Err(Error::Download { message, .. }) => progress(&format!(
                "cannot download a control plane ({message}); building it with Go instead"
            )),
            Err(Error::NoArchive { platform }) => progress(&format!(
                "Kubernetes publishes no archive for {platform}; building a control plane with Go instead"
            )),
            Err(error) => return Err(error),
        }
        Self::find_or_build(environment, false)
    }

    /// Finds the programs without a download or a build.
    fn find(
        environment: &Environment,
        needs_controller_manager: bool,
    ) -> Result<Option<Self>, Error> {
        if let Some(assets) = &environment.assets {
            let unsuitable = |problem| Error::UnsuitableDirectory {
                variable: "KUBEBUILDER_ASSETS",
                directory: assets.clone(),
                problem,
            };
            return Self::in_supported_versions(assets, environment, needs_controller_manager)
                .map(Some)
                .map_err(unsuitable);
        }
        let on_path = environment.path_directories().find_map(|directory| {
            Self::in_path_directory(&directory, environment, needs_controller_manager)
        });
        if on_path.is_some() {
            return Ok(on_path);
        }
        let cached = [
            go_build::directory(environment)?,
            download::directory(environment)?,
        ];
        for directory in cached.iter().filter(|directory| directory.exists()) {
            match Self::in_directory(directory, environment, needs_controller_manager) {
                Ok(binaries) => return Ok(Some(binaries)),
                Err(problem) => print_skipped(directory, &problem),
            }
        }
        Ok(None)
    }

    fn build(environment: &Environment, needs_controller_manager: bool) -> Result<Self, Error> {
        let built = go_build::build(environment, needs_controller_manager)?;
        Self::in_directory(&built, environment, needs_controller_manager).map_err(|output| {
            Error::Build {
                output,
                needs_controller_manager,
            }
        })
    }

    fn in_path_directory(
        directory: &Path,
        environment: &Environment,
        needs_controller_manager: bool,
    ) -> Option<Self> {
        find_executable(directory, "etcd").and(find_executable(directory, "kube-apiserver"))?;
        match Self::in_supported_versions(directory, environment, needs_controller_manager) {
            Ok(binaries) => Some(binaries),
            Err(problem) => {
                print_skipped(directory, &problem);
                None
            }
        }
    }

    /// Finds the programs in a directory that the user has filled, and checks their versions.
    fn in_supported_versions(
        directory: &Path,
        environment: &Environment,
        needs_controller_manager: bool,
    ) -> Result<Self, String> {
        let binaries = Self::in_directory(directory, environment, needs_controller_manager)?;
        version_problem(&binaries.etcd, OLDEST_ETCD)
            .or_else(|| version_problem(&binaries.kube_apiserver, OLDEST_KUBE_APISERVER))
            .map_or(Ok(binaries), |problem| {
                Err(format!("is too old: {problem}"))
            })
    }

    fn in_directory(
        directory: &Path,
        environment: &Environment,
        needs_controller_manager: bool,
    ) -> Result<Self, String> {
        let find =
            |name: &str| find_executable(directory, name).ok_or_else(|| format!("has no {name}"));
        let binaries = Self {
            directory: directory.to_owned(),
            etcd: find("etcd")?,
            kube_apiserver: find("kube-apiserver")?,
            kubectl: find("kubectl")
                .or_else(|problem| environment.find_on_path("kubectl").ok_or(problem))?,
            kube_controller_manager: find_executable(directory, "kube-controller-manager"),
        };
        if needs_controller_manager && binaries.kube_controller_manager.is_none() {
            return Err("has no kube-controller-manager".to_owned());
        }
        Ok(binaries)
    }

    /// Finds kubectl for an existing cluster. Does not build or download a program.
    pub(crate) fn find_kubectl(environment: &Environment) -> Result<PathBuf, Error> {
        let cached = [
            go_build::directory(environment),
            download::directory(environment),
        ]
        .into_iter()
        .flatten();
        environment
            .assets
            .iter()
            .find_map(|assets| find_executable(assets, "kubectl"))
            .or_else(|| environment.find_on_path("kubectl"))
            .or_else(|| {
                cached
                    .into_iter()
                    .find_map(|directory| find_executable(&directory, "kubectl"))
            })
            .ok_or(Error::NoKubectl)
    }
}

fn print_skipped(directory: &Path, problem: &str) {
    progress(&format!(
        "skipping {}, which {problem}",
        directory.display()
    ));
}
