//! What all workloads share: the control plane, and the programs that are measured.

use crate::Outcome;
use cluster::Cluster;
use kube::{
    Client, Config,
    config::{KubeConfigOptions, Kubeconfig},
};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The control plane with the definitions installed, and both operators.
pub(crate) struct Bench {
    pub(crate) cluster: &'static Cluster,
    pub(crate) kube: Client,
    pub(crate) operator: PathBuf,
    /// What its image sets for it.
    pub(crate) environment: Vec<(String, String)>,
    pub(crate) null: PathBuf,
    /// How many objects the largest workload has.
    pub(crate) objects: usize,
    /// Where the plot goes.
    pub(crate) plot: Option<PathBuf>,
}

impl Bench {
    /// Measures this operator, or the image's unless one is named.
    pub(crate) async fn new(
        objects: usize,
        plot: Option<PathBuf>,
        operator: Option<PathBuf>,
    ) -> Outcome<Self> {
        let operator = operator.map_or_else(image, Ok)?;
        let null = null_operator()?;
        let cluster = cluster::shared().map_err(ToString::to_string)?;
        install(cluster)?;
        let kubeconfig = Kubeconfig::read_from(cluster.kubeconfig())?;
        let config =
            Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await?;
        Ok(Self {
            cluster,
            kube: Client::try_from(config)?,
            operator,
            environment: environment()?,
            null,
            objects,
            plot,
        })
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Builds the operator as its image ships it.
fn image() -> Outcome<PathBuf> {
    let folder = root().join("target/image");
    succeed(Command::new(root().join("hack/image.sh")).arg(&folder))?;
    Ok(folder.join("cloudfront-operator"))
}

/// What the image sets for its program. Only the operator's sets anything.
fn environment() -> Outcome<Vec<(String, String)>> {
    let text = fs::read_to_string(root().join("Dockerfile"))?;
    let set = text.lines().filter_map(|line| line.strip_prefix("ENV "));
    let pairs = set.filter_map(|set| set.split_once('='));
    Ok(pairs
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect())
}

/// Builds the operator without logic: optimized, whatever profile this program has.
fn null_operator() -> Outcome<PathBuf> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    succeed(
        Command::new(cargo)
            .args(["build", "--release", "--package", "null-operator"])
            .current_dir(root()),
    )?;
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), Into::into);
    Ok(target.join("release/null-operator"))
}

fn succeed(command: &mut Command) -> Outcome<()> {
    let status = command.status()?;
    if !status.success() {
        return Err(format!("{command:?}: {status}").into());
    }
    Ok(())
}

fn install(cluster: &Cluster) -> Outcome<()> {
    let folder = root().join("crds");
    let wait = ["wait", "--for=condition=Established", "--timeout=60s"];
    for arguments in [&["apply"][..], &wait[..]] {
        let output = cluster
            .kubectl()
            .args(arguments)
            .arg("--filename")
            .arg(&folder)
            .output()?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into());
        }
    }
    Ok(())
}
