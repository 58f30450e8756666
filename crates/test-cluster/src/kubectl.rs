//! kubectl, set up for one cluster.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Error;

/// Where kubectl is, and what it must not take from its surroundings.
#[derive(Clone, Debug)]
pub(crate) struct Kubectl {
    pub(crate) program: PathBuf,
    kubeconfig: PathBuf,
    pub(crate) environment: Vec<(&'static str, PathBuf)>,
}

impl Kubectl {
    /// kubectl for a cluster of our own: neither the person's configuration nor their caches are read or written.
    pub(crate) fn private(program: PathBuf, kubeconfig: &Path, directory: &Path) -> Self {
        let mut kubectl = Self::foreign(program, kubeconfig, directory);
        kubectl.environment.push(("HOME", directory.join("home")));
        kubectl
    }

    /// kubectl for an existing cluster, whose credentials may need a plugin that reads the home directory.
    pub(crate) fn foreign(program: PathBuf, kubeconfig: &Path, directory: &Path) -> Self {
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

    /// Runs kubectl and returns what it prints.
    pub(crate) fn run(&self, arguments: &[&str], input: &str) -> Result<String, Error> {
        let failed = |message: String| Error::Kubectl {
            arguments: arguments.join(" "),
            message,
        };
        let mut command = self.command();
        command
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command
            .spawn()
            .map_err(|source| Error::io("run", &self.program, source))?;
        if let Some(mut stdin) = child.stdin.take() {
            // A kubectl that ends before it has read everything tells why by its status.
            let _ = stdin.write_all(input.as_bytes());
        }
        let output = child
            .wait_with_output()
            .map_err(|source| Error::io("run", &self.program, source))?;
        if !output.status.success() {
            return Err(failed(
                String::from_utf8_lossy(&output.stderr).trim().to_owned(),
            ));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}
