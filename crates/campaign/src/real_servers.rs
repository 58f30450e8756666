//! The campaigns on the real servers, with any program of the operator.

use campaign::{
    RealApiServer,
    real::{
        Environment, Error, Outage, Overload, Replicas, Verdict, run_api_server_outage,
        run_crash_points, run_replicas,
    },
};
use cloudfront_operator::operator::crds_as_yaml;
use cluster::{AuditLevel, Cluster, Options};
use std::{path::Path, process::Command, sync::Arc, time::Duration};

/// The program that a build without options writes.
const OPERATOR: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../target/debug/cloudfront-operator"
);

/// How long the campaign with two replicas runs.
const REPLICAS: Duration = Duration::from_mins(10);

/// What campaigns have shown, by their names.
type Verdicts = Vec<(String, Verdict)>;

/// Runs each campaign in which the API server or one of two replicas fails. Without a program, builds that of this repository.
pub(crate) fn run(operator: Option<&Path>, seed: u64) -> Result<Verdicts, Error> {
    on_cluster(operator, async |cluster, operator| {
        let mut verdicts = vec![];
        for outage in [
            Outage::Killed(Duration::from_secs(30)),
            Outage::Refuses(429, Duration::from_secs(10)),
            Outage::LosesResponses(Duration::from_secs(10)),
            Outage::SilentWatches(Duration::from_mins(1)),
        ] {
            let environment = Environment::new(cluster, operator, "outage").await?;
            let verdict = run_api_server_outage(&environment, outage, seed).await?;
            verdicts.push((format!("{outage:?}"), verdict));
        }
        let settings = Replicas {
            duration: REPLICAS,
            seed,
        };
        let environment = Environment::new(cluster, operator, "replicas").await?;
        let verdict = run_replicas(&environment, settings).await?;
        verdicts.push(("two replicas".into(), verdict));
        Ok(verdicts)
    })
}

/// Kills the program at each of its requests, or at this many of them. Without a program, builds that of this repository.
pub(crate) fn run_crashes(
    operator: Option<&Path>,
    count: Option<usize>,
    seed: u64,
) -> Result<Verdicts, Error> {
    on_cluster(operator, async |cluster, operator| {
        let verdict = run_crash_points(cluster, operator, count, seed).await?;
        Ok(vec![("real servers".into(), verdict)])
    })
}

/// Runs the campaign of large objects, many edits and many clients. Without a program, builds that of this repository.
pub(crate) fn run_overload(operator: Option<&Path>, sizes: Overload) -> Result<Verdicts, Error> {
    on_cluster(operator, async |cluster, operator| {
        let environment = Environment::new(cluster, operator, "overload").await?;
        let verdict = campaign::real::run_overload(&environment, sizes).await?;
        Ok(vec![("overload".into(), verdict)])
    })
}

/// Starts a control plane in which plans can run.
pub(crate) fn api_server() -> Result<Arc<RealApiServer>, Error> {
    Ok(Arc::new(RealApiServer::new(control_plane()?)?))
}

/// Runs campaigns with a program on a new control plane.
fn on_cluster<T>(
    operator: Option<&Path>,
    campaigns: impl AsyncFnOnce(&'static Cluster, &Path) -> Result<T, Error>,
) -> Result<T, Error> {
    let operator = match operator {
        Some(operator) => operator,
        None => build()?,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(campaigns(control_plane()?, operator))
}

/// Starts a control plane with the operator's CustomResourceDefinitions, which ends with this program.
fn control_plane() -> Result<&'static Cluster, Error> {
    let options = Options {
        audit: Some(AuditLevel::Metadata),
        ..Options::default()
    };
    let cluster: &'static Cluster = Box::leak(Box::new(Cluster::start(options)?));
    cluster.apply(&crds_as_yaml()?)?;
    Ok(cluster)
}

fn build() -> Result<&'static Path, Error> {
    let arguments = ["build", "--package", "cloudfront-operator"];
    let status = Command::new(env!("CARGO")).args(arguments).status()?;
    if status.success() {
        Ok(Path::new(OPERATOR))
    } else {
        Err("the operator does not build".into())
    }
}
