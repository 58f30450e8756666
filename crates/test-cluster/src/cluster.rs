//! A running cluster.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;
use tempfile::TempDir;

use crate::binaries::Binaries;
use crate::child_guard::GuardedChild;
use crate::control_plane::ControlPlane;
use crate::environment::Environment;
use crate::error::Error;
use crate::kubeconfig;
use crate::kubectl::Kubectl;
use crate::options::Options;

/// The label of the namespaces that a run creates. Its value identifies the run.
const RUN_LABEL: &str = "cluster.test/run";

/// A cluster with its servers and its directory, which end when this value is dropped or the process ends.
#[derive(Debug)]
pub struct Cluster {
    directory: PathBuf,
    name: String,
    kubectl: Kubectl,
    user_count: AtomicUsize,
    /// `None` for an existing cluster.
    control_plane: Option<ControlPlane>,
    /// Fields are dropped in order. This field is last because it removes the directory that the others use.
    cleanup: GuardedChild,
}

impl Cluster {
    /// Starts a cluster with the programs from [`Binaries::find_or_build`], or connects to the cluster of
    /// `CLUSTER_KUBECONFIG`. Returns when the API server is ready, usually after four seconds.
    ///
    /// Fails if the programs are missing. If a server does not start, the error contains the end of its log.
    pub fn start(options: Options) -> Result<Self, Error> {
        Self::start_with(&Environment::from_process(), options)
    }

    /// Starts a cluster like [`Self::start`], with `environment` instead of the variables of the process.
    pub fn start_with(environment: &Environment, options: Options) -> Result<Self, Error> {
        if let Some(kubeconfig) = &environment.kubeconfig {
            return Self::connect(kubeconfig, environment);
        }
        let binaries = Binaries::find_or_build(environment, options.has_controller_manager)?;
        Self::start_with_binaries(&binaries, options)
    }

    /// Starts a cluster like [`Self::start`], with the given programs.
    pub fn start_with_binaries(binaries: &Binaries, options: Options) -> Result<Self, Error> {
        let directory = create_directory()?;
        let cleanup = GuardedChild::cleanup(directory.path(), &[], &[])?;
        let (directory, name) = keep(directory);
        let kubectl = Kubectl::for_own_cluster(
            binaries.kubectl.clone(),
            &directory.join("kubeconfig"),
            &directory,
        );
        let control_plane =
            ControlPlane::start(binaries, options, &directory, &name, &kubectl, &cleanup)?;
        Ok(Self {
            user_count: AtomicUsize::new(0),
            control_plane: Some(control_plane),
            cleanup,
            directory,
            name,
            kubectl,
        })
    }

    fn connect(kubeconfig: &Path, environment: &Environment) -> Result<Self, Error> {
        let directory = create_directory()?;
        let program = Binaries::find_kubectl(environment)?;
        let kubectl = Kubectl::for_existing_cluster(program, kubeconfig, directory.path());
        let selector = format!("{RUN_LABEL}={}", name_of(directory.path()));
        let arguments = [kubectl.program.as_os_str(), OsStr::new(&selector)];
        let cleanup = GuardedChild::cleanup(directory.path(), &arguments, &kubectl.environment)?;
        let (directory, name) = keep(directory);
        kubectl.run(&["get", "--raw", "/readyz"], "")?;
        Ok(Self {
            user_count: AtomicUsize::new(0),
            control_plane: None,
            cleanup,
            kubectl,
            directory,
            name,
        })
    }

    /// Returns the kubeconfig of an administrator (`admin`, group `system:masters`). For an existing cluster, it is the
    /// file that `CLUSTER_KUBECONFIG` names.
    pub fn kubeconfig(&self) -> &Path {
        self.kubectl.kubeconfig()
    }

    /// Returns a kubectl command of the administrator. Set `KUBECONFIG` to a file from [`Self::create_user`] to act as
    /// another user.
    pub fn kubectl(&self) -> Command {
        self.kubectl.command()
    }

    /// Runs kubectl as the administrator, with `input` as its standard input, and returns its standard output.
    pub fn run_kubectl(&self, arguments: &[&str], input: &str) -> Result<String, Error> {
        self.kubectl.run(arguments, input)
    }

    /// Starts a program that uses the cluster, and appends both of its outputs to `log`. Of `program`, the path, the
    /// arguments and the changes of the environment are used.
    ///
    /// The program gets SIGTERM when the returned value is dropped or this process ends for any reason. The API server ends
    /// after it.
    pub fn start_program(
        &self,
        name: &'static str,
        program: &Command,
        log: &Path,
    ) -> Result<GuardedChild, Error> {
        match &self.control_plane {
            Some(control_plane) => control_plane.start_program(name, program, log),
            None => GuardedChild::server(name, program, log, &self.cleanup),
        }
    }

    /// Returns the cluster's directory, which is removed with the cluster.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Returns the path of the audit log, which has one JSON object per line. The API server writes the line of a
    /// request shortly after its response. Without [`Options::audit`] and for an existing cluster, there is no log.
    pub fn audit_log(&self) -> Option<&Path> {
        self.control_plane.as_ref()?.audit_log()
    }

    /// Kills the API server with SIGKILL and returns when it has ended. etcd keeps running and keeps all objects.
    ///
    /// Fails for an existing cluster.
    pub fn kill_api_server(&self) -> Result<(), Error> {
        self.control_plane
            .as_ref()
            .ok_or(Error::ExistingCluster)?
            .kill_api_server()
    }

    /// Restarts the API server after [`Self::kill_api_server`], with the same address and certificates, and returns when
    /// it is ready. Has no effect on a running API server.
    ///
    /// Fails for an existing cluster.
    pub fn start_api_server(&self) -> Result<(), Error> {
        self.control_plane
            .as_ref()
            .ok_or(Error::ExistingCluster)?
            .start_api_server(&self.kubectl)
    }

    /// Creates a user and returns its kubeconfig. The user has no permissions until a role is bound to it.
    ///
    /// The user has a client certificate, with at most two groups in addition to `system:authenticated`. On an existing
    /// cluster, the user is impersonated, which the user of that cluster's kubeconfig must be permitted to do.
    pub fn create_user(&self, name: &str, groups: &[&str]) -> Result<PathBuf, Error> {
        let file = self.next_user_file();
        let config = match &self.control_plane {
            Some(control_plane) => control_plane.user_kubeconfig(&file, name, groups)?,
            None => self.impersonation_kubeconfig(name, groups)?,
        };
        self.write_kubeconfig(&file, &config)
    }

    /// Creates a namespace with a unique name that begins with `prefix`, and returns the name. On an existing cluster,
    /// the namespace is deleted when the process ends.
    pub fn create_namespace(&self, prefix: &str) -> Result<String, Error> {
        let namespace = json!({
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {"generateName": format!("{prefix}-"), "labels": {RUN_LABEL: self.name}},
        });
        let arguments = [
            "create",
            "--validate=false",
            "--filename=-",
            "--output=jsonpath={.metadata.name}",
        ];
        self.kubectl.run(&arguments, &namespace.to_string())
    }

    /// Applies manifests as the administrator.
    pub fn apply(&self, manifests: &str) -> Result<(), Error> {
        let arguments = ["apply", "--filename=-"];
        self.kubectl.run(&arguments, manifests).map(drop)
    }

    /// Returns a kubeconfig with a token of an existing ServiceAccount, as its pods would have, and with its namespace as
    /// the default.
    pub fn service_account_kubeconfig(
        &self,
        namespace: &str,
        name: &str,
    ) -> Result<PathBuf, Error> {
        let token = ["create", "token", "--namespace", namespace, name];
        let token = self.kubectl.run(&token, "")?;
        let mut config = self.admin_kubeconfig()?;
        kubeconfig::use_token(&mut config, token.trim(), namespace);
        self.write_kubeconfig(&self.next_user_file(), &config)
    }

    fn impersonation_kubeconfig(
        &self,
        name: &str,
        groups: &[&str],
    ) -> Result<serde_json::Value, Error> {
        let mut config = self.admin_kubeconfig()?;
        kubeconfig::impersonate(&mut config, name, groups);
        Ok(config)
    }

    /// Returns the administrator's kubeconfig with the content of all files that it refers to.
    fn admin_kubeconfig(&self) -> Result<serde_json::Value, Error> {
        let arguments = [
            "config",
            "view",
            "--raw",
            "--minify",
            "--flatten",
            "--output=json",
        ];
        let text = self.kubectl.run(&arguments, "")?;
        serde_json::from_str(&text).map_err(|error| Error::Kubectl {
            arguments: "config view".to_owned(),
            message: format!("its output is not JSON: {error}"),
        })
    }

    /// Returns a unique base name for the files of a user.
    fn next_user_file(&self) -> String {
        format!("user-{}", self.user_count.fetch_add(1, Ordering::Relaxed))
    }

    /// Writes a kubeconfig into the cluster's directory and returns its path.
    fn write_kubeconfig(&self, file: &str, config: &serde_json::Value) -> Result<PathBuf, Error> {
        let path = self.directory.join(format!("{file}.kubeconfig"));
        kubeconfig::write(&path, config)?;
        Ok(path)
    }
}

/// Creates a private directory, which is removed when the returned value is dropped.
fn create_directory() -> Result<TempDir, Error> {
    tempfile::Builder::new()
        .prefix("cluster-")
        .permissions(fs::Permissions::from_mode(0o700))
        .tempdir()
        .map_err(|source| Error::io("make a directory in", &std::env::temp_dir(), source))
}

/// Returns the path and the name of a directory that [`GuardedChild::cleanup`] removes from now on.
fn keep(directory: TempDir) -> (PathBuf, String) {
    let directory = directory.keep();
    let name = name_of(&directory);
    (directory, name)
}

/// Returns the name of a directory, which is unique on this machine.
fn name_of(directory: &Path) -> String {
    directory
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}
