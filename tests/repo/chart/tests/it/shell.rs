//! A shell in which kubectl and helm make dry runs. The real API server validates their requests and persists nothing.

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

/// The package and the version of gojq, which the shell provides as `jq`.
const JQ: (&str, &str) = ("github.com/itchyny/gojq/cmd/gojq", "v0.12.17");

/// The script that changes the arguments of kubectl. `create namespace` makes a dry run on the client, because the namespace exists already.
/// Server-side apply takes over the fields of the release that exists already.
const KUBECTL_SCRIPT: &str = r#"case "$1 ${2:-}" in
"create namespace") set -- "$@" --dry-run=client ;;
"apply --server-side") set -- "$@" --dry-run=server --force-conflicts ;;
annotate* | apply* | create* | delete* | label* | patch* | scale*) set -- "$@" --dry-run=server ;;
esac"#;

/// The script that changes the arguments of helm. An installation becomes an upgrade, because the release may exist already.
const HELM_SCRIPT: &str = r#"case "$1" in
install) shift; set -- upgrade --install "$@" --dry-run=server --take-ownership ;;
upgrade | rollback) set -- "$@" --dry-run=server ;;
uninstall) set -- "$@" --dry-run ;;
esac"#;

/// The repository in the addresses of releases.
const REPOSITORY: &str = "cloudfront-operator/cloudfront-operator";

/// Replaces the addresses of this version's release by paths of the repository, which publishes the same files.
pub(crate) fn use_repository_files(text: &str) -> String {
    let tag = concat!("v", env!("CARGO_PKG_VERSION"));
    let github = format!("https://github.com/{REPOSITORY}");
    let assets = format!("{github}/releases/download/{tag}");
    let raw = format!("https://raw.githubusercontent.com/{REPOSITORY}/{tag}/");
    text.replace(&format!("{assets}/install.yaml"), "deploy/install.yaml")
        .replace(&format!("{assets}/crds.yaml"), "crds")
        .replace(&format!("{github}//deploy?ref={tag}"), "deploy")
        .replace(&raw, "")
        .replace("oci://ghcr.io/cloudfront-operator/", "")
}

/// A shell with a working directory that contains the repository's manifests, charts and examples.
pub(crate) struct DryRunShell {
    directory: TempDir,
    programs: TempDir,
}

impl DryRunShell {
    pub(crate) fn new() -> Self {
        let shell = Self {
            directory: TempDir::new().unwrap(),
            programs: TempDir::new().unwrap(),
        };
        for name in ["charts", "crds", "deploy", "examples", "policies"] {
            symlink(repository(name), shell.directory().join(name)).unwrap();
        }
        let cluster = control_plane();
        let mut helm = helm();
        helm.env("KUBECONFIG", cluster.kubeconfig());
        shell.write_program("kubectl", KUBECTL_SCRIPT, &cluster.kubectl());
        shell.write_program("helm", HELM_SCRIPT, &helm);
        let operator = Command::new(env!("CARGO_BIN_EXE_chart-operator"));
        shell.write_program("cloudfront-operator", "", &operator);
        let (package, version) = JQ;
        let jq =
            install_go_program(&Environment::from_process(), "gojq", package, version).unwrap();
        symlink(jq, shell.programs.path().join("jq")).unwrap();
        shell
    }

    /// Returns the working directory.
    pub(crate) fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// Runs a command. Returns its standard output, or its standard error if it fails.
    pub(crate) fn run(&self, command: &str) -> Result<String, String> {
        let path = env::var("PATH").unwrap();
        let programs = self.programs.path().display();
        output(
            Command::new("bash")
                .args(["-euo", "pipefail", "-c", &use_repository_files(command)])
                .current_dir(self.directory())
                .env("PATH", format!("{programs}:{path}")),
        )
    }

    /// Writes a program that runs `script`, which may change the arguments, and then `program` with its environment.
    fn write_program(&self, name: &str, script: &str, program: &Command) {
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
