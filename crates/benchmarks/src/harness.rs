//! The control plane and the programs that all workloads share.

use crate::{
    Outcome,
    arguments::Arguments,
    figure::{Figure, Runs},
    machine,
    workloads::{Load, Workload},
};
use benchmarks::{image_environment, root};
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

/// Which program takes part in a run.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// The operator that is measured.
    Operator,
    /// Another build of the operator.
    OtherBuild,
    /// An operator without logic: one create call and one status write.
    NullOperator,
}

/// The control plane with the CustomResourceDefinitions installed, and the programs.
pub(crate) struct Harness {
    pub(crate) cluster: &'static Cluster,
    pub(crate) kube: Client,
    pub(crate) operator: PathBuf,
    /// The commit that the operator was built from, if this program built it.
    pub(crate) commit: Option<String>,
    /// The program that runs in turn with the operator.
    pub(crate) reference: Role,
    reference_program: PathBuf,
    /// Variables that the image sets for the operator.
    pub(crate) environment: Vec<(String, String)>,
    /// The number of pairs, if another build is compared.
    pub(crate) pairs: Option<usize>,
    /// Number of objects of the largest workload.
    pub(crate) objects: usize,
    pub(crate) loads: Vec<Load>,
    /// Where the plot is written.
    pub(crate) plot: Option<PathBuf>,
}

impl Role {
    /// The name of the program in the report.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::OtherBuild => "other build",
            Self::NullOperator => "null operator",
        }
    }
}

impl Harness {
    /// Builds the programs that are not given, and starts the control plane.
    pub(crate) async fn new(arguments: &Arguments) -> Outcome<Self> {
        let (operator, commit) = match &arguments.operator {
            Some(path) => (path.clone(), None),
            None => (build_as_image()?, machine::commit(&root())),
        };
        let (reference, reference_program) = match &arguments.compare {
            Some(path) => (Role::OtherBuild, path.clone()),
            None => (Role::NullOperator, build_null_operator()?),
        };
        let cluster = cluster::shared().map_err(ToString::to_string)?;
        install_definitions(cluster)?;
        let kubeconfig = Kubeconfig::read_from(cluster.kubeconfig())?;
        let config =
            Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await?;
        let pairs = arguments.pairs.get();
        Ok(Self {
            cluster,
            kube: Client::try_from(config)?,
            operator,
            commit,
            reference,
            reference_program,
            environment: image_environment()?,
            pairs: arguments.compare.is_some().then_some(pairs),
            objects: arguments.objects,
            loads: arguments.loads.clone(),
            plot: arguments.plot.clone(),
        })
    }

    /// The file of a program.
    pub(crate) fn program(&self, role: Role) -> &Path {
        match role {
            Role::Operator => &self.operator,
            Role::OtherBuild | Role::NullOperator => &self.reference_program,
        }
    }

    /// Runs a workload with the operator and, in turn with it, with another build: A B A B. Without another build it runs the workload
    /// `repetitions` times, in turn with the null operator if that has the logic for it.
    pub(crate) async fn run_in_turn(
        &self,
        workload: Workload,
        repetitions: usize,
        measure: impl AsyncFn(Role) -> Outcome<Vec<Figure>>,
    ) -> Outcome<Runs> {
        let has_reference = self.reference == Role::OtherBuild || workload.has_null_operator();
        let repetitions = self.pairs.unwrap_or(repetitions);
        let mut runs = Runs::default();
        for repetition in 1..=repetitions {
            eprintln!("{}: run {repetition} of {repetitions}", workload.name());
            runs.operator.push(measure(Role::Operator).await?);
            if has_reference {
                runs.reference.push(measure(self.reference).await?);
            }
        }
        Ok(runs)
    }
}

/// Builds the operator as its image ships it.
fn build_as_image() -> Outcome<PathBuf> {
    let folder = root().join("target/image");
    run(Command::new(root().join("hack/image.sh")).arg(&folder))?;
    Ok(folder.join("cloudfront-operator"))
}

/// Builds the null operator in the release profile, independent of this program's profile.
fn build_null_operator() -> Outcome<PathBuf> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    run(Command::new(cargo)
        .args(["build", "--release", "--package", "null-operator"])
        .current_dir(root()))?;
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), Into::into);
    Ok(target.join("release/null-operator"))
}

fn run(command: &mut Command) -> Outcome<()> {
    let status = command.status()?;
    if !status.success() {
        return Err(format!("{command:?}: {status}").into());
    }
    Ok(())
}

fn install_definitions(cluster: &Cluster) -> Outcome<()> {
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
