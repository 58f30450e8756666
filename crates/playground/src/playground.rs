//! The three parts, and how they are reached.

use cloudfront_operator::operator::crds;
use cloudfront_simulator::{Family, Options, Simulator};
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

/// What the examples refer to and no kind makes: in an account of yours you would make them.
const GIVEN: [(Family, &str); 4] = [
    (Family::OriginAccessControl, "E2OACEXAMPLE"),
    (Family::KeyGroup, "00000000-0000-4000-8000-000000000000"),
    (
        Family::Function,
        "arn:aws:cloudfront::123456789012:function/directory-index",
    ),
    (
        Family::WebAcl,
        "arn:aws:wafv2:us-east-1:123456789012:global/webacl/tickets/00000000-0000-4000-8000-000000000000",
    ),
];

/// The parts of the playground. They end when this is dropped: the operator first, the API server last.
pub(crate) struct Parts {
    operator: Child,
    log: PathBuf,
    pub(crate) simulator: Simulator,
    pub(crate) runtime: Runtime,
    /// Whether Kubernetes' own controllers run, which end namespaces.
    pub(crate) controllers: bool,
    cluster: Cluster,
    _directory: TempDir,
}

/// Why the playground could not go on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    #[error("no Kubernetes: {0}")]
    Cluster(#[from] cluster::Error),
    #[error("no simulator: {0}")]
    Simulator(#[from] cloudfront_simulator::StartError),
    #[error("cannot {what}: {source}")]
    System { what: String, source: io::Error },
    #[error("kubectl {arguments}: {message}")]
    Kubectl { arguments: String, message: String },
    #[error("{0}")]
    Unexpected(String),
}

impl Parts {
    /// Starts all three, with the operator's definitions installed.
    pub(crate) fn start(deploy_delay: Duration) -> Result<Self, Trouble> {
        let controllers = has_controllers();
        let cluster = Cluster::start(cluster::Options {
            controller_manager: controllers,
            ..cluster::Options::default()
        })?;
        let runtime = Runtime::new().map_err(|source| system("start a runtime", source))?;
        let options = Options {
            deploy_delay,
            ..Options::default()
        };
        let simulator = runtime.block_on(Simulator::start(options))?;
        for (family, id) in GIVEN {
            simulator.control().seed(family, id);
        }
        let directory = TempDir::new().map_err(|source| system("make a directory", source))?;
        let log = directory.path().join("operator.log");
        install_definitions(&cluster)?;
        let operator = start_operator(&cluster, &simulator, &log)?;
        Ok(Self {
            operator,
            log,
            simulator,
            runtime,
            controllers,
            cluster,
            _directory: directory,
        })
    }

    /// Tells a person how to reach everything.
    pub(crate) fn introduce(&self) {
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
        if !self.controllers {
            println!(
                "\nThe downloaded control plane has no kube-controller-manager: `kubectl delete namespace` never ends here."
            );
        }
        println!("\nCtrl-C ends it all and leaves nothing behind.\n");
    }

    /// `kubectl apply --filename examples/`.
    pub(crate) fn apply_examples(&self) -> Result<String, Trouble> {
        let folder = examples();
        self.kubectl(&["apply", "--filename", &folder.display().to_string()])
    }

    /// Deletes the examples and waits until they are gone, CloudFront's deployments included.
    pub(crate) fn delete_examples(&self) -> Result<String, Trouble> {
        let folder = examples();
        self.kubectl(&[
            "delete",
            "--timeout=300s",
            "--filename",
            &folder.display().to_string(),
        ])
    }

    /// Runs kubectl and returns what it prints.
    pub(crate) fn kubectl(&self, arguments: &[&str]) -> Result<String, Trouble> {
        run(self.cluster.kubectl().args(arguments), "")
    }

    /// Deletes a namespace that one of the examples lives in, and waits until both are gone.
    pub(crate) fn delete_a_namespace(&self) -> Result<(), Trouble> {
        let example = examples().join("s3-site.yaml").display().to_string();
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

    /// All our objects in all namespaces.
    pub(crate) fn objects(&self) -> Result<Vec<Value>, Trouble> {
        let text = self.kubectl(&["get", "cloudfront", "--all-namespaces", "--output", "json"])?;
        let list: Value = serde_json::from_str(&text)
            .map_err(|error| Trouble::Unexpected(format!("kubectl printed no JSON: {error}")))?;
        Ok(list["items"].as_array().cloned().unwrap_or_default())
    }

    /// The end of the operator's log, for when something went wrong.
    pub(crate) fn log_tail(&self) -> String {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }
}

impl Drop for Parts {
    fn drop(&mut self) {
        // SIGTERM, so that a pass under way may end; the child may have had the terminal's Ctrl-C already.
        let _ = Command::new("kill")
            .arg(self.operator.id().to_string())
            .stderr(Stdio::null())
            .status();
        let _ = self.operator.wait();
    }
}

/// Whether kube-controller-manager is among the programs that will be used: the official test archive lacks it.
fn has_controllers() -> bool {
    let environment = Environment::from_process();
    environment.kubeconfig.is_some()
        || Binaries::find_or_build(&environment, false)
            .is_ok_and(|binaries| binaries.kube_controller_manager.is_some())
}

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples")
}

fn install_definitions(cluster: &Cluster) -> Result<(), Trouble> {
    let yaml = crds::all().map_err(|error| Trouble::Unexpected(error.to_string()))?;
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

/// This same binary, as the operator: set up so that a person need not wait long, as shipped otherwise.
fn start_operator(cluster: &Cluster, simulator: &Simulator, log: &Path) -> Result<Child, Trouble> {
    let this = env::current_exe().map_err(|source| system("find this program", source))?;
    let log = File::create(log).map_err(|source| system("write a log", source))?;
    let credential = &simulator.credentials()[0];
    Command::new(this)
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
        .map_err(|source| system("start the operator", source))
}

fn run(command: &mut Command, input: &str) -> Result<String, Trouble> {
    let arguments = command
        .get_args()
        .map(|a| a.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ");
    let failed = |source| system("run kubectl", source);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    if let Some(mut stdin) = child.stdin.take() {
        // kubectl says by itself what it could not read.
        let _ = stdin.write_all(input.as_bytes());
    }
    let output = child.wait_with_output().map_err(failed)?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let message = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(Trouble::Kubectl { arguments, message })
}

fn system(what: &str, source: io::Error) -> Trouble {
    Trouble::System {
        what: what.into(),
        source,
    }
}
