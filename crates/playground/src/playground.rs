//! The playground's environment: the cluster, the CloudFront simulator and the operator.

use cloudfront_operator::operator::crds_as_yaml;
use cloudfront_simulator::{Options, ResourceType, Simulator};
use cluster::{Binaries, Cluster, Environment};
use serde_json::Value;
use std::{
    env,
    fs::File,
    io::{self, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// Resources that the examples refer to and the operator does not manage. In an AWS account, the user creates them.
const REFERENCED_RESOURCES: [(ResourceType, &str); 4] = [
    (ResourceType::OriginAccessControl, "E2OACEXAMPLE"),
    (
        ResourceType::KeyGroup,
        "00000000-0000-4000-8000-000000000000",
    ),
    (
        ResourceType::Function,
        "arn:aws:cloudfront::123456789012:function/directory-index",
    ),
    (
        ResourceType::WebAcl,
        "arn:aws:wafv2:us-east-1:123456789012:global/webacl/tickets/00000000-0000-4000-8000-000000000000",
    ),
];

/// A running environment. When it is dropped, the operator ends first and the API server ends last.
pub(crate) struct Playground {
    operator: Child,
    log: PathBuf,
    pub(crate) simulator: Simulator,
    pub(crate) runtime: Runtime,
    /// Whether kube-controller-manager runs. Without it, the deletion of a namespace does not finish.
    pub(crate) has_controller_manager: bool,
    cluster: Cluster,
    _directory: TempDir,
}

/// An error that ends the playground.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("no Kubernetes: {0}")]
    Cluster(#[from] cluster::Error),
    #[error("no simulator: {0}")]
    Simulator(#[from] cloudfront_simulator::StartError),
    #[error("cannot {what}: {source}")]
    Io { what: String, source: io::Error },
    #[error("kubectl {arguments}: {message}")]
    Kubectl { arguments: String, message: String },
    #[error("{0}")]
    Unexpected(String),
}

impl Playground {
    /// Starts the cluster and the simulator, installs the CustomResourceDefinitions and starts the operator.
    pub(crate) fn start(deploy_delay: Duration) -> Result<Self, Error> {
        let has_controller_manager = is_controller_manager_available();
        let cluster = Cluster::start(cluster::Options {
            has_controller_manager,
            ..cluster::Options::default()
        })?;
        let runtime = Runtime::new().map_err(|source| io_error("start a runtime", source))?;
        let options = Options {
            deploy_delay,
            ..Options::default()
        };
        let simulator = runtime.block_on(Simulator::start(options))?;
        for (resource_type, id) in REFERENCED_RESOURCES {
            simulator.control().seed(resource_type, id);
        }
        let directory = TempDir::new().map_err(|source| io_error("make a directory", source))?;
        let log = directory.path().join("operator.log");
        install_crds(&cluster)?;
        let operator = start_operator(&cluster, &simulator, &log)?;
        Ok(Self {
            operator,
            log,
            simulator,
            runtime,
            has_controller_manager,
            cluster,
            _directory: directory,
        })
    }

    /// Prints how to access the cluster, the simulator and the operator's log.
    pub(crate) fn print_instructions(&self) {
        let kubectl = self.cluster.kubectl();
        println!(
            "A Kubernetes API, a CloudFront simulator and the operator are running. In another terminal:\n"
        );
        println!(
            "  export KUBECONFIG={}",
            self.cluster.kubeconfig().display()
        );
        println!(
            "  alias kubectl={}    # or your own kubectl",
            kubectl.get_program().display()
        );
        println!("  kubectl get cloudfront -A");
        println!("  kubectl explain distribution.spec\n");
        println!(
            "The simulator's other side (clock, faults, edits behind the operator's back):  curl {}/_sim",
            self.simulator.control_endpoint()
        );
        println!("The operator's log:  {}", self.log.display());
        if !self.has_controller_manager {
            println!(
                "\nThe downloaded control plane has no kube-controller-manager: `kubectl delete namespace` never ends here."
            );
        }
        println!("\nCtrl-C ends it all and leaves nothing behind.\n");
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
        run(self.cluster.kubectl().args(arguments), "")
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
        let list: Value = serde_json::from_str(&text)
            .map_err(|error| Error::Unexpected(format!("kubectl printed no JSON: {error}")))?;
        Ok(list["items"].as_array().cloned().unwrap_or_default())
    }

    /// Returns the last lines of the operator's log.
    pub(crate) fn log_tail(&self) -> String {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }
}

impl Drop for Playground {
    fn drop(&mut self) {
        // SIGTERM lets running reconciliations finish. After Ctrl-C in a terminal, the operator may have ended already.
        let _ = Command::new("kill")
            .arg(self.operator.id().to_string())
            .stderr(Stdio::null())
            .status();
        let _ = self.operator.wait();
    }
}

/// Whether the cluster's programs include kube-controller-manager, which the official test archive does not contain.
fn is_controller_manager_available() -> bool {
    let environment = Environment::from_process();
    environment.kubeconfig.is_some()
        || Binaries::find_or_build(&environment, false)
            .is_ok_and(|binaries| binaries.kube_controller_manager.is_some())
}

fn examples_directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples")
}

fn install_crds(cluster: &Cluster) -> Result<(), Error> {
    let yaml = crds_as_yaml().map_err(|error| Error::Unexpected(error.to_string()))?;
    run(cluster.kubectl().args(["apply", "--filename", "-"]), &yaml)?;
    run(
        cluster.kubectl().args([
            "wait",
            "--for=condition=Established",
            "--timeout=60s",
            "--filename",
            "-",
        ]),
        &yaml,
    )?;
    Ok(())
}

/// Starts this executable file as the operator. Its polling intervals are short; all other settings that affect reconciliation
/// are the defaults.
fn start_operator(cluster: &Cluster, simulator: &Simulator, log: &Path) -> Result<Child, Error> {
    let program = env::current_exe().map_err(|source| io_error("find this program", source))?;
    let log = File::create(log).map_err(|source| io_error("write a log", source))?;
    let credential = &simulator.credentials()[0];
    Command::new(program)
        .args(["operator", "run", "--endpoint-url", &simulator.endpoint()])
        .args(["--deploy-poll-interval", "1s", "--resync-interval", "5s"])
        .args([
            "--metrics-listen",
            "127.0.0.1:0",
            "--health-listen",
            "127.0.0.1:0",
            "--log-format",
            "text",
        ])
        .env("KUBECONFIG", cluster.kubeconfig())
        .env("AWS_ACCESS_KEY_ID", &credential.access_key)
        .env("AWS_SECRET_ACCESS_KEY", &credential.secret_key)
        .env("AWS_ENDPOINT_URL_STS", simulator.endpoint())
        .env_remove("AWS_SESSION_TOKEN")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .map_err(|source| io_error("start the operator", source))
}

fn run(command: &mut Command, input: &str) -> Result<String, Error> {
    let arguments = command
        .get_args()
        .map(|a| a.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ");
    let failed = |source| io_error("run kubectl", source);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    if let Some(mut stdin) = child.stdin.take() {
        // A kubectl that ends before it has read all of the input reports the reason by its exit status.
        let _ = stdin.write_all(input.as_bytes());
    }
    let output = child.wait_with_output().map_err(failed)?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let message = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(Error::Kubectl { arguments, message })
}

fn io_error(what: &str, source: io::Error) -> Error {
    Error::Io {
        what: what.into(),
        source,
    }
}
