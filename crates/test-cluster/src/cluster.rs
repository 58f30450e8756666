//! A running cluster.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;

use crate::child_guard::Leashed;
use crate::control_plane::ControlPlane;
use crate::kubectl::Kubectl;
use crate::{Binaries, Environment, Error, kubeconfig};

/// The label of the namespaces made on an existing cluster. Its value tells one run from another.
const RUN_LABEL: &str = "cluster.test/run";

/// What to start.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Whether to start kube-controller-manager, without which namespaces are never gone, owner references are not
    /// followed and pods are not made.
    pub controller_manager: bool,
    /// How much the API server writes into [`Cluster::audit_log`], if it is to write one.
    pub audit: Option<AuditLevel>,
}

/// How much an audit log holds of each request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditLevel {
    /// Who did what to which object, and how it was answered.
    Metadata,
    /// The body of the request as well.
    Request,
}

/// A cluster, its servers and its directory. All of it is gone when this is dropped or the process ends.
#[derive(Debug)]
pub struct Cluster {
    directory: PathBuf,
    name: String,
    kubectl: Kubectl,
    users: AtomicUsize,
    control_plane: Option<ControlPlane>,
    /// Last, because fields are dropped in order and it removes the directory the others use.
    _janitor: Leashed,
}

impl Cluster {
    /// Starts a cluster with the programs that [`Binaries::find_or_build`] finds, or takes the one `CLUSTER_KUBECONFIG`
    /// names. Returns when the API server is ready, usually after four seconds.
    ///
    /// Fails when there are no programs, or with the end of the log of a server that did not start.
    pub fn start(options: Options) -> Result<Self, Error> {
        Self::start_with(&Environment::from_process(), options)
    }

    /// Starts a cluster as [`Self::start`] does, with these variables instead of those of the process.
    pub fn start_with(environment: &Environment, options: Options) -> Result<Self, Error> {
        if let Some(kubeconfig) = &environment.kubeconfig {
            return Self::existing(kubeconfig, environment);
        }
        let binaries = Binaries::find_or_build(environment, options.controller_manager)?;
        let (directory, name) = directory()?;
        let janitor = Leashed::janitor(&directory, &[], &[])?;
        let kubectl = Kubectl::private(
            binaries.kubectl.clone(),
            &directory.join("kubeconfig"),
            &directory,
        );
        let control_plane =
            ControlPlane::start(&binaries, options, &directory, &name, &kubectl, &janitor)?;
        Ok(Self {
            users: AtomicUsize::new(0),
            control_plane: Some(control_plane),
            _janitor: janitor,
            directory,
            name,
            kubectl,
        })
    }

    fn existing(kubeconfig: &Path, environment: &Environment) -> Result<Self, Error> {
        let (directory, name) = directory()?;
        let kubectl = Kubectl::foreign(Binaries::kubectl(environment)?, kubeconfig, &directory);
        let selector = format!("{RUN_LABEL}={name}");
        let arguments = [kubectl.program.as_os_str(), OsStr::new(&selector)];
        let janitor = Leashed::janitor(&directory, &arguments, &kubectl.environment)?;
        kubectl.run(&["get", "--raw", "/readyz"], "")?;
        Ok(Self {
            users: AtomicUsize::new(0),
            control_plane: None,
            _janitor: janitor,
            kubectl,
            directory,
            name,
        })
    }

    /// The kubeconfig of an administrator (`admin`, group `system:masters`) or, of an existing cluster, the given one.
    pub fn kubeconfig(&self) -> &Path {
        self.kubectl.kubeconfig()
    }

    /// kubectl, acting as the administrator. Set `KUBECONFIG` to a file from [`Self::create_user`] to act as somebody else.
    pub fn kubectl(&self) -> Command {
        self.kubectl.command()
    }

    /// The audit log, one JSON object a line, written when a request has been answered: the line of a request may come
    /// a moment after its answer. There is none without [`Options::audit`], nor of an existing cluster.
    pub fn audit_log(&self) -> Option<&Path> {
        self.control_plane.as_ref()?.audit_log()
    }

    /// Kills the API server with SIGKILL and returns when it is gone. etcd goes on, and nothing is lost.
    ///
    /// Fails on an existing cluster, which is not ours to break.
    pub fn kill_api_server(&self) -> Result<(), Error> {
        self.control_plane
            .as_ref()
            .ok_or(Error::ExistingCluster)?
            .kill_api_server()
    }

    /// Starts the API server again after [`Self::kill_api_server`], with the same address and certificates, and returns
    /// when it is ready. A no-op when it runs.
    pub fn start_api_server(&self) -> Result<(), Error> {
        self.control_plane
            .as_ref()
            .ok_or(Error::ExistingCluster)?
            .start_api_server(&self.kubectl)
    }

    /// Makes a user and returns its kubeconfig. It may do nothing until a role is bound to it.
    ///
    /// It has a client certificate, with two groups at most besides `system:authenticated`, or, on an existing cluster,
    /// is impersonated, which the user of that cluster's kubeconfig has to be allowed to.
    pub fn create_user(&self, name: &str, groups: &[&str]) -> Result<PathBuf, Error> {
        let file = self.next_user();
        let config = match &self.control_plane {
            Some(control_plane) => control_plane.user(&file, name, groups)?,
            None => self.impersonating(name, groups)?,
        };
        self.keep(&file, &config)
    }

    /// Makes a namespace with a new name that starts with `prefix`, and returns the name. On an existing cluster it is
    /// deleted when the process ends.
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

    /// Applies manifests, as the administrator.
    pub fn apply(&self, manifests: &str) -> Result<(), Error> {
        let arguments = ["apply", "--filename=-"];
        self.kubectl.run(&arguments, manifests).map(drop)
    }

    /// The kubeconfig of a ServiceAccount that is there, with a token as its pods would have one, in its namespace.
    pub fn service_account_kubeconfig(
        &self,
        namespace: &str,
        name: &str,
    ) -> Result<PathBuf, Error> {
        let token = ["create", "token", "--namespace", namespace, name];
        let token = self.kubectl.run(&token, "")?;
        let mut config = self.own_config()?;
        kubeconfig::bear(&mut config, token.trim(), namespace);
        self.keep(&self.next_user(), &config)
    }

    fn impersonating(&self, name: &str, groups: &[&str]) -> Result<serde_json::Value, Error> {
        let mut config = self.own_config()?;
        kubeconfig::impersonate(&mut config, name, groups);
        Ok(config)
    }

    /// The administrator's kubeconfig, whole in itself.
    fn own_config(&self) -> Result<serde_json::Value, Error> {
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

    /// A name for the files of one more user.
    fn next_user(&self) -> String {
        format!("user-{}", self.users.fetch_add(1, Ordering::Relaxed))
    }

    /// Keeps a kubeconfig for as long as the cluster.
    fn keep(&self, file: &str, config: &serde_json::Value) -> Result<PathBuf, Error> {
        let path = self.directory.join(format!("{file}.kubeconfig"));
        kubeconfig::write(&path, config)?;
        Ok(path)
    }
}

/// A new private directory and its name, which nothing else on this machine has. The janitor removes it.
fn directory() -> Result<(PathBuf, String), Error> {
    let directory = tempfile::Builder::new()
        .prefix("cluster-")
        .permissions(fs::Permissions::from_mode(0o700))
        .tempdir()
        .map_err(|source| Error::io("make a directory in", &std::env::temp_dir(), source))?
        .keep();
    let name = directory
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    Ok((directory, name))
}
