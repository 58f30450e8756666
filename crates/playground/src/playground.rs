//! The playground's environment: the cluster, the CloudFront simulator and the operator.

use cloudfront_operator::operator::crds_as_yaml;
use cloudfront_simulator::{Options, ResourceType, Simulator};
use cluster::{Binaries, Cluster, DownloadOptions, Environment, GuardedChild};
use serde_json::Value;
use std::{
    env, io,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};
use tokio::runtime::Runtime;

/// Resources that the examples refer to and the operator does not manage. In an AWS account, the user creates them.
const REFERENCED_RESOURCES: [(ResourceType, &str); 3] = [
    (
        ResourceType::WebAcl,
        "arn:aws:wafv2:us-east-1:123456789012:global/webacl/tickets/00000000-0000-4000-8000-000000000000",
    ),
    (
        ResourceType::WebAcl,
        "arn:aws:wafv2:us-east-1:111122223333:global/webacl/club/11111111-0000-4000-8000-000000000000",
    ),
    (
        ResourceType::Certificate,
        "arn:aws:acm:us-east-1:111122223333:certificate/22222222-3333-4444-8555-666666666666",
    ),
];

/// A running environment. Fields are dropped in order: the operator ends first, and the API server ends last.
pub(crate) struct Playground {
    _operator: GuardedChild,
    log: PathBuf,
    pub(crate) simulator: Simulator,
    _runtime: Runtime,
    /// Whether kube-controller-manager runs. Without it, the deletion of a namespace does not finish.
    pub(crate) has_controller_manager: bool,
    cluster: Cluster,
}

/// An error that ends the playground.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("{0}")]
    Cluster(#[from] cluster::Error),
    #[error("cannot start the CloudFront simulator: {0}")]
    Simulator(#[from] cloudfront_simulator::StartError),
    #[error("cannot {action}: {source}")]
    Io {
        action: &'static str,
        source: io::Error,
    },
    #[error("{0}")]
    Unexpected(String),
}

impl Playground {
    /// Starts the cluster and the simulator, installs the CustomResourceDefinitions and starts the operator.
    pub(crate) fn start(download: &DownloadOptions, deploy_delay: Duration) -> Result<Self, Error> {
        let (cluster, has_controller_manager) = start_cluster(download)?;
        eprintln!("playground: starting the CloudFront simulator and the operator");
        let runtime = Runtime::new().map_err(|source| Error::Io {
            action: "start the runtime of the simulator",
            source,
        })?;
        let options = Options {
            deploy_delay,
            ..Options::default()
        };
        let simulator = runtime.block_on(Simulator::start(options))?;
        for (resource_type, id) in REFERENCED_RESOURCES {
            simulator.control().seed(resource_type, id);
        }
        let log = cluster.directory().join("operator.log");
        install_crds(&cluster)?;
        let operator = start_operator(&cluster, &simulator, &log)?;
        Ok(Self {
            _operator: operator,
            log,
            simulator,
            _runtime: runtime,
            has_controller_manager,
            cluster,
        })
    }

    /// Prints how to access the cluster, the simulator and the operator's log.
    pub(crate) fn print_instructions(&self) {
        let directory = self.cluster.directory().display();
        let kubeconfig = self.cluster.kubeconfig().display();
        let kubectl = self.cluster.kubectl();
        let kubectl = kubectl.get_program().display();
        let control = self.simulator.control_endpoint();
        let log = self.log.display();
        println!(
            "\
A Kubernetes API server, a CloudFront simulator and the operator are running. In another terminal:

  export KUBECONFIG={kubeconfig}
  alias kubectl={kubectl}    # if kubectl is not installed
  kubectl get cloudfront --all-namespaces
  kubectl explain distribution.spec

Clock, faults and resources of the simulator:  curl {control}/_sim
Log of the operator:  {log}
"
        );
        if !self.has_controller_manager {
            println!(
                "\
Not available: deleting a namespace needs kube-controller-manager, which the downloaded control plane does not contain.
To build a control plane that contains it:  cargo run -p cluster -- build --with-controller-manager
"
            );
        }
        println!("Ctrl-C stops all programs and removes {directory}.\n");
    }

    /// Applies the manifests in `examples/`.
    pub(crate) fn apply_examples(&self) -> Result<String, Error> {
        let directory = examples_directory();
        self.kubectl(&["apply", "--filename", &directory.display().to_string()])
    }

    /// Deletes the examples and waits until they and their CloudFront resources are deleted.
    pub(crate) fn delete_examples(&self) -> Result<String, Error> {
        let directory = examples_directory();
        self.kubectl(&[
            "delete",
            "--timeout=300s",
            "--filename",
            &directory.display().to_string(),
        ])
    }

    /// Runs kubectl and returns its standard output.
    pub(crate) fn kubectl(&self, arguments: &[&str]) -> Result<String, Error> {
        Ok(self.cluster.run_kubectl(arguments, "")?)
    }

    /// Creates a namespace with one of the examples, and deletes it once the example is ready. Waits until both are
    /// deleted.
    pub(crate) fn create_and_delete_namespace(&self) -> Result<(), Error> {
        let example = examples_directory()
            .join("s3-site.yaml")
            .display()
            .to_string();
        self.kubectl(&["create", "namespace", "brief"])?;
        self.kubectl(&["apply", "--namespace", "brief", "--filename", &example])?;
        let ready = "--for=condition=Ready";
        let all = [
            "wait",
            "--namespace",
            "brief",
            ready,
            "cfd/site",
            "--timeout=120s",
        ];
        self.kubectl(&all)?;
        self.kubectl(&["delete", "namespace", "brief", "--timeout=300s"])?;
        Ok(())
    }

    /// Returns the operator's custom resources in all namespaces.
    pub(crate) fn objects(&self) -> Result<Vec<Value>, Error> {
        let text = self.kubectl(&["get", "cloudfront", "--all-namespaces", "--output", "json"])?;
        let list: Value = serde_json::from_str(&text).map_err(|error| {
            Error::Unexpected(format!("the output of kubectl is not JSON: {error}"))
        })?;
        Ok(list["items"].as_array().cloned().unwrap_or_default())
    }

    /// Returns the last lines of the operator's log.
    pub(crate) fn log_tail(&self) -> String {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }
}

/// Starts the cluster, or connects to the one of `CLUSTER_KUBECONFIG`. Returns whether it has kube-controller-manager, which the
/// official test archive does not contain.
fn start_cluster(download: &DownloadOptions) -> Result<(Cluster, bool), Error> {
    let environment = Environment::from_process();
    if environment.kubeconfig.is_some() {
        let options = cluster::Options::default();
        return Ok((Cluster::start_with(&environment, options)?, true));
    }
    let binaries = Binaries::find_download_or_build(&environment, download)?;
    eprintln!(
        "playground: starting the control plane in {}, usually in five seconds",
        binaries.directory.display()
    );
    let has_controller_manager = binaries.kube_controller_manager.is_some();
    let options = cluster::Options {
        has_controller_manager,
        ..cluster::Options::default()
    };
    let cluster = Cluster::start_with_binaries(&binaries, options)?;
    Ok((cluster, has_controller_manager))
}

fn examples_directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples")
}

fn install_crds(cluster: &Cluster) -> Result<(), Error> {
    let yaml = crds_as_yaml().map_err(|error| Error::Unexpected(error.to_string()))?;
    cluster.run_kubectl(&["apply", "--filename", "-"], &yaml)?;
    let established = [
        "wait",
        "--for=condition=Established",
        "--timeout=60s",
        "--filename",
        "-",
    ];
    cluster.run_kubectl(&established, &yaml)?;
    Ok(())
}

/// Starts this executable file as the operator. Its polling intervals are short; all other settings that affect reconciliation
/// are the defaults.
fn start_operator(
    cluster: &Cluster,
    simulator: &Simulator,
    log: &Path,
) -> Result<GuardedChild, Error> {
    let program = env::current_exe().map_err(|source| Error::Io {
        action: "find the executable file of the playground",
        source,
    })?;
    let credential = &simulator.credentials()[0];
    let mut command = Command::new(program);
    command
        .args(["operator", "run", "--endpoint-url", &simulator.endpoint()])
        .args(["--deployment-poll-interval", "1s", "--resync-period", "5s"])
        .args([
            "--metrics-bind-address",
            "127.0.0.1:0",
            "--health-probe-bind-address",
            "127.0.0.1:0",
            "--log-format",
            "text",
        ])
        .env("KUBECONFIG", cluster.kubeconfig())
        .env("AWS_ACCESS_KEY_ID", &credential.access_key)
        .env("AWS_SECRET_ACCESS_KEY", &credential.secret_key)
        .env("AWS_ENDPOINT_URL_STS", simulator.endpoint())
        .env_remove("AWS_SESSION_TOKEN");
    Ok(cluster.start_program("operator", &command, log)?)
}
