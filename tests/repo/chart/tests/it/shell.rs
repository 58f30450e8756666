//! A shell in which kubectl and helm only try: the real API server judges what they are told, and keeps nothing.

use super::{
    api_server::control_plane,
    helm::{helm, output, repository},
};
use cluster::{Environment, install_go_program};
use std::{
    env,
    fmt::Write as _,
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::Path,
    process::Command,
};
use tempfile::TempDir;

/// What a person has as jq.
const JQ: (&str, &str) = ("github.com/itchyny/gojq/cmd/gojq", "v0.12.17");

/// A namespace that a page creates is there already, for the other pages.
const KUBECTL: &str = r#"case "$1 ${2:-}" in
"create namespace") set -- "$@" --dry-run=client ;;
annotate* | apply* | create* | delete* | label* | patch* | scale*) set -- "$@" --dry-run=server ;;
esac"#;

/// An installation is tried as an upgrade, which may find the release that the other commands need.
const HELM: &str = r#"case "$1" in
install) shift; set -- upgrade --install "$@" --dry-run=server --take-ownership ;;
upgrade | rollback) set -- "$@" --dry-run=server ;;
uninstall) set -- "$@" --dry-run ;;
esac"#;

/// A folder with the repository's charts and examples, in which commands are run.
pub(crate) struct Shell {
    folder: TempDir,
    programs: TempDir,
}

impl Shell {
    pub(crate) fn new() -> Self {
        let shell = Self {
            folder: TempDir::new().unwrap(),
            programs: TempDir::new().unwrap(),
        };
        for name in ["charts", "examples", "policies"] {
            symlink(repository(name), shell.folder().join(name)).unwrap();
        }
        let cluster = control_plane();
        let mut helm = helm();
        helm.env("KUBECONFIG", cluster.kubeconfig());
        shell.program("kubectl", KUBECTL, &cluster.kubectl());
        shell.program("helm", HELM, &helm);
        let operator = Command::new(env!("CARGO_BIN_EXE_chart-operator"));
        shell.program("cloudfront-operator", "", &operator);
        let (package, version) = JQ;
        let jq =
            install_go_program(&Environment::from_process(), "gojq", package, version).unwrap();
        symlink(jq, shell.programs.path().join("jq")).unwrap();
        shell
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What a command prints, or what it complains of.
    pub(crate) fn run(&self, command: &str) -> Result<String, String> {
        let path = env::var("PATH").unwrap();
        let programs = self.programs.path().display();
        output(
            Command::new("bash")
                .args(["-euo", "pipefail", "-c", command])
                .current_dir(self.folder())
                .env("PATH", format!("{programs}:{path}")),
        )
    }

    /// Puts a script beside the others that changes the arguments and goes on with a program in its environment.
    fn program(&self, name: &str, script: &str, program: &Command) {
        let mut text = format!("#!/bin/sh\n{script}\n");
        for (variable, value) in program.get_envs() {
            let value = value.unwrap_or_default().to_str().unwrap();
            let variable = variable.to_str().unwrap();
            // Writing to a string cannot fail.
            let _ = writeln!(text, "export {variable}='{value}'");
        }
        let _ = writeln!(
            text,
            "exec '{}' \"$@\"",
            program.get_program().to_str().unwrap()
        );
        let path = self.programs.path().join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
}
