//! helm at a pinned version.

use cluster::{Environment, install_go_program};
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};
use tempfile::TempDir;

const VERSION: &str = "v4.3.1";

/// The name of the release in [`template`].
pub(crate) const RELEASE: &str = "edge";

/// The kinds of the Prometheus operator.
pub(crate) const MONITORING: [&str; 3] = [
    "monitoring.coreos.com/v1/ServiceMonitor",
    "monitoring.coreos.com/v1/PodMonitor",
    "monitoring.coreos.com/v1/PrometheusRule",
];

/// The kind that Kubernetes serves since version 1.36.
pub(crate) const MUTATING_POLICY: &str = "admissionregistration.k8s.io/v1/MutatingAdmissionPolicy";

/// Returns the path of a file or directory of the repository.
pub(crate) fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../..")
        .join(path)
}

/// Returns the path of the operator's chart.
pub(crate) fn chart() -> PathBuf {
    repository("charts/cloudfront-operator")
}

/// Returns a helm command that does not use the user's configuration.
pub(crate) fn helm() -> Command {
    static HOME: OnceLock<TempDir> = OnceLock::new();
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    let program = PROGRAM.get_or_init(|| {
        install_go_program(
            &Environment::from_process(),
            "helm",
            "helm.sh/helm/v4/cmd/helm",
            VERSION,
        )
        .unwrap()
    });
    let test_env = HOME.get_or_init(|| TempDir::new().unwrap()).path();
    let mut command = Command::new(program);
    command
        .env("HELM_CACHE_HOME", test_env.join("cache"))
        .env("HELM_CONFIG_HOME", test_env.join("config"))
        .env("HELM_DATA_HOME", test_env.join("data"))
        .env("KUBECONFIG", test_env.join("none"));
    command
}

/// Runs a command. Returns its standard output, or its standard error if it fails.
pub(crate) fn output(command: &mut Command) -> Result<String, String> {
    let output = command.output().unwrap();
    if output.status.success() {
        Ok(String::from_utf8(output.stdout).unwrap())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

/// Renders the operator's chart with `helm template`. Returns the manifests or helm's error message.
pub(crate) fn template(namespace: &str, arguments: &[&str]) -> Result<String, String> {
    output(
        helm()
            .args(["template", RELEASE])
            .arg(chart())
            .args(["--namespace", namespace])
            .args(arguments),
    )
}

/// A file with a realistic set of values.
#[derive(Debug)]
pub(crate) struct ValuesFile {
    pub(crate) name: String,
    pub(crate) path: PathBuf,
}

impl ValuesFile {
    /// Renders the operator's chart for a cluster with the CRDs of the Prometheus operator and with mutating admission policies.
    pub(crate) fn render(&self, namespace: &str) -> String {
        self.render_for(namespace, &[&MONITORING[..], &[MUTATING_POLICY]].concat())
    }

    /// Renders the operator's chart for a cluster with these kinds.
    pub(crate) fn render_for(&self, namespace: &str, kinds: &[&str]) -> String {
        let kinds = kinds.iter().map(|kind| format!("--api-versions={kind}"));
        let kinds: Vec<String> = kinds.collect();
        let mut arguments = vec!["--values", self.path.to_str().unwrap()];
        arguments.extend(kinds.iter().map(String::as_str));
        let rendered = template(namespace, &arguments);
        assert!(rendered.is_ok(), "{}: {rendered:?}", self.name);
        rendered.unwrap()
    }
}

/// Returns all values files, sorted by name.
pub(crate) fn values_files() -> Vec<ValuesFile> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("values");
    let mut files: Vec<ValuesFile> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| ValuesFile {
            name: path.file_stem().unwrap().to_str().unwrap().to_owned(),
            path,
        })
        .collect();
    files.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(files.len() >= 12, "only {} values files", files.len());
    files
}

/// Parses the non-empty documents of a YAML stream.
pub(crate) fn documents(yaml: &str) -> Vec<Value> {
    let documents: Vec<Value> = serde_saphyr::from_multiple(yaml).unwrap();
    documents
        .into_iter()
        .filter(|document| !document.is_null())
        .collect()
}

/// Returns the only document of a kind with a name that ends with `suffix`.
pub(crate) fn find<'a>(documents: &'a [Value], kind: &str, suffix: &str) -> &'a Value {
    let matches = |document: &&Value| {
        let name = document["metadata"]["name"].as_str().unwrap();
        document["kind"] == kind && name.ends_with(suffix)
    };
    let found: Vec<&Value> = documents.iter().filter(matches).collect();
    assert_eq!(found.len(), 1, "{kind} …{suffix}");
    found[0]
}
