//! What all workloads share: the control plane, and the programs that are measured.

use crate::Outcome;
use cluster::Cluster;
use kube::{
    Client, Config,
    config::{KubeConfigOptions, Kubeconfig},
};
use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

/// The control plane with the definitions installed, and release builds of both operators.
pub(crate) struct Bench {
    pub(crate) cluster: &'static Cluster,
    pub(crate) kube: Client,
    pub(crate) operator: PathBuf,
    pub(crate) null: PathBuf,
    /// How many objects the largest workload has.
    pub(crate) objects: usize,
    /// Where the plot goes.
    pub(crate) plot: Option<PathBuf>,
}

impl Bench {
    pub(crate) async fn new(objects: usize, plot: Option<PathBuf>, built: bool) -> Outcome<Self> {
        let [operator, null] = ["cloudfront-operator", "null-operator"].map(program);
        if !built {
            build("cloudfront-operator")?;
            build("null-operator")?;
        }
        let cluster = cluster::shared().map_err(ToString::to_string)?;
        install(cluster)?;
        let kubeconfig = Kubeconfig::read_from(cluster.kubeconfig())?;
        let config =
            Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await?;
        Ok(Self {
            cluster,
            kube: Client::try_from(config)?,
            operator,
            null,
            objects,
            plot,
        })
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Where Cargo puts a program as it is shipped.
fn program(name: &str) -> PathBuf {
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), Into::into);
    target.join("release").join(name)
}

/// Builds a program as it is shipped, whatever profile this program has. Each is built apart, so that no dependency has a feature
/// more than it has in an image.
fn build(package: &str) -> Outcome<()> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo)
        .args(["build", "--release", "--package", package])
        .current_dir(root())
        .status()?;
    if !built.success() {
        return Err(format!("cannot build {package}: {built}").into());
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
