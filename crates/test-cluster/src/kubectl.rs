//! kubectl with the configuration for one cluster.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::children;
use crate::error::Error;

/// The kubectl program and the environment variables that replace those of this process.
#[derive(Clone, Debug)]
pub(crate) struct Kubectl {
    pub(crate) program: PathBuf,
    kubeconfig: PathBuf,
    pub(crate) environment: Vec<(&'static str, PathBuf)>,
}

impl Kubectl {
    /// Returns a kubectl for a cluster that this process starts. It does not use the user's configuration or caches.
    pub(crate) fn for_own_cluster(program: PathBuf, kubeconfig: &Path, directory: &Path) -> Self {
        let mut kubectl = Self::for_existing_cluster(program, kubeconfig, directory);
        kubectl.environment.push(("HOME", directory.join("home")));
        kubectl
    }

    /// Returns a kubectl for an existing cluster. It keeps `HOME`, which a credential plugin may need.
    pub(crate) fn for_existing_cluster(
        program: PathBuf,
        kubeconfig: &Path,
        directory: &Path,
    ) -> Self {
        let environment = vec![
            ("KUBECONFIG", kubeconfig.to_owned()),
            ("KUBECACHEDIR", directory.join("kubectl-cache")),
            ("KUBERC", PathBuf::from("off")),
        ];
        Self {
            program,
            kubeconfig: kubeconfig.to_owned(),
            environment,
        }
    }

    pub(crate) fn kubeconfig(&self) -> &Path {
        &self.kubeconfig
    }

    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs kubectl with `input` as standard input and returns its standard output.
    pub(crate) fn run(&self, arguments: &[&str], input: &str) -> Result<String, Error> {
        let failed = |message: String| Error::Kubectl {
            arguments: arguments.join(" "),
            message,
        };
        let output = children::output(self.command().args(arguments), input)
            .map_err(|source| Error::io("run", &self.program, source))?;
        if !output.status.success() {
            return Err(failed(
                String::from_utf8_lossy(&output.stderr).trim().to_owned(),
            ));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}
