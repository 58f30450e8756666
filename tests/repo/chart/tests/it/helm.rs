//! helm, at the version these tests are pinned to.

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

/// The name of every release that is only rendered.
pub(crate) const RELEASE: &str = "edge";

/// The kinds of the Prometheus operator, which the cluster is said to know.
const MONITORING: [&str; 3] = ["ServiceMonitor", "PodMonitor", "PrometheusRule"];

/// The repository's folder of this name.
pub(crate) fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../..")
        .join(path)
}

/// The operator's chart.
pub(crate) fn chart() -> PathBuf {
    repository("charts/cloudfront-operator")
}

/// helm, which neither reads nor writes the configuration of the person who runs the tests.
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
    let home = HOME.get_or_init(|| TempDir::new().unwrap()).path();
    let mut command = Command::new(program);
    command
        .env("HELM_CACHE_HOME", home.join("cache"))
        .env("HELM_CONFIG_HOME", home.join("config"))
        .env("HELM_DATA_HOME", home.join("data"))
        .env("KUBECONFIG", home.join("none"));
    command
}

/// What a command prints, or else its standard error.
pub(crate) fn output(command: &mut Command) -> Result<String, String> {
    let output = command.output().unwrap();
    if output.status.success() {
        Ok(String::from_utf8(output.stdout).unwrap())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

/// What `helm template` makes of the operator's chart with these arguments, or why it refuses.
pub(crate) fn template(namespace: &str, arguments: &[&str]) -> Result<String, String> {
    output(
        helm()
            .args(["template", RELEASE])
            .arg(chart())
            .args(["--namespace", namespace])
            .args(arguments),
    )
}

/// A realistic set of values, by its file.
#[derive(Debug)]
pub(crate) struct Set {
    pub(crate) name: String,
    pub(crate) path: PathBuf,
}

impl Set {
    /// What it renders as, on a cluster that knows the Prometheus operator's kinds.
    pub(crate) fn render(&self, namespace: &str) -> String {
        let kinds =
            MONITORING.map(|kind| format!("--api-versions=monitoring.coreos.com/v1/{kind}"));
        let mut arguments = vec!["--values", self.path.to_str().unwrap()];
        arguments.extend(kinds.iter().map(String::as_str));
        let rendered = template(namespace, &arguments);
        assert!(rendered.is_ok(), "{}: {rendered:?}", self.name);
        rendered.unwrap()
    }
}

/// All sets of values.
pub(crate) fn sets() -> Vec<Set> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("values");
    let mut sets: Vec<Set> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| Set {
            name: path.file_stem().unwrap().to_str().unwrap().to_owned(),
            path,
        })
        .collect();
    sets.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(sets.len() >= 12, "only {} sets of values", sets.len());
    sets
}

/// The documents of a YAML stream, empty ones left out.
pub(crate) fn documents(yaml: &str) -> Vec<Value> {
    let all: Vec<Value> = serde_saphyr::from_multiple(yaml).unwrap();
    all.into_iter().filter(|one| !one.is_null()).collect()
}

/// The only document of this kind whose name ends like this.
pub(crate) fn find<'a>(documents: &'a [Value], kind: &str, name: &str) -> &'a Value {
    let fits = |one: &&Value| {
        one["kind"] == kind && one["metadata"]["name"].as_str().unwrap().ends_with(name)
    };
    let found: Vec<&Value> = documents.iter().filter(fits).collect();
    assert_eq!(found.len(), 1, "{kind} …{name}");
    found[0]
}
